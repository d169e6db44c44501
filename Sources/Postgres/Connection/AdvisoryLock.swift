package import DuckDB

extension SQL {
    /// The number of the database that the connection is to: the server's views of locks show those of all.
    static let thisDatabase: SQL = "(SELECT oid FROM pg_database WHERE datname = current_database())"

    /// Whoever has the advisory lock of a key of 64 bits, as FROM and WHERE of a query for `pid`.
    ///
    /// The same key is another lock in another database, and a key is shown in two halves:
    /// https://www.postgresql.org/docs/current/view-pg-locks.html
    package static func holders(ofAdvisoryLock key: SQL) -> SQL {
        """
        FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND database = \(thisDatabase)
            AND (classid::bigint << 32) | objid::bigint = \(key)
        """
    }
}

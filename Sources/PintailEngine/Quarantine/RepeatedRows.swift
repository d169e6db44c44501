import DuckDB

/// Rows that are put aside run after run, because their source is read again: each stands once.
///
/// A row is the same when the same step put it aside, of the same place, with the same content. The older one stays, with
/// its id and since when it stands there; what is wrong with it, and the run, become those of the newer.
enum RepeatedRows {
    /// Lets new rows of a quarantine fall together with open ones, in the transaction that puts them there.
    ///
    /// A row that a replay has given to a load does not tell where it came from: then its content alone is looked at.
    /// - Parameter new: a condition that is true of the rows that are new.
    static func join(_ name: TableName, new: SQL, _ connection: borrowing Connection) throws(DuckDBError) {
        let older = try connection.value(
            "SELECT count(*) FROM \(table: name) WHERE \(Quarantine.isOpen) AND NOT (\(new))"
        )
        guard older.integer ?? 0 > 0 else { return }
        try join(name, by: ["node", "raw_form", "raw", "file", "line", "row_number"], new: new, older: new, connection)
        let placeless: SQL = "file IS NULL AND line IS NULL AND row_number IS NULL"
        try join(name, by: ["node", "raw_form", "raw"], new: "\(new) AND \(placeless)", older: new, connection)
    }

    /// - Parameter older: a condition that is true of the rows that are not older.
    private static func join(
        _ name: TableName,
        by identity: [SQL],
        new: SQL,
        older: SQL,
        _ connection: borrowing Connection
    ) throws(DuckDBError) {
        let content: SQL = "hash(\(list: identity))"
        func numbered(_ condition: SQL) -> SQL {
            """
            (SELECT quarantine_id, \(content) AS content, \(list: identity),
                row_number() OVER (PARTITION BY \(content) ORDER BY rowid) AS nth
            FROM \(table: name) WHERE \(condition))
            """
        }
        let same = identity.map { "o.\($0) IS NOT DISTINCT FROM n.\($0)" as SQL }
        let pairs: SQL = "temp.main.\(identifier: "pintail: repeated")"
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(identifier: "pintail: repeated") AS
            SELECT o.quarantine_id AS older, n.quarantine_id AS newer
            FROM \(numbered("\(Quarantine.isOpen) AND NOT (\(older))")) AS o
            JOIN \(numbered(new)) AS n ON o.content = n.content AND o.nth = n.nth
            WHERE \(same, separator: " AND ")
            """
        )
        try connection.execute(
            """
            UPDATE \(table: name) AS o SET broken = n.broken, run_id = n.run_id
            FROM \(pairs) AS p JOIN \(table: name) AS n ON n.quarantine_id = p.newer WHERE o.quarantine_id = p.older
            """
        )
        try connection.execute(
            "DELETE FROM \(table: name) WHERE quarantine_id IN (SELECT newer FROM \(pairs))"
        )
        try connection.execute("DROP TABLE \(pairs)")
    }
}

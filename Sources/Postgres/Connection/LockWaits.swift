import CPQ
import DuckDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a load waits for at a moment, and who has it: asked over a connection of its own, as the load's are busy waiting.
package struct LockWaits: ~Copyable {
    private let connection: PostgresConnection
    private let load: LoadCanceller
    private let isOver: @Sendable () -> Bool

    /// Connects; here and later nothing blocks for longer than a moment once the load is over.
    package init(
        of load: LoadCanceller,
        over parameters: ConnectionParameters,
        isOver: @escaping @Sendable () -> Bool
    ) throws(PostgresError) {
        connection = try PostgresConnection(parameters, isCancelled: isOver)
        self.load = load
        self.isOver = isOver
    }

    /// Each wait in words: "a lock on public.articles, which process 4711 of user etl holds (psql, idle in transaction)".
    package borrowing func now() throws(PostgresError) -> [String] {
        let processes = load.processes
        guard !processes.isEmpty else { return [] }
        return try connection.query(Self.waits(of: processes), until: isOver).map { row in
            let what = row["relation"].map { "\(row.text("kind")) \($0)" } ?? row.text("kind")
            let place = row["client_addr"].map { " from \($0)" } ?? ""
            let program = [row["application_name"], row["state"]].compactMap(\.self).filter { !$0.isEmpty }
            let doing = program.isEmpty ? "" : " (\(program.joined(separator: ", ")))"
            return "\(what), which process \(row.text("pid")) of user \(row["usename"] ?? "?")\(place) holds\(doing)"
        }
    }

    /// Who waits for a row waits for a transaction, and holds the row's place in the queue: that tells the table.
    ///
    /// https://www.postgresql.org/docs/current/view-pg-locks.html
    private static func waits(of processes: [Int]) -> SQL {
        """
        SELECT DISTINCT h.pid, a.usename, a.client_addr, a.application_name, a.state,
            CASE w.locktype WHEN 'transactionid' THEN 'rows' WHEN 'tuple' THEN 'rows' WHEN 'advisory' THEN 'an advisory lock'
                ELSE 'a lock' END || CASE WHEN t.relation IS NULL THEN '' ELSE ' on' END AS kind,
            (SELECT format('%s.%s', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                WHERE c.oid = t.relation) AS relation
        FROM pg_locks w
        CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) h (pid)
        CROSS JOIN LATERAL (SELECT coalesce(w.relation, (SELECT q.relation FROM pg_locks q
            WHERE q.pid = w.pid AND q.locktype = 'tuple' LIMIT 1)) AS relation) t
        LEFT JOIN pg_stat_activity a ON a.pid = h.pid
        WHERE NOT w.granted AND w.pid IN (\(list: processes.map { "\(literal: $0)" })) AND h.pid NOT IN (\(list: processes.map { "\(literal: $0)" }))
        ORDER BY h.pid LIMIT 5
        """
    }
}

extension PostgresConnection {
    /// The rows of a query that is given up as soon as nobody wants them any more.
    fileprivate borrowing func query(_ sql: SQL, until isOver: () -> Bool) throws(PostgresError) -> [PostgresRow] {
        guard unsafe PQsendQuery(handle, sql.text) == 1 else {
            throw unsafe PostgresError(lostConnection: handle, sql: sql.text)
        }
        while unsafe PQisBusy(handle) == 1 {
            if isOver() { throw PostgresError("cancelled", sqlState: "57014") }
            var descriptor = unsafe pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            unsafe poll(&descriptor, 1, 200)
            guard unsafe PQconsumeInput(handle) == 1 else {
                throw unsafe PostgresError(lostConnection: handle, sql: sql.text)
            }
        }
        let result = unsafe PostgresResult(PQgetResult(handle))
        if let error = unsafe result.error(on: handle, sql: sql) { throw error }
        // The end of the answer, which has come with it.
        _ = unsafe PostgresResult(PQgetResult(handle))
        return result.rows
    }
}

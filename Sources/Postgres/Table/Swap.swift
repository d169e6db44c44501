import DuckDB

/// Puts a filled staging table into the place of the table it stands in for, within the caller's transaction.
///
/// Readers see the old rows until the transaction commits and the new ones from then on. Owner, grants, indexes,
/// constraints, foreign keys both ways, triggers, policies, comments, sequences, statistics and views are the new
/// table's afterwards, under their old names.
struct Swap {
    let old: TableDescription
    let staging: StagingTable

    /// Why the table cannot be swapped, in words; empty when it can.
    func obstacles(on connection: borrowing PostgresConnection) throws(PostgresError) -> [String] {
        try reasons(catalog().obstacles, on: connection)
    }

    /// Why the table cannot even be emptied and filled again; empty when it can.
    func referrers(on connection: borrowing PostgresConnection) throws(PostgresError) -> [String] {
        try reasons(catalog().referrers, on: connection)
    }

    /// Publishes the staging table; the lock is only asked for when all that takes time is done.
    func publish(on connection: borrowing PostgresConnection, _ patience: LockPatience) throws(PostgresError) {
        let prepared = try read(catalog().preparation, on: connection)
        for step in prepared { try build(step, on: connection) }
        try connection.execute(BatchLedger.forgetting(rowsOf: old.name))
        try patience.locking(old.name, on: connection) { (connection) throws(PostgresError) in
            guard try read(catalog().preparation, on: connection).filter(\.isIndex) == prepared.filter(\.isIndex) else {
                throw PostgresError("the table's indexes were changed during the load", sqlState: "40001")
            }
            try carry(on: connection, catalog()) { (step, connection) throws(PostgresError) in
                try connection.execute(step.sql)
            }
        }
    }

    /// Goes through the publication of an empty staging table, and tells what would break.
    ///
    /// The caller rolls it back. Readers wait for as long as it takes, some milliseconds; when they hold the table
    /// for longer than a short try, what needs the lock is left to the publication itself.
    func rehearse(on connection: borrowing PostgresConnection) throws(PostgresError) -> [LoadRefusal.Problem] {
        var problems: [LoadRefusal.Problem] = []
        let catalog = catalog(isRehearsal: true)
        for step in try read(catalog.preparation, on: connection) {
            try attempt(step, on: connection, &problems)
        }
        var found = problems
        do throws(PostgresError) {
            try LockPatience.brief.locking(old.name, on: connection) { (connection) throws(PostgresError) in
                found = problems
                try carry(on: connection, catalog) { (step, connection) throws(PostgresError) in
                    try attempt(step, on: connection, &found)
                }
            }
        } catch {
            guard error.isLockTimeout else { throw error }
        }
        return found
    }

    /// Builds an index or a constraint; a failure speaks of it by the name that it will have.
    private func build(
        _ step: SwapCatalog.Step,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) {
        do throws(PostgresError) {
            try connection.execute(step.sql)
        } catch {
            guard let passing = error.constraint, passing.hasPrefix("pintail_new_") else { throw error }
            let name = step.keeps.drop { $0 != " " }.dropFirst()
            var error = error
            error.constraint = String(name)
            error.message = error.message.replacing(passing, with: name)
            throw error
        }
    }

    private func catalog(isRehearsal: Bool = false) -> SwapCatalog {
        SwapCatalog(old: old.oid, staging: staging, isRehearsal: isRehearsal)
    }

    /// What happens under the lock, in its order.
    private func carry(
        on connection: borrowing PostgresConnection,
        _ catalog: SwapCatalog,
        _ run: (SwapCatalog.Step, borrowing PostgresConnection) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        let released = try read([catalog.release], on: connection)
        let carried = try read(catalog.carried, on: connection)
        let inherited = try read(catalog.inherited, on: connection)
        for step in released { try run(step, connection) }
        try connection.execute("ALTER TABLE \(table: old.name) RENAME TO \(identifier: staging.retired.name)")
        try connection.execute("ALTER TABLE \(table: staging.name) RENAME TO \(identifier: old.name.name)")
        for step in carried { try run(step, connection) }
        let drop = SwapCatalog.Step(keeps: "what depends on it", sql: "DROP TABLE \(table: staging.retired)")
        try run(drop, connection)
        for step in inherited { try run(step, connection) }
    }

    /// Runs a step so that its failure does not end the transaction.
    private func attempt(
        _ step: SwapCatalog.Step,
        on connection: borrowing PostgresConnection,
        _ problems: inout [LoadRefusal.Problem]
    ) throws(PostgresError) {
        // What could not be built cannot be renamed either: that is one problem, not two.
        guard !problems.contains(where: { $0.breaks(step.keeps) }) else { return }
        try connection.execute("SAVEPOINT step")
        do throws(PostgresError) {
            try connection.execute(step.sql)
            try connection.execute("RELEASE SAVEPOINT step")
        } catch {
            guard connection.isOpen, !error.isCancellation, !error.isTransient else { throw error }
            try connection.execute("ROLLBACK TO SAVEPOINT step")
            problems.append(.breaks(step.keeps, cause: error))
        }
    }

    private func reasons(
        _ query: SQL,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [String] {
        try connection.query(query).compactMap(\.values[0])
    }

    /// Reads definitions with every name in full, as `pg_dump` does, and restores the search path.
    private func read(
        _ queries: [SQL],
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [SwapCatalog.Step] {
        let path = try connection.value("SELECT current_setting('search_path')") ?? ""
        try connection.execute("SET LOCAL search_path = pg_catalog")
        var steps: [SwapCatalog.Step] = []
        for query in queries {
            steps += try connection.query(query).map { row in
                SwapCatalog.Step(keeps: row.text("keeps"), sql: SQL(verbatim: row.text("sql")))
            }
        }
        _ = try connection.query("SELECT set_config('search_path', \(literal: path), true)")
        return steps
    }
}

extension SwapCatalog.Step {
    /// Foreign keys may come and go with other tables; indexes are what the new table was built with.
    fileprivate var isIndex: Bool { sql.text.contains("pintail_new_") }
}

extension LoadRefusal.Problem {
    fileprivate func breaks(_ part: String) -> Bool {
        if case .breaks(part, _) = self { true } else { false }
    }
}

/// How long to wait for a table that others are using.
///
/// Whoever wants to read it meanwhile waits behind us, so each try is short, and others get through between two.
package struct LockPatience: Hashable, Sendable {
    /// How long one try waits.
    package var timeout: Duration
    /// How many tries there are.
    package var attempts: Int
    /// How long others go first between two tries.
    package var pause: Duration

    /// Tries for about a minute unless told otherwise.
    package init(timeout: Duration = .seconds(2), attempts: Int = 20, pause: Duration = .seconds(1)) {
        self.timeout = timeout
        self.attempts = attempts
        self.pause = pause
    }

    /// One try, for a rehearsal.
    static let brief = LockPatience(timeout: .milliseconds(300), attempts: 1)

    /// Locks a table for this transaction alone and runs `body`, which may need more locks; both are tried together.
    ///
    /// The transaction stays whole when a try fails.
    func locking(
        _ table: TableName,
        on connection: borrowing PostgresConnection,
        _ body: (borrowing PostgresConnection) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        let before = try connection.value("SELECT current_setting('lock_timeout')") ?? "0"
        for attempt in 1...max(1, attempts) {
            try connection.execute("SAVEPOINT lock; SET LOCAL lock_timeout = \(literal: Int(timeout.milliseconds))")
            do throws(PostgresError) {
                try connection.execute("LOCK TABLE \(table: table) IN ACCESS EXCLUSIVE MODE")
                try body(connection)
                try connection.execute("SET LOCAL lock_timeout = \(literal: before); RELEASE SAVEPOINT lock")
                return
            } catch {
                guard error.isLockTimeout || error.sqlState == "40P01", connection.isOpen else { throw error }
                try connection.execute("ROLLBACK TO SAVEPOINT lock")
                let holders = try holders(of: table, on: connection)
                guard attempt < attempts else { throw error.hinting("\(table) is in use by \(holders)") }
                try connection.canceller.sleep(pause)
            }
        }
    }

    private func holders(
        of table: TableName,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> String {
        let quoted = ("\(table: table)" as SQL).text
        let rows = try connection.query(
            """
            SELECT format('process %s of user %s (%s)', a.pid, a.usename, coalesce(a.state, 'unknown')) AS holder
            FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.relation = to_regclass(\(literal: quoted)) AND l.granted AND a.pid <> pg_backend_pid()
                AND l.database = \(SQL.thisDatabase)
            ORDER BY a.pid LIMIT 5
            """
        )
        let holders = rows.map { $0.text("holder") }.joined(separator: ", ")
        return holders.isEmpty ? "another session" : holders
    }
}

extension PostgresError {
    /// Whether the server gave up waiting for a lock.
    var isLockTimeout: Bool { sqlState == "55P03" }

    func hinting(_ hint: String) -> PostgresError {
        var error = self
        error.hint = hint
        return error
    }
}

extension Duration {
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

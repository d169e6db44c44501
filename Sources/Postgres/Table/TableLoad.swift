package import DuckDB

/// One load of one table, from the first question to the published rows.
///
/// Making it checks all that can be checked before rows are moved, and keeps other loads of the table away; letting it
/// go without an end leaves the table as it was. All of it blocks.
///
/// ```swift
/// let load = try TableLoad(request, over: parameters)
/// let rows = try duck.prepare(load.plan.projection(of: "orders"))
/// let outcome = try load.run(rows, streams: 2)
/// ```
package struct TableLoad: ~Copyable {
    /// What goes where; its projection is the query to run.
    package let plan: LoadPlan
    /// The numbers, counted from 1, of the rows that an earlier run of the same load committed in batches.
    package let committed: RangeSet<Int>
    /// The rows that an earlier run has added, all of them, when it was killed before it could note so.
    package let delivered: Int?
    let connection: PostgresConnection
    let lock: LoadLock
    let parameters: ConnectionParameters
    let options: Options
    let prompter: WALPrompter
    let way: Way
    let staging: StagingTable
    let ledger: BatchLedger?

    /// How a load treats others that use the table.
    package struct Options: Sendable {
        /// How long to wait for another load of the table.
        package var waiting: Duration
        /// How long to wait for readers when the table is swapped.
        package var patience: LockPatience
        /// How long to wait for transactions that began before the rows of several streams were committed.
        ///
        /// One that has not read the table yet, and keeps its old view of the database (`REPEATABLE READ`), would find
        /// it empty. Rows of a single stream are frozen: such a reader sees them.
        package var olderReaders: Duration
        /// Stops the load from another thread.
        package var canceller: LoadCanceller
        /// Told for which other load this one waits, in words that follow "waits for".
        package var waits: @Sendable (String) -> Void
        /// Told the progress after each piece sent, from any of the streams' threads, one at a time.
        package var observer: @Sendable (CopyProgress) -> Void

        /// Waits for about a minute, tells nobody.
        package init(
            waiting: Duration = .seconds(60),
            patience: LockPatience = LockPatience(),
            olderReaders: Duration = .seconds(10),
            canceller: LoadCanceller = LoadCanceller(),
            waits: @escaping @Sendable (String) -> Void = { _ in },
            observer: @escaping @Sendable (CopyProgress) -> Void = { _ in }
        ) {
            self.waiting = waiting
            self.patience = patience
            self.olderReaders = olderReaders
            self.canceller = canceller
            self.waits = waits
            self.observer = observer
        }
    }

    /// How rows become the table's.
    enum Way {
        case append, create, upsert
        case replace(ReplaceWay)
    }

    /// Connects, and checks that the load can be.
    ///
    /// - Parameters:
    ///   - batches: Names the load and its source when the rows come in batches; see ``runBatches(_:of:streams:)``.
    ///   - delivery: Names them for rows that come all at once: that they were added is noted in the same transaction.
    /// - Throws: ``LoadRefusal`` with everything that is in the way, ``NeedsOneTransaction``, or ``PostgresError``.
    package init(
        _ request: LoadRequest,
        over parameters: ConnectionParameters,
        batches: BatchSource? = nil,
        delivery: BatchSource? = nil,
        options: Options = Options()
    ) throws {
        let connection = try PostgresConnection(parameters)
        options.canceller.add(connection.canceller)
        if try connection.isPooled() { throw NeedsOneTransaction.pooled }
        let table = try TableDescription.resolve(request.table, on: connection)
        let lock = LoadLock(of: table)
        try lock.take(on: connection, waiting: options.waiting, tell: options.waits)
        let existing = try TableDescription.read(request.table, on: connection)
        let plan = try LoadPlan(request, existing?.name ?? table, existing: existing)
        if case .append = plan.mode, try Passage.isNeeded(for: existing, on: connection) {
            throw NeedsOneTransaction.rowSecurity
        }
        let staging = StagingTable(for: plan.table)
        let way = try Self.way(plan, staging, on: connection)
        let ledger = (batches ?? delivery).map { BatchLedger(beside: plan.table, of: $0) }
        try ledger?.create(on: connection)
        let delivered = try Self.takeOver(ledger, plan, on: connection)
        if delivered != nil {
            committed = RangeSet()
        } else if batches == nil {
            try Self.beginAtOnce(ledger, plan, staging, way, on: connection)
            committed = RangeSet()
        } else {
            committed = try Self.begin(ledger, plan, staging, way, on: connection)
        }
        // All at once: a value that is half made when something is thrown is not torn down.
        self.delivered = delivered
        self.lock = lock
        self.way = way
        self.ledger = ledger
        self.plan = plan
        self.staging = staging
        self.parameters = parameters
        self.options = options
        self.connection = connection
        prompter = WALPrompter(parameters, options.canceller)
    }

    private static func way(
        _ plan: LoadPlan,
        _ staging: StagingTable,
        on connection: borrowing PostgresConnection
    ) throws -> Way {
        switch (plan.mode, plan.existing) {
        case (.upsert, _): .upsert
        case (_, nil): .create
        case (.replace, let existing?): .replace(try ReplaceWay.find(plan, existing, staging, on: connection))
        case (.append, _), (.fail, _): .append
        case (.history, _): preconditionFailure("versions are merged in a transaction of their own")
        }
    }

    /// Copies all rows and makes them the table's.
    ///
    /// - Parameter streams: A new or a swapped table can be filled by several; any other takes one.
    /// - Throws: ``LoadFailure``, which says what is in the table now.
    package consuming func run(_ rows: consuming PreparedQuery, streams: Int = 1) throws -> LoadOutcome {
        // Noted in the transaction that adds the rows: a run that is killed after it is not repeated.
        let notes = plan.mode == .append ? ledger : nil
        let note: (borrowing PostgresConnection, Int) throws -> Void = { try notes?.settle(rows: $1, on: $0) }
        defer { prompter.stop() }
        do {
            switch way {
            case .append: return try runInTransaction(rows, into: plan.table, after: note)
            case .create where streams > 1: return try runInStreams(rows, streams)
            case .create:
                return try runInTransaction(
                    rows,
                    into: plan.table,
                    isFrozen: true,
                    before: [plan.creation(of: plan.table)],
                    after: note
                )
            case .upsert: return try upsert(rows)
            case .replace(.inPlace(let reasons)):
                let empty: SQL = "DELETE FROM \(table: plan.table)"
                let forget = BatchLedger.forgetting(rowsOf: plan.table)
                var outcome = try runInTransaction(rows, into: plan.table, before: [empty, forget])
                outcome.keptInPlace = reasons
                return outcome
            case .replace(.swap) where streams > 1: return try runInStreams(rows, streams)
            case .replace(.swap(let swap)):
                let creation = try [staging.drop] + stagingCreation()
                return try runInTransaction(rows, into: staging.name, isFrozen: true, before: creation) {
                    connection,
                    _ in
                    try swap.publish(on: connection, options.patience)
                }
            }
        } catch {
            throw failure(error)
        }
    }

    // MARK: Ways

    /// Everything in one transaction, over one stream.
    private borrowing func runInTransaction(
        _ rows: consuming PreparedQuery,
        into table: TableName,
        isFrozen: Bool = false,
        before statements: [SQL] = [],
        after: (borrowing PostgresConnection, Int) throws -> Void = { _, _ in }
    ) throws -> LoadOutcome {
        let pump = try pump(into: table, isFrozen: isFrozen)
        try connection.execute("BEGIN")
        do {
            for statement in statements { try connection.execute(statement) }
            let count = try pump.copy(rows, over: connection)
            try after(connection, count)
            try connection.commit(parameters)
            return LoadOutcome(rows: count, inserted: count)
        } catch {
            connection.rollBack()
            throw error
        }
    }

    private borrowing func upsert(_ rows: consuming PreparedQuery) throws -> LoadOutcome {
        let upsert = Upsert(plan)
        let pump = try CopyPump(plan.projectedColumns, into: upsert.target, observer: options.observer)
        try connection.execute("BEGIN")
        do {
            let feed = pump.feed(ChunkSource(rows))
            let outcome = try feed.run { try upsert.run(on: connection) { _ = try pump.send(feed, over: $0) } }
            try connection.commit(parameters)
            return outcome
        } catch {
            connection.rollBack()
            throw error
        }
    }

    // MARK: Staging

    /// Makes the filled staging table the table, in the caller's transaction.
    borrowing func publishStaging(on connection: borrowing PostgresConnection) throws {
        if case .replace(.swap(let swap)) = way { return try swap.publish(on: connection, options.patience) }
        try connection.execute("ALTER TABLE \(table: staging.name) RENAME TO \(identifier: plan.table.name)")
    }

    /// Lets transactions end that could not see rows which have just been committed, for as long as the options say.
    ///
    /// - Returns: those that are still there, in words.
    borrowing func waitForOlderReaders() throws(PostgresError) -> [String] {
        let now = try connection.value("SELECT pg_snapshot_xmax(pg_current_snapshot())") ?? "0"
        let end = ContinuousClock.now + options.olderReaders
        let older: SQL = """
            SELECT format('process %s of user %s (%s)', pid, usename, coalesce(state, 'unknown')) AS reader
            FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND backend_type = 'client backend' AND age(backend_xmin) > age(\(literal: now)::xid8::xid)
            ORDER BY pid LIMIT 5
            """
        while true {
            let readers = try connection.query(older).map { $0.text("reader") }
            guard !readers.isEmpty, ContinuousClock.now < end else { return readers }
            try connection.canceller.sleep(.milliseconds(100))
        }
    }

    borrowing func stagingCreation() throws -> [SQL] {
        try Self.stagingCreation(plan, staging, on: connection)
    }

    static func stagingCreation(
        _ plan: LoadPlan,
        _ staging: StagingTable,
        on connection: borrowing PostgresConnection
    ) throws -> [SQL] {
        guard let existing = plan.existing else { return staging.creation(plan, storage: nil) }
        return staging.creation(plan, storage: try StagingTable.Storage.read(existing.oid, on: connection))
    }

    borrowing func pump(into table: TableName, isFrozen: Bool = false) throws(ConversionMissing) -> CopyPump {
        let target = CopyTarget(table, columns: plan.targets, isFrozen: isFrozen)
        return try CopyPump(plan.projectedColumns, into: target) { [prompter, observer = options.observer] progress in
            prompter.sent(progress.bytes)
            observer(progress)
        }
    }

    // MARK: Failures

    private borrowing func failure(_ error: any Error) -> LoadFailure {
        let state =
            switch error {
            case is CommitUnknown:
                "the connection broke during the commit: \(plan.table) has either the old rows or the new"
            case _ where plan.existing == nil: "rolled back; \(plan.table) was not created"
            default: "rolled back; \(plan.table) is unchanged"
            }
        return LoadFailure(table: plan.table, cause: error, dataState: state)
    }
}

/// Why a load cannot be done over a session of its own, row by row: it has to be a ``LinkedTable``'s.
package enum NeedsOneTransaction: Error, Hashable, Sendable {
    /// A pooler lies between us and the server, and may give the session to others.
    case pooled
    /// Policies judge each row, and COPY knows none.
    case rowSecurity
}

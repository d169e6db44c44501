package import DuckDB
import Synchronization

/// Loads in batches: each commits with its position, so that a run that was killed goes on with the rows it left.
extension TableLoad {
    /// Makes sure that nothing of an earlier run is in the way of a load that comes all at once.
    static func beginAtOnce(
        _ ledger: BatchLedger?,
        _ plan: LoadPlan,
        _ staging: StagingTable,
        _ way: Way,
        on connection: borrowing PostgresConnection
    ) throws {
        // What a run that was killed left behind.
        if way.isStaged { return _ = try connection.execute(staging.drop) }
        if case .append = way { try ledger?.refuseOtherSource(on: connection) }
    }

    /// Finds what an earlier run committed, or makes room for the first batch.
    static func begin(
        _ ledger: BatchLedger?,
        _ plan: LoadPlan,
        _ staging: StagingTable,
        _ way: Way,
        on connection: borrowing PostgresConnection
    ) throws -> RangeSet<Int> {
        guard let ledger else { preconditionFailure("batches are kept in a ledger") }
        guard way.isStaged else { return try begin(ledger, plan, staging, on: connection) }
        let batches = try ledger.batches(in: staging.name, on: connection).filter {
            $0.source == ledger.source.fingerprint
        }
        let kept = try TableDescription.read(staging.name, on: connection)
        if let kept, !batches.isEmpty, batches.allSatisfy({ $0.place == .here }), plan.fits(kept) {
            return RangeSet(batches)
        }
        try connection.transaction { connection in
            try connection.execute(staging.drop)
            for statement in try stagingCreation(plan, staging, on: connection) { try connection.execute(statement) }
            try ledger.clear(on: connection)
        }
        return RangeSet()
    }

    /// The same for rows that come into the table itself.
    private static func begin(
        _ ledger: BatchLedger,
        _ plan: LoadPlan,
        _ staging: StagingTable,
        on connection: borrowing PostgresConnection
    ) throws -> RangeSet<Int> {
        let all = try ledger.batches(in: plan.table, on: connection)
        let here = all.filter { $0.source == ledger.source.fingerprint && $0.place == .here }
        if case .append = plan.mode {
            try ledger.refuseUnclear(all, of: ledger.source.load)
            if here.isEmpty { try ledger.refuseOtherSource(on: connection) }
        }
        if here.isEmpty || here.count < all.count {
            try connection.transaction { connection in
                // Rows that were to make the table, and were beside it when somebody else made it.
                if !all.isEmpty { try connection.execute(staging.drop) }
                try ledger.clear(keeping: here, on: connection)
            }
        }
        return RangeSet(here)
    }

    /// Finds what a run has added to the table and could not note; from now on it counts as this run's.
    static func takeOver(
        _ ledger: BatchLedger?,
        _ plan: LoadPlan,
        on connection: borrowing PostgresConnection
    ) throws -> Int? {
        // A table that is gone has not kept the rows either.
        guard let ledger, case .append = plan.mode, plan.existing != nil,
            let rows = try ledger.delivered(on: connection)
        else { return nil }
        try connection.transaction { try ledger.settle(rows: rows, on: $0) }
        return rows
    }

    /// How many of the source's first rows the query for ``runBatches(_:of:streams:)`` leaves out.
    package var skippedRows: Int {
        guard let first = committed.ranges.first, first.lowerBound == 1 else { return 0 }
        return first.count
    }

    /// Copies the rows that no earlier run has committed, each batch with its position in one transaction.
    ///
    /// At the end the rows become the table's and their positions are forgotten, in one transaction as well. The order
    /// of the source's rows must be the same in every run.
    /// - Parameters:
    ///   - rows: The source's rows after the first ``skippedRows``.
    ///   - size: About how many rows each transaction holds.
    ///   - streams: How many connections send at once, if the table lets several do so.
    /// - Throws: ``LoadFailure``; what was committed is kept for the next run.
    package consuming func runBatches(
        _ rows: consuming PreparedQuery,
        of size: BatchSize,
        streams limit: Int = 1
    ) throws -> LoadOutcome {
        guard let ledger else { preconditionFailure("the load was not made for batches") }
        let total = Mutex(LoadOutcome(rows: committed.count))
        defer { prompter.stop() }
        do {
            let streams = try streams(atMost: limit)
            total.withLock { $0.streams = streams }
            let stream = BatchStream(
                plan: plan,
                way: way,
                pump: try batchPump(),
                ledger: ledger,
                holder: way.isStaged ? staging.name : plan.table,
                parameters: parameters,
                size: size
            )
            let source = ChunkSource(rows, skipped: skippedRows, committed: committed)
            let feed = stream.pump.feed(source, streams: streams, rowsOfLoad: size.rowsOfLoad)
            try feed.run { try send(feed, streams, stream) { batch in total.withLock { $0.add(batch) } } }
            var outcome = total.withLock(\.self)
            // Rows of a table that is filled again in place are this transaction's own.
            if way.isSwapped { outcome.olderReaders = try waitForOlderReaders() }
            outcome.keptInPlace = try finish(ledger, rows: outcome.rows)
            return outcome
        } catch {
            throw LoadFailure(table: plan.table, cause: error, dataState: state(kept: total.withLock(\.rows)))
        }
    }

    /// In how many streams batches may come.
    ///
    /// One where rows meet each other on their way into the table: the order of upserts tells which one wins, triggers
    /// may wait for each other, and the server counts in the order that rows arrive in.
    private borrowing func streams(atMost limit: Int) throws -> Int {
        switch way {
        case .create, .replace: return limit
        case .upsert: return 1
        case .append:
            let filled = Set(plan.targets.map(\.name))
            let isCounted = plan.existing?.columns.contains { $0.hasDefault && !filled.contains($0.name) } ?? false
            let triggers: SQL = """
                SELECT EXISTS (SELECT FROM pg_trigger
                    WHERE tgrelid = \(literal: Int(plan.existing?.oid ?? 0)) AND NOT tgisinternal)
                """
            return try isCounted || connection.value(triggers) == "t" ? 1 : limit
        }
    }

    private borrowing func batchPump() throws(ConversionMissing) -> CopyPump {
        if case .upsert = way {
            return try CopyPump(plan.projectedColumns, into: Upsert(plan).target, observer: options.observer)
        }
        return try pump(into: way.isStaged ? staging.name : plan.table)
    }

    /// Sends all rows: this thread and connection are the first stream.
    private borrowing func send(
        _ feed: CopyFeed,
        _ streams: Int,
        _ stream: BatchStream,
        committed: @escaping @Sendable (LoadOutcome) -> Void
    ) throws {
        let first = try connection.value("SELECT pg_backend_pid()") ?? ""
        let (parameters, canceller, lock) = (parameters, options.canceller, lock)
        try feed.send(in: streams) {
            try stream.run(feed, over: connection, committed: committed)
        } further: {
            guard let connection = try Self.furtherConnection(parameters) else { return }
            canceller.add(connection.canceller)
            try lock.join(first, on: connection)
            try stream.run(feed, over: connection, committed: committed)
        }
    }

    /// Makes the batches' rows the table's and forgets their positions, in one transaction.
    private borrowing func finish(_ ledger: BatchLedger, rows: Int) throws -> [String] {
        return try connection.certainTransaction(parameters) { connection in
            var keptInPlace: [String] = []
            if case .replace(.inPlace(let reasons)) = way {
                try refill(on: connection)
                keptInPlace = reasons
            } else if way.isStaged {
                try publishStaging(on: connection)
            }
            if case .append = plan.mode {
                try ledger.settle(rows: rows, on: connection)
            } else {
                try ledger.clear(on: connection)
            }
            return keptInPlace
        }
    }

    private borrowing func refill(on connection: borrowing PostgresConnection) throws {
        let names = plan.targets.map(\.name)
        try connection.execute("DELETE FROM \(table: plan.table)")
        try connection.execute(BatchLedger.forgetting(rowsOf: plan.table))
        try connection.execute(
            """
            INSERT INTO \(table: plan.table) (\(identifiers: names)) OVERRIDING SYSTEM VALUE
            SELECT \(identifiers: names) FROM \(table: staging.name)
            """
        )
        try connection.execute(staging.drop)
    }

    private func state(kept: Int) -> String {
        let unchanged = "\(plan.table) " + (plan.existing == nil ? "was not created" : "is unchanged")
        if kept == 0 { return way.isStaged ? unchanged : "rolled back; " + unchanged }
        let place = way.isStaged ? "\(unchanged); \(kept) rows are kept beside it" : "\(kept) rows are in \(plan.table)"
        return "\(place), and the next run sends the others"
    }
}

extension LoadOutcome {
    /// Counts another batch.
    fileprivate mutating func add(_ batch: LoadOutcome) {
        rows += batch.rows
        inserted += batch.inserted
        updated += batch.updated
        unchanged += batch.unchanged
        superseded += batch.superseded
        batches += batch.batches
    }
}

extension TableLoad.Way {
    /// Whether what was committed before becomes the table as it is.
    fileprivate var isSwapped: Bool {
        switch self {
        case .create, .replace(.swap): true
        case .replace(.inPlace), .append, .upsert: false
        }
    }

    /// Whether batches wait in a staging table until the last one is in.
    var isStaged: Bool {
        switch self {
        case .create, .replace: true
        case .append, .upsert: false
        }
    }
}

extension RangeSet<Int> {
    fileprivate init(_ batches: [BatchLedger.Kept]) {
        self.init(batches.map { $0.first..<$0.first + $0.rows })
    }
}

extension LoadPlan {
    /// Whether a staging table of an earlier run has the columns that this one fills.
    fileprivate func fits(_ staging: TableDescription) -> Bool {
        columns.allSatisfy { column in
            staging.columns.contains { $0.name == column.target.name && $0.type == column.target.type }
        }
    }
}

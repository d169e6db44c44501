package import DuckDB

/// Loads in batches: each commits with its position, so that a run that was killed goes on behind the last one.
extension TableLoad {
    /// Finds what an earlier run committed, or makes room for the first batch.
    static func begin(
        _ ledger: BatchLedger?,
        _ plan: LoadPlan,
        _ staging: StagingTable,
        _ way: Way,
        on connection: borrowing PostgresConnection
    ) throws -> [Int: Int] {
        guard let ledger else {
            // What a run that was killed left behind.
            if way.isStaged { try connection.execute(staging.drop) }
            return [:]
        }
        try ledger.create(on: connection)
        let committed = try ledger.committed(on: connection)
        guard way.isStaged else {
            if committed.isEmpty, case .append = way { try ledger.refuseOtherSource(than: plan.table, on: connection) }
            if committed.isEmpty { try ledger.clear(on: connection) }
            return committed
        }
        let kept = try TableDescription.read(staging.name, on: connection)
        if let kept, !committed.isEmpty, plan.fits(kept) { return committed }
        try connection.transaction { connection in
            try connection.execute(staging.drop)
            for statement in try stagingCreation(plan, staging, on: connection) { try connection.execute(statement) }
            try ledger.clear(on: connection)
        }
        return [:]
    }

    /// Copies one batch and records it, in one transaction.
    ///
    /// - Parameter batch: The batch's number in the source, the same in every run.
    /// - Throws: ``LoadFailure``; the batches before this one stay committed.
    package borrowing func runBatch(_ batch: Int, _ rows: consuming QueryResult) throws -> LoadOutcome {
        try runBatch(batch, rows: .max, of: ChunkSource(rows))
    }

    /// Copies about so many of a source's next rows as one batch and records it, in one transaction.
    ///
    /// The order of the source's rows must be the same in every run. The next run leaves out as many rows as all
    /// committed batches have, which may be cut elsewhere then.
    /// - Throws: ``LoadFailure``; the batches before this one stay committed.
    package borrowing func runBatch(_ batch: Int, rows limit: Int, of source: ChunkSource) throws -> LoadOutcome {
        guard let ledger else { preconditionFailure("the load was not made for batches") }
        do {
            source.beginBatch(rows: limit)
            try connection.execute("BEGIN")
            let outcome = try copyBatch(source)
            try ledger.record(batch, rows: outcome.rows, on: connection)
            try connection.commit(parameters)
            return outcome
        } catch {
            connection.rollBack()
            throw LoadFailure(table: plan.table, cause: error, dataState: batchState)
        }
    }

    /// Makes the batches' rows the table's and forgets their positions, in one transaction.
    ///
    /// - Throws: ``LoadFailure``; the batches stay committed, and the next run has only this left to do.
    package consuming func finish() throws -> LoadOutcome {
        guard let ledger else { preconditionFailure("the load was not made for batches") }
        do {
            if way.isStaged { try waitForOlderReaders() }
            return try connection.certainTransaction(parameters) { connection in
                let count = try ledger.committed(on: connection).values.reduce(0, +)
                var outcome = LoadOutcome(rows: count, inserted: count)
                if case .replace(.inPlace(let reasons)) = way {
                    try refill(on: connection)
                    outcome.keptInPlace = reasons
                } else if way.isStaged {
                    try publishStaging(on: connection)
                }
                try ledger.clear(on: connection)
                return outcome
            }
        } catch {
            throw LoadFailure(table: plan.table, cause: error, dataState: batchState)
        }
    }

    private borrowing func copyBatch(_ rows: ChunkSource) throws -> LoadOutcome {
        if case .upsert = way {
            let upsert = Upsert(plan)
            let pump = try CopyPump(plan.projectedColumns, into: upsert.target, observer: options.observer)
            return try merge(rows, upsert, pump)
        }
        let pump = try pump(into: way.isStaged ? staging.name : plan.table)
        let count = try pump.copy(rows, over: connection)
        return LoadOutcome(rows: count, inserted: count)
    }

    private borrowing func refill(on connection: borrowing PostgresConnection) throws {
        let names = plan.targets.map(\.name)
        try connection.execute("DELETE FROM \(table: plan.table)")
        try connection.execute(
            """
            INSERT INTO \(table: plan.table) (\(identifiers: names)) OVERRIDING SYSTEM VALUE
            SELECT \(identifiers: names) FROM \(table: staging.name)
            """
        )
        try connection.execute(staging.drop)
    }

    private var batchState: String {
        let unchanged = way.isStaged ? "\(plan.table) is unchanged; " : ""
        return
            "this batch is rolled back; \(unchanged)the batches before it are kept, and the next run goes on behind them"
    }
}

extension TableLoad.Way {
    /// Whether batches wait in a staging table until the last one is in.
    var isStaged: Bool {
        switch self {
        case .create, .replace: true
        case .append, .upsert: false
        }
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

import DuckDB

/// One connection's part in a load by batches: takes rows of the source, and commits them with their positions.
struct BatchStream: Sendable {
    let plan: LoadPlan
    let way: TableLoad.Way
    let pump: CopyPump
    let ledger: BatchLedger
    /// The table that has the rows once they are committed.
    let holder: TableName
    let parameters: ConnectionParameters
    let size: BatchSize

    /// Commits batch after batch until there are no more rows, and tells of each.
    ///
    /// - Throws: What broke the batch that is under way then; those that were told of stay committed.
    func run(
        _ feed: CopyFeed,
        over connection: borrowing PostgresConnection,
        committed: (LoadOutcome) -> Void
    ) throws {
        var size = size
        while let first = feed.take() {
            let start = ContinuousClock.now
            committed(try commit(feed, first, rows: size.rows, over: connection))
            size.took(ContinuousClock.now - start)
        }
    }

    private func commit(
        _ feed: CopyFeed,
        _ first: CopyFeed.Load,
        rows limit: Int,
        over connection: borrowing PostgresConnection
    ) throws -> LoadOutcome {
        // A crash of the server then takes the last batches and their positions together, and the next run sends them
        // again. What ends the load waits for the disk, and with it for all that was committed before.
        try connection.execute("BEGIN; SET LOCAL synchronous_commit = off")
        do {
            var rows = RangeSet<Int>()
            var outcome = LoadOutcome()
            if case .upsert = way {
                outcome = try Upsert(plan).run(on: connection) { connection in
                    rows = try pump.send(feed, first: first, rows: limit, over: connection).numbers
                }
            } else {
                (rows, outcome.inserted) = try pump.send(feed, first: first, rows: limit, over: connection)
            }
            try ledger.record(rows, in: holder, on: connection)
            try connection.commit(parameters)
            outcome.batches = 1
            outcome.rows = rows.count
            return outcome
        } catch {
            connection.rollBack()
            throw error
        }
    }
}

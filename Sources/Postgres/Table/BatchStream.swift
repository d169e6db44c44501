import DuckDB

/// One connection's part in a load by batches: takes pieces of the source, and commits them with their positions.
struct BatchStream: Sendable {
    let plan: LoadPlan
    let way: TableLoad.Way
    let pump: CopyPump
    let ledger: BatchLedger
    let parameters: ConnectionParameters
    let size: BatchSize

    /// Commits batch after batch until the source is over, and tells of each.
    ///
    /// - Throws: What broke the batch that is under way then; those that were told of stay committed.
    func run(
        _ source: ChunkSource,
        over connection: borrowing PostgresConnection,
        committed: (LoadOutcome) -> Void
    ) throws {
        var size = size
        while true {
            let start = ContinuousClock.now
            var batch = OpenBatch(of: source, rows: size.rows)
            guard try batch.hasRows() else { return }
            committed(try commit(&batch, over: connection))
            size.took(ContinuousClock.now - start)
        }
    }

    private func commit(
        _ batch: inout OpenBatch,
        over connection: borrowing PostgresConnection
    ) throws -> LoadOutcome {
        // A crash of the server then takes the last batches and their positions together, and the next run sends them
        // again. What ends the load waits for the disk, and with it for all that was committed before.
        try connection.execute("BEGIN; SET LOCAL synchronous_commit = off")
        do {
            var outcome = try copy(&batch, over: connection)
            try ledger.record(batch.rows, on: connection)
            try connection.commit(parameters)
            outcome.batches = 1
            outcome.rows = batch.rows.count
            return outcome
        } catch {
            connection.rollBack()
            throw error
        }
    }

    private func copy(_ batch: inout OpenBatch, over connection: borrowing PostgresConnection) throws -> LoadOutcome {
        if case .upsert = way {
            return try Upsert(plan).run(on: connection) { connection in
                _ = try pump.copy(batch.source, over: connection) { try batch.next() }
            }
        }
        return LoadOutcome(inserted: try pump.copy(batch.source, over: connection) { try batch.next() })
    }
}

/// The rows that one transaction sends: pieces of the source, taken while there is room for another.
private struct OpenBatch {
    let source: ChunkSource
    /// The numbers of the rows that were taken.
    private(set) var rows = RangeSet<Int>()
    private let limit: Int
    /// The chunks of the last piece that are yet to be sent, the next one last.
    private var piece: [NumberedChunk] = []

    init(of source: ChunkSource, rows limit: Int) {
        self.source = source
        self.limit = limit
    }

    /// Takes the first piece; `false` when the source is over.
    mutating func hasRows() throws(DuckDBError) -> Bool {
        try takePiece()
        return !piece.isEmpty
    }

    mutating func next() throws(DuckDBError) -> NumberedChunk? {
        if piece.isEmpty, rows.count < limit { try takePiece() }
        return piece.popLast()
    }

    private mutating func takePiece() throws(DuckDBError) {
        let taken = try source.nextPiece(rows: limit - rows.count)
        for chunk in taken { rows.formUnion(chunk.missing) }
        piece = taken.reversed()
    }
}

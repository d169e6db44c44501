import DuckDB
import PintailOrchestrator

/// How a big read is kept within the process's memory.
struct ReadTuning: Hashable {
    /// Threads to read with; `nil` leaves as many as there are.
    let threads: Int?
    /// The size of DuckDB's CSV buffers.
    let bufferSize: Int
    private let isTight: Bool

    // In a small budget two threads wait for each other's memory: one writes 20 million rows in half the time.
    /// Two threads with 32 MB buffers were measured at 390–750 MB, one thread with a 1 MB buffer at 83 MB.
    private static let roomy: Int64 = 800_000_000
    private static let tight: Int64 = 300_000_000

    /// Left to itself DuckDB takes buffers that cost 18 % more time and twice the memory on a file of 1 GB.
    private static let usual = 32_000_000

    /// Chooses by what the process may use.
    init(_ budget: MemoryBudget) {
        let safe = budget.safe.count
        isTight = safe < Self.tight
        threads = isTight ? 1 : nil
        bufferSize = isTight ? 1 << 20 : safe < Self.roomy ? 8 << 20 : Self.usual
    }

    /// Has DuckDB give back at once what the reading of delimited text frees: of a budget of 100 MB these are 3.
    ///
    /// Not where Parquet alone is read: its columns are freed page by page, and the memory is taken again at once.
    func prepareForText(_ connection: borrowing Connection) throws {
        guard isTight else { return }
        try connection.execute("SET GLOBAL allocator_bulk_deallocation_flush_threshold = '1MB'")
    }
}

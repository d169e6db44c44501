package import PintailOrchestrator
package import PintailProject

/// What the whole process may use, and how it is shared out.
package struct MemoryBudget: Hashable, Sendable {
    /// What the process may use: given by `resources.memory`, or `available × (1 − memory_margin)`.
    package let safe: Bytes
    /// What was free when it was measured, and what limited it.
    package let system: SystemMemory
    /// Whether the user gave the number.
    package let isGiven: Bool

    /// Measures, or takes, what may be used.
    package init(_ resources: Resources, system: SystemMemory = .now()) {
        self.system = system
        isGiven = resources.memory != nil
        // Validation keeps the margin between 0 and 1; a program may hand over anything, even NaN.
        let share = resources.memoryMargin > 0 ? max(0, 1 - resources.memoryMargin) : 1
        safe = Bytes(max(0, resources.memory ?? Int64(Double(system.available.count) * share)))
    }

    /// The program and its libraries with a database open, measured before the first row is read.
    private static let ownShare: Int64 = 72_000_000

    /// What DuckDB takes beyond its limit however small that is: 17 MB over one of 16 MB, 18 MB over one of 32 MB, and
    /// some for what a busy machine delays.
    private static let beyondLimit: Int64 = 22_000_000

    /// What DuckDB may use by its own count, so that the process stays inside the budget.
    ///
    /// DuckDB's resident memory was measured up to half over its limit, and it reads nothing with less than 16 MB.
    package var duckDBLimit: Bytes {
        let share = safe.count - Self.ownShare
        return Bytes(max(16_000_000, min(share * 2 / 3, share - Self.beyondLimit)))
    }

    /// Whether that many rows, each of so many bytes, take no more than a share of DuckDB's memory.
    ///
    /// Rows may be DuckDB's guess: for a join of all with all that is any number.
    package func holds(rows: Int, of bytes: Int64, inShare share: Int64 = 1) -> Bool {
        Int64(rows) <= duckDBLimit.count / share / bytes
    }

    /// Whether two statements over the same files, or two threads of one, do not wait for each other's memory.
    var hasRoomForTwo: Bool { duckDBLimit.count >= 64_000_000 }
}

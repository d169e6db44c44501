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

    /// The program, its libraries and its buffers for Postgres and files: measured with nothing loaded.
    private static let ownShare: Int64 = 40_000_000

    /// DuckDB's resident memory was measured up to half over its limit, so the limit is two thirds of its share.
    package var duckDBLimit: Bytes { Bytes(max(32_000_000, (safe.count - Self.ownShare) * 2 / 3)) }
}

import Postgres

/// Whether a load commits bit by bit, each time together with how far it has come.
package enum Batching: Hashable, Sendable {
    /// All rows in one transaction, or in one swap.
    case never
    /// In batches where starting over would take long.
    case whenLarge
    /// In batches that take some seconds each, for a source that is read in streaming.
    case streaming
    /// In batches of about so many rows.
    case always(rows: Int)

    /// Some half a minute of copying; below that the positions are worth little.
    private static let largeRows = 50_000_000

    /// How the rows are cut; `nil` when there are to be no batches, or the rows would not come in the same order again.
    func size(for scan: SourceScan) -> BatchSize? {
        guard scan.isOrdered else { return nil }
        switch self {
        case .never: return nil
        case .whenLarge: return (scan.estimatedRows ?? 0) >= Self.largeRows ? .adaptive : nil
        case .streaming: return .adaptive
        case .always(let rows): return .fixed(rows: rows)
        }
    }
}

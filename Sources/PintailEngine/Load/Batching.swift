/// Whether a load commits bit by bit, each time together with how far it has come.
package enum Batching: Hashable, Sendable {
    /// All rows in one transaction, or in one swap.
    case never
    /// In batches where starting over would take long.
    case whenLarge
    /// In batches of about so many rows, for a source that is read in streaming.
    case always(rows: Int)

    /// Half a second or a second of copying: what is lost at most when a load is killed.
    package static let usualRows = 1_000_000

    /// Some half a minute of copying; below that, several streams are faster than the positions are worth.
    private static let largeRows = 50_000_000

    /// The rows of a batch; `nil` when there are to be none, or the rows would not come in the same order again.
    func rows(of scan: SourceScan) -> Int? {
        guard scan.isOrdered else { return nil }
        switch self {
        case .never: return nil
        case .whenLarge: return (scan.estimatedRows ?? 0) >= Self.largeRows ? Self.usualRows : nil
        case .always(let rows): return rows
        }
    }
}

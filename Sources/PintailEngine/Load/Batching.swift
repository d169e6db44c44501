/// Whether a load commits bit by bit, each time together with how far it has come.
package enum Batching: Hashable, Sendable {
    /// All rows in one transaction, or in one swap.
    case never
    /// In batches where starting over would take long.
    case whenLarge
    /// In batches that take about half a second each, for a source that is read in streaming.
    case streaming
    /// In batches of about so many rows.
    case always(rows: Int)

    /// Some half a minute of copying; below that, several streams are faster than the positions are worth.
    private static let largeRows = 50_000_000

    /// How the rows are cut; `nil` when there are to be no batches, or the rows would not come in the same order again.
    func size(for scan: SourceScan) -> BatchSize? {
        guard scan.isOrdered else { return nil }
        switch self {
        case .never: return nil
        case .whenLarge: return (scan.estimatedRows ?? 0) >= Self.largeRows ? .usual : nil
        case .streaming: return .adaptive
        case .always(let rows): return BatchSize(rows: rows, isFixed: true)
        }
    }
}

/// How many rows the next batch shall have.
struct BatchSize: Hashable, Sendable {
    private(set) var rows: Int
    let isFixed: Bool

    /// Half a second or a second of copying: what is lost at most when a load is killed.
    static let usual = BatchSize(rows: 1_000_000, isFixed: true)

    /// Begins small: how fast the line, the server and its indexes are shows only when rows are sent.
    static let adaptive = BatchSize(rows: 20_000, isFixed: false)

    private static let rowLimits = 10_000...1_000_000
    /// Shorter, and commits take a share of the time; longer, and a killed load has much to do again.
    private static let wanted: ClosedRange<Duration> = .milliseconds(300) ... .milliseconds(1000)

    /// Learns how long a batch of this size took.
    mutating func took(_ duration: Duration) {
        guard !isFixed else { return }
        let next = duration < Self.wanted.lowerBound ? rows * 2 : duration > Self.wanted.upperBound ? rows / 2 : rows
        rows = min(max(next, Self.rowLimits.lowerBound), Self.rowLimits.upperBound)
    }
}

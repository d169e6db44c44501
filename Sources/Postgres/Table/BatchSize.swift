/// How many rows a stream's next batch shall have.
package struct BatchSize: Hashable, Sendable {
    /// About how many rows are committed together.
    package private(set) var rows: Int
    private let isFixed: Bool

    /// Batches that grow until they take some seconds: what a load that is killed has to do again.
    ///
    /// Begins small: how fast the line, the server and its indexes are shows only when rows are sent.
    package static let adaptive = BatchSize(rows: 20_000, isFixed: false)

    private static let rowLimits = 10_000...10_000_000
    /// Shorter, and it shows that the server takes other buffers for every COPY, cold ones, where one long COPY goes round
    /// in its own; longer, and a killed load has much to do again.
    private static let wanted: ClosedRange<Duration> = .seconds(2) ... .seconds(6)

    /// Batches of about so many rows.
    package static func fixed(rows: Int) -> BatchSize { BatchSize(rows: rows, isFixed: true) }

    /// How many rows may be sent together, so that a batch has no more than was asked for.
    var rowsOfLoad: Int { isFixed ? rows : .max }

    /// Learns how long a batch of this size took.
    mutating func took(_ duration: Duration) {
        guard !isFixed else { return }
        let next = duration < Self.wanted.lowerBound ? rows * 4 : duration > Self.wanted.upperBound ? rows / 2 : rows
        rows = min(max(next, Self.rowLimits.lowerBound), Self.rowLimits.upperBound)
    }
}

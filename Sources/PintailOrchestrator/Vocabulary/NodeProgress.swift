/// How far a running node has come.
public struct NodeProgress: Hashable, Sendable, Codable {
    /// Rows done.
    public var rows: RowCount
    /// Rows there are, where that is known.
    public var totalRows: RowCount?
    /// Bytes done, where they are counted.
    public var bytes: Bytes?
    /// Bytes there are, where that is known.
    public var totalBytes: Bytes?
    /// What the node is doing, in a word or two: `reading`, `writing`, `publishing`.
    public var phase: String

    /// Describes how far a node has come.
    public init(
        rows: RowCount = 0,
        totalRows: RowCount? = nil,
        bytes: Bytes? = nil,
        totalBytes: Bytes? = nil,
        phase: String = ""
    ) {
        self.rows = rows
        self.totalRows = totalRows
        self.bytes = bytes
        self.totalBytes = totalBytes
        self.phase = phase
    }

    private enum CodingKeys: String, CodingKey {
        case rows, bytes, phase
        case totalRows = "total_rows"
        case totalBytes = "total_bytes"
    }
}

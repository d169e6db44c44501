/// What one check found in one table.
public struct CheckOutcome: Hashable, Sendable, Codable {
    /// The verdict of a check.
    public enum Status: String, Sendable, Codable {
        case pass, warn, fail
    }

    /// The table that was judged.
    public let table: String
    /// The column that was judged; nil for a check of the whole table.
    public let column: String?
    /// The check's name: `not_null`.
    public let check: String
    /// The verdict.
    public let status: Status
    /// How many rows break the claim; nil when the check does not count rows.
    public let failingRows: RowCount?
    /// How many rows were looked at.
    public let totalRows: RowCount?
    /// A few of the values that break the claim, as text.
    public let sample: [String]
    /// One sentence for people: what was claimed and what was found.
    public let message: String

    /// Describes what a check found.
    public init(
        table: String,
        column: String? = nil,
        check: String,
        status: Status,
        failingRows: RowCount? = nil,
        totalRows: RowCount? = nil,
        sample: [String] = [],
        message: String = ""
    ) {
        self.table = table
        self.column = column
        self.check = check
        self.status = status
        self.failingRows = failingRows
        self.totalRows = totalRows
        self.sample = sample
        self.message = message
    }

    private enum CodingKeys: String, CodingKey {
        case table, column, check, status, sample, message
        case failingRows = "failing_rows"
        case totalRows = "total_rows"
    }
}

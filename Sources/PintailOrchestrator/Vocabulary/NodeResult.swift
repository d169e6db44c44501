/// What a node that succeeded has to tell.
public struct NodeResult: Hashable, Sendable, Codable {
    /// Rows written to what the node makes; nil when it writes none by nature (a command, a check).
    public var rows: RowCount?
    /// Rows read from the node's sources, where they were counted.
    public var rowsRead: RowCount?
    /// Bytes written or sent, where they were counted.
    public var bytes: Bytes?
    /// Rows put aside because they broke a claim.
    public var quarantinedRows: RowCount?
    /// What else is worth knowing, by name: `strategy: {name, reason, needed, available}`.
    public var facts: [String: JSONValue]
    /// What the node's checks found.
    public var checks: [CheckOutcome]
    /// What the user should hear although the node succeeded.
    public var warnings: [String]
    /// The table that was made; kept as its last good schema, against which the next run measures drift.
    public var schema: TableSchema?

    /// Describes what a node did.
    public init(
        rows: RowCount? = nil,
        rowsRead: RowCount? = nil,
        bytes: Bytes? = nil,
        quarantinedRows: RowCount? = nil,
        facts: [String: JSONValue] = [:],
        checks: [CheckOutcome] = [],
        warnings: [String] = [],
        schema: TableSchema? = nil
    ) {
        self.rows = rows
        self.rowsRead = rowsRead
        self.bytes = bytes
        self.quarantinedRows = quarantinedRows
        self.facts = facts
        self.checks = checks
        self.warnings = warnings
        self.schema = schema
    }

    private enum CodingKeys: String, CodingKey {
        case rows, bytes, facts, checks, warnings, schema
        case rowsRead = "rows_read"
        case quarantinedRows = "quarantined_rows"
    }
}

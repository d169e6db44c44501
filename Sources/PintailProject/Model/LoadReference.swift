/// A column of a server's table that holds the key of a row in another: found, or made, by what the rows call that row.
public struct LoadReference: Hashable, Sendable {
    /// What becomes of rows that name a row which the other table does not have.
    public enum Missing: String, Hashable, Sendable, CaseIterable {
        /// The load ends, naming the values.
        case fail
        /// The row is made in the other table.
        case create
        /// The column stays empty.
        case null
        /// The rows go to `quarantine.<load>`.
        case quarantine
    }

    /// The column that is filled.
    public var column: String
    /// The columns of the rows that name the other table's row.
    public var from: [String]
    /// The other table, in the schema of the load's own unless it says another.
    public var table: String
    /// What is compared with `from`, one for each: a column of the other table, or an expression over one.
    public var match: [String]
    /// What becomes of rows that name a row which is not there.
    public var missing: Missing
    /// The other table's column that is stored; what the foreign key names, or the primary key, unless given.
    public var key: String?
    /// What makes the keys of rows that are created; the server's default unless given.
    public var generate: KeyMaker?

    /// Describes a reference; `match` is the columns of the same names unless given.
    public init(
        _ column: String,
        from: [String],
        table: String,
        match: [String] = [],
        missing: Missing = .fail,
        key: String? = nil,
        generate: KeyMaker? = nil
    ) {
        self.column = column
        self.from = from
        self.table = table
        self.match = match.isEmpty ? from : match
        self.missing = missing
        self.key = key
        self.generate = generate
    }
}

/// What makes the keys of new rows.
public enum KeyMaker: String, Hashable, Sendable, CaseIterable {
    /// The column's default, or its identity.
    case database
    /// Pintail: UUIDs of version 7, which begin with the time and so stand beside each other in an index.
    case uuid7
}

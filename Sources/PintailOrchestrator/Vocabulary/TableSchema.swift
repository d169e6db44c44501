/// The columns of a table in their order, as its engine names their types.
public struct TableSchema: Hashable, Sendable, Codable {
    /// One column of a table.
    public struct Column: Hashable, Sendable, Codable {
        /// The column's name.
        public let name: String
        /// The column's type in the engine's words: `DECIMAL(18,3)`.
        public let type: String

        /// Describes a column.
        public init(name: String, type: String) {
            self.name = name
            self.type = type
        }
    }

    /// The table's name, with its schema when it has one.
    public let table: String
    /// The columns, first to last.
    public let columns: [Column]

    /// Describes a table.
    public init(table: String, columns: [Column]) {
        self.table = table
        self.columns = columns
    }
}

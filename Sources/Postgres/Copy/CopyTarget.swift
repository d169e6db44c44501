package import DuckDB

/// The table and columns that rows are copied into.
package struct CopyTarget: Hashable, Sendable {
    /// The table's full name.
    package var table: TableName
    /// The columns that are filled, in the order of the source's.
    package var columns: [Column]
    /// Whether the rows are written as if they had always been there.
    ///
    /// Saves work later, and readers with an older snapshot see them; the table must have been made in the same
    /// transaction. https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-PARAMS-FREEZE
    package var isFrozen: Bool

    /// A column of the table, in the order of the source's columns.
    package struct Column: Hashable, Sendable {
        /// The column's name in the table.
        package let name: String
        /// The column's type in the table.
        package let type: PostgresType

        /// A column by name and type.
        package init(_ name: String, _ type: PostgresType) {
            self.name = name
            self.type = type
        }
    }

    /// Rows go into `columns` of `table`.
    package init(_ table: TableName, columns: [Column], isFrozen: Bool = false) {
        self.table = table
        self.columns = columns
        self.isFrozen = isFrozen
    }

    /// The statement that opens the stream.
    package var sql: SQL {
        let options: SQL = isFrozen ? "FORMAT binary, FREEZE" : "FORMAT binary"
        let names = columns.map { "\(identifier: $0.name)" as SQL }
        return "COPY \(table: table) (\(list: names)) FROM STDIN (\(options))"
    }
}

/// How far a copy is, over all its streams.
package struct CopyProgress: Hashable, Sendable {
    /// Rows that were sent; the server has not committed them yet.
    package var rows = 0
    /// Bytes that were sent.
    package var bytes = 0
}

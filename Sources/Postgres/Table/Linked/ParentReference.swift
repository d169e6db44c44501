package import DuckDB

/// A column that holds keys of another table's rows, as somebody asks for it.
package struct ParentReference: Hashable, Sendable {
    /// What becomes of rows that name a row which the other table has not.
    package enum Missing: Hashable, Sendable { case fail, create, null, quarantine }

    /// The column that is filled.
    package var column: String
    /// The source's columns that name the other table's row.
    package var from: [String]
    /// The other table; without a schema it is in the load's own.
    package var parent: TableName
    /// What is compared: columns of the other table, or expressions over one.
    package var match: [String]
    /// What becomes of rows that name a row which is not there.
    package var missing: Missing
    /// The other table's column that is stored.
    package var key: String?
    /// Whether keys of new rows are made by us; `nil` leaves it to what the column needs.
    package var makesKeys: Bool?

    /// Asks for a reference.
    package init(
        _ column: String,
        from: [String],
        parent: TableName,
        match: [String],
        missing: Missing = .fail,
        key: String? = nil,
        makesKeys: Bool? = nil
    ) {
        self.column = column
        self.from = from
        self.parent = parent
        self.match = match
        self.missing = missing
        self.key = key
        self.makesKeys = makesKeys
    }
}

/// A reference that the catalog bears out: every name and type is known.
package struct ResolvedReference: Hashable, Sendable {
    /// One of the values that are compared.
    package struct Term: Hashable, Sendable {
        /// The source's column.
        package let source: ResultColumn
        /// The other table's column that the expression is over.
        package let column: CopyTarget.Column
        /// What is compared, on both sides.
        package let expression: SQL
        /// How the source's values become the column's.
        package let conversion: Conversion
    }

    /// What was asked for.
    package let reference: ParentReference
    /// The column that is filled, as the table spells it.
    package let column: String
    /// Whether the filled column takes NULL.
    package let isNullable: Bool
    /// The other table.
    package let parent: TableDescription
    /// The other table's column that is stored.
    package let key: CopyTarget.Column
    /// What is compared.
    package let terms: [Term]
    /// Whether keys of new rows are UUIDs of ours.
    package let makesKeys: Bool
    /// Whether the other table is the load's own.
    package let isSelf: Bool

    /// What the reference is called in messages: `lower(trim(name)) of public.publications`.
    package var title: String {
        "\(terms.map { $0.expression.plain }.joined(separator: ", ")) of \(parent.name)"
    }

    /// The DuckDB type that carries keys to the column.
    package var carrier: LogicalType { key.type.carrier }
}

extension PostgresType {
    /// The type for values that are looked for: one that is too long or too exact is only not found.
    var unbounded: PostgresType {
        switch self {
        case .varchar, .character: .text
        case .numeric: .anyNumeric
        case .bit: .bitVarying(nil)
        default: self
        }
    }

    /// The DuckDB type that keys of this type travel in.
    var carrier: LogicalType {
        switch self {
        case .uuid: .uuid
        case .smallint: .smallint
        case .integer: .integer
        case .bigint: .bigint
        default: .varchar
        }
    }
}

extension SQL {
    /// A name without quotes that it does not need, for a message.
    var plain: String {
        let inner = text.dropFirst().dropLast()
        let isSimple = text.hasPrefix("\"") && text.hasSuffix("\"") && !inner.contains("\"")
        return isSimple ? String(inner) : text
    }
}

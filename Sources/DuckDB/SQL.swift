/// A piece of SQL in which names and values have been quoted by their kind.
///
/// ```swift
/// let statement: SQL = "COPY \(identifier: table) TO \(literal: path)"
/// ```
public struct SQL: Hashable, Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    /// The text as DuckDB gets it.
    public let text: String

    /// Takes text that is SQL already: what a user wrote as a query, or what DuckDB itself printed.
    public init(verbatim text: String) { self.text = text }

    public init(stringLiteral text: String) { self.text = text }
    public init(stringInterpolation interpolation: Interpolation) { text = interpolation.text }

    public var description: String { text }

    /// Builds the text of an ``SQL`` literal.
    public struct Interpolation: StringInterpolationProtocol {
        var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        public mutating func appendLiteral(_ literal: String) { text += literal }

        /// A piece of SQL made before.
        public mutating func appendInterpolation(_ sql: SQL) { text += sql.text }

        /// Pieces of SQL with a comma between them.
        public mutating func appendInterpolation(list: [SQL]) { text += list.map(\.text).joined(separator: ", ") }

        /// Pieces of SQL with any text between them.
        public mutating func appendInterpolation(_ list: [SQL], separator: String) {
            text += list.map(\.text).joined(separator: separator)
        }

        /// A name of a column, table or schema.
        public mutating func appendInterpolation(identifier name: String) { text += SQL.quoted(name, by: "\"") }

        /// Names with a comma between them.
        public mutating func appendInterpolation(identifiers names: [String]) {
            text += names.map { SQL.quoted($0, by: "\"") }.joined(separator: ", ")
        }

        /// A text.
        public mutating func appendInterpolation(literal value: String) { text += SQL.quoted(value, by: "'") }
        /// A whole number.
        public mutating func appendInterpolation(literal value: Int) { text += String(value) }
        /// A whole number.
        public mutating func appendInterpolation(literal value: Int64) { text += String(value) }
        /// A truth value.
        public mutating func appendInterpolation(literal value: Bool) { text += value ? "true" : "false" }

        /// A number, infinities and NaN included.
        public mutating func appendInterpolation(literal value: Double) {
            text += value.isFinite ? String(value) : "CAST('\(value)' AS DOUBLE)"
        }

        /// A list of texts, as `['a', 'b']`.
        public mutating func appendInterpolation(literals values: [String]) {
            text += "[" + values.map { SQL.quoted($0, by: "'") }.joined(separator: ", ") + "]"
        }
    }

    /// Encloses a text in quotes and doubles those inside it.
    private static func quoted(_ text: String, by quote: Character) -> String {
        guard text.contains(quote) else { return "\(quote)\(text)\(quote)" }
        return "\(quote)"
            + text.split(separator: quote, omittingEmptySubsequences: false)
            .joined(separator: "\(quote)\(quote)") + "\(quote)"
    }
}

/// The full name of a table: `orders`, `quarantine.orders`, `warehouse.public.orders`.
public struct TableName: Hashable, Sendable, CustomStringConvertible {
    /// The database, when it is not the current one.
    public var catalog: String?
    /// The schema, when it is not the current one.
    public var schema: String?
    /// The table's own name.
    public var name: String

    /// Names a table; what is `nil` is left to the search path.
    public init(_ name: String, schema: String? = nil, catalog: String? = nil) {
        self.catalog = catalog
        self.schema = schema
        self.name = name
    }

    /// Takes a name as people write it: `orders`, `quarantine.orders`, `"odd.name"`.
    public init(dotted text: String) {
        var parts: [String] = [""]
        var isQuoted = false
        for character in text {
            switch character {
            case "\"": isQuoted.toggle()
            case "." where !isQuoted: parts.append("")
            default: parts[parts.count - 1].append(character)
            }
        }
        let given = parts.suffix(3)
        self.init(given.last ?? text, schema: given.dropLast().last, catalog: given.dropLast(2).last)
    }

    public var description: String { [catalog, schema, name].compactMap(\.self).joined(separator: ".") }
}

extension SQL.Interpolation {
    /// A table's full name, each part quoted.
    public mutating func appendInterpolation(table: TableName) {
        let parts = [table.catalog, table.schema, table.name].compactMap(\.self)
        appendInterpolation(parts.map { "\(identifier: $0)" }, separator: ".")
    }
}

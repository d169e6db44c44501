/// One claim in a list under a column.
enum ColumnClaimSpec {
    static let notNull = Field("not_null", .boolean, "No value is NULL; `true`, beside `on_fail`.", example: "true")
    static let unique = Field("unique", .boolean, "No value occurs twice; NULLs do not count.", example: "true")
    static let acceptedValues = Field(
        "accepted_values",
        Shape.value.list(),
        "Every value is one of these.",
        example: "[news, opinion]"
    )
    static let range = Field(
        "range",
        BoundsSpec.values.shape,
        "Least and greatest value, both allowed.",
        example: "{min: 0, max: 120}"
    )
    static let length = Field(
        "length",
        BoundsSpec.lengths.shape,
        "Least and greatest length in characters.",
        example: "{min: 1, max: 500}"
    )
    static let regex = Field(
        "regex",
        .text("a regular expression"),
        "The whole value matches (RE2 syntax).",
        example: "\"[a-z]+\""
    )
    static let format = Field(
        "format",
        TextFormatSpec.shape,
        "Every value has this form.",
        example: "email"
    )
    static let type = Field(
        "type",
        Shape.text("a type's name").map { ColumnType($0) },
        "The column has this type, or is text of which every value can be read as one.",
        example: "int64"
    )
    static let references = Field(
        "references",
        ReferenceSpec.shape,
        "Every value occurs in a column of another table.",
        example: "publications.name"
    )
    static let onFail = Field(
        "on_fail",
        Shape<FailureAction>.word,
        "What a failure means, when not what the step says.",
        example: "warn"
    )

    static let component = Component<ColumnClaim>(
        "a claim",
        "A claim about a column that is more than a word. Exactly one of them, and `on_fail` if it differs from the step's.",
        fields: [notNull, unique, acceptedValues, range, length, regex, format, type, references, onFail],
        example: """
            columns:
              age:     [not_null, {range: {min: 0, max: 120}, on_fail: warn}]
              country: {references: {table: countries, column: code}}
              code:    [{regex: "[A-Z]{3}"}, {type: string}]
              mail:    [{format: email, on_fail: quarantine}]
              day:     [{format: {date: "%d/%m/%Y"}}]
            """
    ) { reader in
        let action = reader[onFail]
        let kinds = kinds(reader)
        let written = kindFields.filter { reader.has($0) }
        if written.count > 1 {
            reader.report("this item makes two claims", atKeyOf: written[1], hint: "make each an item of its own")
        } else if written.isEmpty {
            reader.reading.report(
                "a claim needs one of " + kindFields.map(\.name).joined(separator: ", "),
                at: reader.place
            )
        }
        return kinds.first.map { ColumnClaim($0, onFail: action) }
    }

    private static let kindFields: [any FieldDeclaration] = [
        notNull, unique, acceptedValues, range, length, regex, format, type, references,
    ]

    private static func kinds(_ reader: FieldReader) -> [ColumnClaim.Kind] {
        for field in [notNull, unique] where reader[field] == false {
            reader.report("'\(field.name)' claims nothing when it is false", at: field, hint: "remove it")
        }
        return [
            reader[notNull] == true ? .notNull : nil,
            reader[unique] == true ? .unique : nil,
            reader[acceptedValues].map { .acceptedValues($0) },
            reader[range].map { .range($0) },
            reader[length].map { .length($0) },
            reader[regex].map { .regex($0) },
            reader[format].map { .format($0) },
            reader[type].map { .type($0) },
            reader[references].map { .references(table: $0.table, column: $0.column) },
        ].compactMap { $0 }
    }

    static let shape = Shape<ColumnClaim>.words(
        ["not_null": .notNull, "unique": .unique],
        bare,
        orElse: ", or a claim as a mapping",
        instead: format(of:)
    ).or(mapping: component.shape)

    /// The claims that are one word.
    private static let bare = ["not_null", "unique"]

    /// What is said to one who claims a format by its name alone.
    @Sendable private static func format(of word: String) -> String? {
        let formats = TextFormat.named.map(\.name)
        if formats.contains(word) { return "write {format: \(word)}" }
        guard nearest(to: word, among: bare) == nil else { return nil }
        return nearest(to: word, among: formats).map { "did you mean {format: \($0)}?" }
    }
}

/// Least and greatest, of values, lengths and counts.
enum BoundsSpec {
    static let min = Field("min", .value, "The least allowed.", example: "0")
    static let max = Field("max", .value, "The greatest allowed.", example: "120")
    static let least = Field("min", .integer(0 ... .max), "The least allowed.", example: "1")
    static let most = Field("max", .integer(0 ... .max), "The greatest allowed.", example: "500")

    static let values = Component<ScalarBounds>(
        "a range",
        "Least and greatest value, both allowed; texts bound dates and timestamps.",
        fields: [min, max],
        example: "range: {min: 2020-01-01}"
    ) { reader in
        let bounds = ScalarBounds(min: reader[min], max: reader[max])
        reportEmpty(reader, isReversed: isReversed(bounds.min, bounds.max))
        return bounds
    }

    static let lengths = Component<Bounds>(
        "bounds",
        "Least and greatest count, both allowed.",
        fields: [least, most],
        example: "length: {min: 1, max: 500}"
    ) { reader in
        let bounds = Bounds(min: reader[least], max: reader[most])
        var isReversed = false
        if let min = bounds.min, let max = bounds.max { isReversed = min > max }
        reportEmpty(reader, isReversed: isReversed)
        return bounds
    }

    /// Bounds, or the exact number.
    static let count = Shape<Int>.integer(0 ... .max).map { Bounds(min: $0, max: $0) }.or(mapping: lengths.shape)

    private static func reportEmpty(_ reader: FieldReader, isReversed: Bool) {
        if !reader.has(min), !reader.has(max) {
            reader.reading.report("\(reader.reading.subject) needs 'min', 'max' or both", at: reader.node.location)
        } else if isReversed {
            reader.report("'max' is less than 'min', so nothing can pass", at: max, hint: "swap them")
        }
    }

    private static func isReversed(_ min: Scalar?, _ max: Scalar?) -> Bool {
        guard let min = number(min), let max = number(max) else { return false }
        return min > max
    }

    private static func number(_ scalar: Scalar?) -> Double? {
        switch scalar {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

enum FreshnessSpec {
    static let column = Field(
        "column",
        .text("a column's name"),
        isRequired: true,
        "A date or timestamp column.",
        example: "updated_at"
    )
    static let maxAge = Field(
        "max_age",
        .duration,
        isRequired: true,
        "How old its newest value may be.",
        example: "24h"
    )

    static let component = Component<Freshness>(
        "freshness",
        "How old the newest value of a column may be when the check runs.",
        fields: [column, maxAge],
        example: "freshness: {column: updated_at, max_age: 24h}"
    ) { reader in
        let (column, age) = (reader[column], reader[maxAge])
        guard let column, let age else { return nil }
        return Freshness(column: column, maxAge: age)
    }
}

/// Another table's column.
struct ColumnReference: Sendable {
    var table: String
    var column: String
}

enum ReferenceSpec {
    static let table = Field("table", .name, isRequired: true, "The other table.", example: "publications")
    static let column = Field("column", .name, isRequired: true, "Its column.", example: "name")

    static let component = Component<ColumnReference>(
        "a reference",
        "A column of another table; `table.column` says the same.",
        fields: [table, column],
        example: "references: {table: publications, column: name}"
    ) { reader in
        let (table, column) = (reader[table], reader[column])
        guard let table, let column else { return nil }
        return ColumnReference(table: table, column: column)
    }

    static let shape = Shape.text("table.column").map { text -> ColumnReference? in
        guard let dot = text.lastIndex(of: "."), dot != text.startIndex, text.index(after: dot) != text.endIndex else {
            return nil
        }
        return ColumnReference(table: String(text[..<dot]), column: String(text[text.index(after: dot)...]))
    }.or(mapping: component.shape)
}

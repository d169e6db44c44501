/// One entry under a load's `references:`.
enum LoadReferenceSpec {
    static let from = Field(
        "from",
        Shape.text("a column's name").oneOrMany(),
        isRequired: true,
        "The columns of the rows that name the other table's row.",
        example: "publication"
    )
    static let table = Field(
        "table",
        .text("a table's name"),
        isRequired: true,
        "The other table; in the schema of the load's own unless it says another.",
        example: "publications"
    )
    static let match = Field(
        "match",
        Shape.text("a column or an expression over one").oneOrMany(),
        default: [],
        shown: "the names in `from`",
        "What is compared: a column of the other table, or an expression over one that the server computes on both sides.",
        example: "lower(trim(name))"
    )
    static let missing = Field(
        "missing",
        Shape<LoadReference.Missing>.missing,
        default: .fail,
        shown: "fail",
        "What becomes of rows that name a row which is not there.",
        example: "create"
    )
    static let key = Field(
        "key",
        .text("a column's name"),
        "The other table's column that is stored; what the foreign key names, or the primary key, when left out.",
        example: "id"
    )
    static let generate = Field(
        "generate",
        Shape<KeyMaker>.word,
        "What makes the keys of rows that are created: the column's default, or UUIDs in the order of time.",
        example: "uuid7"
    )

    static let component = Component<LoadReference>(
        "a load's reference",
        "A column that holds the key of a row in another table, found by what the rows call it.",
        fields: [from, table, match, missing, key, generate],
        example: """
            references:
              publication_id: {from: publication, table: publications, match: name, missing: create}
            """
    ) { reader in
        let (from, match) = (reader[from] ?? [], reader[match])
        if !match.isEmpty, !from.isEmpty, match.count != from.count {
            reader.report("'match' and 'from' need as many items as each other", at: Self.match)
        }
        let reference = LoadReference(
            "",
            from: from,
            table: reader[table] ?? "",
            match: match,
            missing: reader[missing],
            key: reader[key],
            generate: reader[generate]
        )
        return from.isEmpty || reference.table.isEmpty ? nil : reference
    }

    /// All references of a load, by the column that is filled.
    static let shape = component.shape.entries().map { entries in
        entries.map { entry in
            var reference = entry.value
            reference.column = entry.key
            return reference
        }
    }
}

extension Shape<LoadReference.Missing> {
    /// YAML reads a bare `null` as nothing.
    fileprivate static let missing: Shape = {
        let words = Shape.word
        return Shape(wanted: words.wanted, schema: ["anyOf": [words.schema, ["type": "null"]]]) { node, reading in
            if case .null = node.content { return LoadReference.Missing.null }
            return words.read(node, reading)
        }
    }()
}

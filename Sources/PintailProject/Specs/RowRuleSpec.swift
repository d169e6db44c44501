/// `rows:` of a check: conditions by name, or a list of them.
enum RowRuleSpec {
    /// What becomes of rows for which a condition is neither true nor false.
    enum Nulls: String, Hashable, Sendable, CaseIterable {
        case pass, fail
    }

    static let condition = Field(
        "condition",
        .text("a condition"),
        isRequired: true,
        "What holds for each row, in SQL.",
        example: "ends_at >= starts_at"
    )
    static let name = Field(
        "name",
        .name,
        "What the rule is called in results; its key, or else the condition itself, when left out.",
        example: "ends_after_start"
    )
    static let nulls = Field(
        "nulls",
        Shape<Nulls>.word,
        default: .pass,
        shown: "pass",
        "What becomes of rows for which the condition is NULL.",
        example: "fail"
    )
    static let onFail = Field(
        "on_fail",
        Shape<FailureAction>.word,
        "What a failure means, when not what the step says.",
        example: "quarantine"
    )

    static let component = Component<RowRule>(
        "a row rule",
        "A condition that every row fulfils, over as many of its columns as are needed.",
        fields: [condition, name, nulls, onFail],
        example: """
            rows:
              ends_after_start: ends_at >= starts_at
              paid: {condition: net + tax = gross, nulls: fail, on_fail: quarantine}
            """
    ) { reader in
        let (name, nulls, action) = (reader[name], reader[nulls], reader[onFail])
        return reader[condition].map { RowRule($0, name: name, nullsPass: nulls == .pass, onFail: action) }
    }

    private static let rule = Shape.text("a condition").map { RowRule($0) }.or(mapping: component.shape)

    static let shape = rule.oneOrMany().or(mapping: rule.entries().map { $0.map { $1.called($0) } })

    /// Whatever the form, the text of rule number n is found under `rows.#n`.
    static func noteConditions(_ reader: FieldReader, of field: some FieldDeclaration) {
        guard let node = reader.node(of: field) else { return }
        let keys = Set(node.entries?.map(\.key) ?? [])
        if keys.contains("condition"), !keys.isDisjoint(with: ["name", "nulls", "on_fail"]) {
            reader.report(
                "'\(field.name)' holds rules by name",
                at: field,
                hint: "put the rule under its name: ends_after_start: {condition: …}"
            )
        }
        let items =
            if case .sequence(let items) = node.content { items } else { node.entries?.map(\.value) ?? [node] }
        for (index, item) in items.enumerated() {
            reader.reading.note(item["condition"] ?? item, at: path(ofRule: index))
        }
    }

    static func path(ofRule index: Int) -> String { "rows.#\(index)" }
}

extension RowRule {
    /// The rule by the name of its key, unless it has one of its own.
    fileprivate func called(_ key: String) -> RowRule {
        var rule = self
        if name == condition { rule.name = key }
        return rule
    }
}

extension Check {
    /// The path under which ``locations`` has the text of a row rule's condition.
    package static func path(ofRule index: Int) -> String { RowRuleSpec.path(ofRule: index) }
}

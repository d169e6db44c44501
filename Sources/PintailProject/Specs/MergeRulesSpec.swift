/// The keys of a load that say how new rows meet those of a server's table.
enum MergeRulesSpec {
    static let update = Field(
        "update",
        Shape.text("a column's name").oneOrMany(),
        default: [],
        shown: "all but the key",
        "The columns that an upsert writes in rows that are there; a new row gets all.",
        example: "[title, url]"
    )
    static let onConflict = Field(
        "on_conflict",
        Shape<MergeRules.Conflict>.conflict,
        default: .update,
        shown: "update",
        "Which row stays when the table has one with the key of a new one: the new one, the old one, or by a column.",
        example: "newest(updated_at)"
    )
    static let duplicates = Field(
        "duplicates",
        Shape<MergeRules.Duplicates>.duplicates,
        default: .last,
        shown: "last",
        "Which of several new rows with one key is taken: the last one, or the one that is greatest by a column.",
        example: "newest(updated_at)"
    )
    static let missingRows = Field(
        "missing_rows",
        Shape<MergeRules.MissingRows>.missingRows,
        default: .keep,
        shown: "keep",
        "What becomes of the table's rows that are not among the new ones; a load without any row deletes nothing.",
        example: "{soft_delete: deleted_at}"
    )
    static let history = Field(
        "history",
        HistorySpec.component.shape,
        default: MergeRules.History(),
        shown: "valid_from, valid_to, is_current",
        "The columns that tell the versions of a row apart, for `mode: history`.",
        example: "{valid_from: since, valid_to: until, is_current: current}"
    )

    static let fields: [any FieldDeclaration] = [update, onConflict, duplicates, missingRows, history]

    static func rules(_ reader: FieldReader) -> MergeRules {
        MergeRules(
            update: reader[update],
            onConflict: reader[onConflict],
            duplicates: reader[duplicates],
            missingRows: reader[missingRows],
            history: reader[history]
        )
    }

    /// What goes together with a mode only.
    static func reportConflicts(_ mode: LoadMode, _ reader: FieldReader) {
        let upsertOnly: [any FieldDeclaration] = [update, onConflict]
        let merging: [any FieldDeclaration] = [duplicates, missingRows]
        if mode != .upsert {
            for field in upsertOnly where reader.has(field) { report(field, "upsert", reader) }
        }
        if mode != .upsert, mode != .history {
            for field in merging where reader.has(field) { report(field, "upsert", reader) }
        }
        if mode != .history, reader.has(history) { report(history, "history", reader) }
        if mode == .history, case .softDelete = reader[missingRows] {
            reader.report(
                "'mode: history' keeps the rows that are gone anyway",
                at: missingRows,
                hint: "with `missing_rows: delete` their last version ends"
            )
        }
    }

    private static func report(_ field: some FieldDeclaration, _ mode: String, _ reader: FieldReader) {
        reader.report(
            "'\(field.name)' is only used with 'mode: \(mode)'",
            atKeyOf: field,
            hint: "add mode: \(mode), or remove it"
        )
    }

    /// The column in `newest(column)`.
    fileprivate static func newest(_ text: String) -> String? {
        guard text.hasPrefix("newest("), text.hasSuffix(")"), text.utf8.count > 8 else { return nil }
        return String(text.dropFirst(7).dropLast())
    }
}

/// How the versions of a row are told apart.
enum HistorySpec {
    static let validFrom = Field(
        "valid_from",
        .text("a column's name"),
        default: "valid_from",
        shown: "valid_from",
        "Since when a version holds.",
        example: "since"
    )
    static let validTo = Field(
        "valid_to",
        .text("a column's name"),
        default: "valid_to",
        shown: "valid_to",
        "Until when it held; empty for the one that holds now.",
        example: "until"
    )
    static let isCurrent = Field(
        "is_current",
        .text("a column's name"),
        default: "is_current",
        shown: "is_current",
        "Whether it holds now.",
        example: "current"
    )

    static let component = Component<MergeRules.History>(
        "a history",
        "The columns that tell the versions of a row apart.",
        fields: [validFrom, validTo, isCurrent],
        example: "history: {valid_from: since, valid_to: until, is_current: current}"
    ) { reader in
        MergeRules.History(validFrom: reader[validFrom], validTo: reader[validTo], isCurrent: reader[isCurrent])
    }
}

/// `missing_rows: {soft_delete: deleted_at}`.
enum SoftDeleteSpec {
    static let softDelete = Field(
        "soft_delete",
        .text("a column's name"),
        isRequired: true,
        "The column that says that a row is gone: a time, or true.",
        example: "deleted_at"
    )

    static let component = Component<MergeRules.MissingRows>(
        "a soft delete",
        "Rows that are not among the new ones stay and are marked.",
        fields: [softDelete],
        example: "missing_rows: {soft_delete: deleted_at}"
    ) { reader in
        reader[softDelete].map { .softDelete($0) }
    }
}

extension Shape<MergeRules.Conflict> {
    fileprivate static let conflict = Shape.scalar(
        "update, ignore or newest(column)",
        schema: ["type": "string", "pattern": "^(update|ignore|newest\\(.+\\))$"],
        hint: "as in newest(updated_at)"
    ) { scalar in
        switch scalar {
        case .text("update"): .update
        case .text("ignore"): .ignore
        case .text(let text): MergeRulesSpec.newest(text).map { .newest($0) }
        default: nil
        }
    }
}

extension Shape<MergeRules.Duplicates> {
    fileprivate static let duplicates = Shape.scalar(
        "last or newest(column)",
        schema: ["type": "string", "pattern": "^(last|newest\\(.+\\))$"],
        hint: "as in newest(updated_at)"
    ) { scalar in
        switch scalar {
        case .text("last"): .last
        case .text(let text): MergeRulesSpec.newest(text).map { .newest($0) }
        default: nil
        }
    }
}

extension Shape<MergeRules.MissingRows> {
    fileprivate static let missingRows = Shape.words(
        ["keep": .keep, "delete": .delete],
        ["keep", "delete"],
        orElse: ", or a mapping"
    ).or(mapping: SoftDeleteSpec.component.shape)
}

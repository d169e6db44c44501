import DuckDB
import PintailProject
import Postgres

extension Load {
    /// Whether rows meet others on their way: rows of other tables, or those of the table itself.
    var isLinked: Bool { !references.isEmpty || !generate.isEmpty || mode.needsKey }

    /// The column that decides which of several new rows with one key is taken; `nil` when the last one is.
    var decidingColumn: String? {
        if case .newest(let column) = rules.duplicates { return column }
        if case .newest(let column) = rules.onConflict { return column }
        return nil
    }

    /// Whether only a transaction of its own can do it: batches know the key and nothing else.
    var isOnlyLinked: Bool {
        !references.isEmpty || !generate.isEmpty || mode == .history || rules != MergeRules()
    }

    /// The load as the Postgres module says it.
    func request(into table: TableName, columns: [ResultColumn]) -> LoadRequest {
        var request = LoadRequest(into: table, mode: mode.ofTable(key: key), columns: columns)
        request.references = references.map(\.asked)
        request.rules = rules.asked
        request.generated = generate.mapValues { $0 == .uuid7 }
        return request
    }
}

extension LoadReference {
    fileprivate var asked: ParentReference {
        ParentReference(
            column,
            from: from,
            parent: TableName(dotted: table),
            match: match,
            missing: missing.asked,
            key: key,
            makesKeys: generate.map { $0 == .uuid7 }
        )
    }
}

extension LoadReference.Missing {
    fileprivate var asked: ParentReference.Missing {
        switch self {
        case .fail: .fail
        case .create: .create
        case .null: .null
        case .quarantine: .quarantine
        }
    }
}

extension MergeRules {
    fileprivate var asked: TableMergeRules {
        var asked = TableMergeRules(update: update)
        switch onConflict {
        case .update: asked.onConflict = .update
        case .ignore: asked.onConflict = .ignore
        case .newest(let column):
            asked.onConflict = .newest(column)
            asked.newestOfDuplicates = column
        }
        if case .newest(let column) = duplicates { asked.newestOfDuplicates = column }
        switch missingRows {
        case .keep: asked.missingRows = .keep
        case .delete: asked.missingRows = .delete
        case .softDelete(let column): asked.missingRows = .softDelete(column)
        }
        asked.history = .init(
            validFrom: history.validFrom,
            validTo: history.validTo,
            isCurrent: history.isCurrent
        )
        return asked
    }
}

package import DuckDB

/// A load whose columns are more than the source's: keys of other tables' rows, keys of its own, and rules for rows that meet.
package struct LinkedPlan: Hashable, Sendable {
    /// Which column goes where, those among them that are looked up or made.
    package let load: LoadPlan
    /// The columns that hold keys of other tables' rows, in the order of the project file.
    package let references: [ResolvedReference]
    /// The columns that we make UUIDs for.
    package let generated: [String]
    /// The source's columns that are not only looked up.
    package let kept: [ResultColumn]
    /// How new rows meet those of the table.
    package let rules: TableMergeRules

    /// Looks all names up on the server, and leaves nothing unsaid that is wrong.
    ///
    /// - Throws: ``LoadRefusal`` with everything that does not match, or ``PostgresError``.
    package init(
        _ request: LoadRequest,
        _ table: TableName,
        existing: TableDescription?,
        on connection: borrowing PostgresConnection
    ) throws {
        var lookup = ReferenceLookup(request: request, table: table, existing: existing)
        for reference in request.references { try lookup.resolve(reference, on: connection) }
        var problems = lookup.problems + Self.problems(request, existing)
        let consumed = request.references.flatMap(\.from).filter { existing?.column(like: $0) == nil }
        let filled = Set(request.references.map(\.column))
        let away = Set((consumed + filled).map { $0.lowercased() })
        kept = request.columns.filter { !away.contains($0.name.lowercased()) }
        generated = Self.generated(request, existing)
        references = lookup.resolved
        rules = Self.spelled(request.rules, existing)
        var inner = request
        if case .history = request.mode { inner.filled = Set(request.rules.history.names) }
        inner.columns = kept
        inner.columns += lookup.resolved.map { ResultColumn(name: $0.column, type: $0.carrier) }
        inner.columns += generated.map { ResultColumn(name: $0, type: .uuid) }
        inner.filled.formUnion(filled)
        do {
            load = try LoadPlan(inner, table, existing: existing)
        } catch {
            problems += error.problems
            throw LoadRefusal(table: table, problems: problems)
        }
        guard problems.isEmpty else { throw LoadRefusal(table: table, problems: problems) }
    }

    /// A `uuid` that must have a value and gets none is ours to make, unless the server is told to.
    private static func generated(_ request: LoadRequest, _ existing: TableDescription?) -> [String] {
        let given = Set(request.columns.map(\.name) + request.references.map(\.column))
        let asked = request.generated.filter(\.value).keys.map { existing?.column(like: $0)?.name ?? $0 }
        let needed = (existing?.columns ?? []).filter { column in
            column.type == .uuid && !column.isNullable && !column.hasDefault && !column.isGenerated
                && !given.contains { $0.lowercased() == column.name.lowercased() }
                && request.generated[column.name] != false
        }
        return Set(asked + needed.map(\.name)).sorted()
    }

    private static func problems(_ request: LoadRequest, _ existing: TableDescription?) -> [LoadRefusal.Problem] {
        guard let existing else { return [] }
        let known = existing.columns.map(\.name)
        var named: [(field: String, column: String)] = request.rules.update.map { ("update", $0) }
        if case .newest(let column) = request.rules.onConflict { named.append(("on_conflict", column)) }
        if let column = request.rules.newestOfDuplicates { named.append(("duplicates", column)) }
        if case .softDelete(let column) = request.rules.missingRows { named.append(("missing_rows", column)) }
        if case .history = request.mode {
            let history = request.rules.history
            named.append(("history.valid_from", history.validFrom))
            named.append(("history.valid_to", history.validTo))
            named.append(("history.is_current", history.isCurrent))
        }
        named += request.generated.keys.sorted().map { ("generate.\($0)", $0) }
        return named.filter { existing.column(like: $0.column) == nil }
            .map { .rule(field: $0.field, column: $0.column, known: known) }
    }

    /// The rules with columns as the table spells them.
    private static func spelled(_ rules: TableMergeRules, _ existing: TableDescription?) -> TableMergeRules {
        func spelled(_ name: String) -> String { existing?.column(like: name)?.name ?? name }
        var rules = rules
        rules.update = rules.update.map(spelled)
        if case .newest(let column) = rules.onConflict { rules.onConflict = .newest(spelled(column)) }
        rules.newestOfDuplicates = rules.newestOfDuplicates.map(spelled)
        if case .softDelete(let column) = rules.missingRows { rules.missingRows = .softDelete(spelled(column)) }
        rules.history.validFrom = spelled(rules.history.validFrom)
        rules.history.validTo = spelled(rules.history.validTo)
        rules.history.isCurrent = spelled(rules.history.isCurrent)
        return rules
    }

    // MARK: What follows from it

    /// References that are looked up before the rows travel.
    package var outward: [ResolvedReference] { references.filter { !$0.isSelf } }

    /// The reference of the table to itself, if there is one.
    package var inward: ResolvedReference? { references.first(where: \.isSelf) }

    /// Whether DuckDB tells two keys apart just as the server does.
    ///
    /// The server's `citext`, padded characters and numbers of any scale are equal where DuckDB's texts are not.
    package var isKeyExact: Bool {
        load.columns.filter { load.key.contains($0.target.name) }.allSatisfy { column in
            if load.existing?.columns.first(where: { $0.name == column.target.name })?.looseCollation != nil {
                return false
            }
            return switch (column.conversion.result(of: column.source.type), column.target.type) {
            case (.varchar, .text), (.varchar, .varchar), (.uuid, .uuid), (.date, .date), (.boolean, .boolean): true
            case (.timestamp, .timestamp), (.timestampWithZone, .timestampWithZone): true
            case (let from, .smallint), (let from, .integer), (let from, .bigint): from.isWhole
            default: false
            }
        }
    }

    /// Whether rows that an earlier load has left in the table, and that are the same again, need not be compared there.
    ///
    /// What decides over a row must be the row alone: no rows that are missing, no parents among the rows.
    package var canBeKnown: Bool {
        guard case .upsert = load.mode else { return false }
        return isKeyExact && inward == nil && rules.missingRows == .keep
    }

    /// The columns of the key as the projection has them.
    package var keyColumns: [ResultColumn] {
        load.key.compactMap { name in
            zip(load.columns, load.projectedColumns).first { $0.0.target.name == name }?.1
        }
    }

    /// Makes the table, with what a reference promises.
    var creation: [SQL] {
        var statements = [load.creation(of: load.table)]
        for reference in references where reference.parent.uniqueKeys.contains([reference.key.name]) {
            statements.append(
                """
                ALTER TABLE \(table: load.table) ADD FOREIGN KEY (\(identifier: reference.column))
                REFERENCES \(table: reference.parent.name) (\(identifier: reference.key.name))
                """
            )
        }
        if !load.key.isEmpty, case .history = load.mode { statements += historyCreation }
        return statements
    }

    private var historyCreation: [SQL] {
        let history = rules.history
        return [
            """
            ALTER TABLE \(table: load.table) ADD COLUMN \(identifier: history.validFrom) timestamptz NOT NULL,
                ADD COLUMN \(identifier: history.validTo) timestamptz, ADD COLUMN \(identifier: history.isCurrent) boolean NOT NULL
            """,
            """
            CREATE UNIQUE INDEX ON \(table: load.table) (\(identifiers: load.key)) WHERE \(identifier: history.isCurrent)
            """,
        ]
    }
}

extension LogicalType {
    fileprivate var isWhole: Bool {
        switch self {
        case .tinyint, .smallint, .integer, .bigint, .utinyint, .usmallint, .uinteger, .ubigint: true
        default: false
        }
    }
}

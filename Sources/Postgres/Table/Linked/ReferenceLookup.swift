import DuckDB

/// Looks references up in the catalog, collecting what is wrong with them.
struct ReferenceLookup {
    let request: LoadRequest
    let table: TableName
    let existing: TableDescription?
    private(set) var resolved: [ResolvedReference] = []
    private(set) var problems: [LoadRefusal.Problem] = []

    init(request: LoadRequest, table: TableName, existing: TableDescription?) {
        self.request = request
        self.table = table
        self.existing = existing
    }

    mutating func resolve(
        _ reference: ParentReference,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) {
        let before = problems.count
        let column = existing?.column(like: reference.column)
        if let existing, column == nil {
            report(reference, "", .noColumn(known: existing.columns.map(\.name)))
        }
        if request.columns.contains(where: { $0.name.lowercased() == reference.column.lowercased() }),
            !reference.from.contains(where: { $0.lowercased() == reference.column.lowercased() })
        {
            report(reference, "", .isFilled)
        }
        let name = TableName(reference.parent.name, schema: reference.parent.schema ?? table.schema)
        guard let parent = try TableDescription.read(name, on: connection) else {
            return report(reference, "table", .noParent(name))
        }
        let terms = try terms(of: reference, over: parent, on: connection)
        guard let key = try key(of: reference, in: parent, on: connection) else { return }
        if let column, Conversion(from: key.type.carrier, to: column.type) == nil || !fits(key.type, column.type) {
            report(reference, "key", .keyType(key.type, of: "\(parent.name).\(key.name)", column: column.type))
        }
        let isSelf = parent.name == existing?.name
        if isSelf, !isUpsert { report(reference, "table", .selfNeedsUpsert) }
        let isNullable = column?.isNullable ?? true
        if !isNullable, reference.missing == .null || isSelf { report(reference, "missing", .takesNoNull) }
        if reference.makesKeys == true, key.type != .uuid {
            report(reference, "generate", .makesOtherKeys(key.type, of: "\(parent.name).\(key.name)"))
        }
        let makesKeys = reference.makesKeys ?? (key.type == .uuid && !key.hasDefault)
        if reference.missing == .create {
            try checkCreation(reference, parent, terms, key: key.name, makesKeys, on: connection)
        }
        try checkReading(reference, parent, on: connection)
        guard problems.count == before else { return }
        resolved.append(
            ResolvedReference(
                reference: reference,
                column: column?.name ?? reference.column,
                isNullable: isNullable,
                parent: parent,
                key: CopyTarget.Column(key.name, key.type),
                terms: terms,
                makesKeys: makesKeys,
                isSelf: isSelf
            )
        )
    }

    private var isUpsert: Bool { if case .upsert = request.mode { true } else { false } }

    private mutating func report(
        _ reference: ParentReference,
        _ field: String,
        _ problem: LoadRefusal.ReferenceProblem
    ) {
        problems.append(.reference(reference.column, field: field, problem))
    }

    /// Keys are compared by the server: a number is no text there.
    private func fits(_ key: PostgresType, _ column: PostgresType) -> Bool {
        switch (key, column) {
        case (.smallint, .smallint), (.smallint, .integer), (.smallint, .bigint): true
        case (.integer, .integer), (.integer, .bigint), (.bigint, .bigint), (.bigint, .integer): true
        case (.integer, .smallint), (.bigint, .smallint): true
        case (.text, _), (.varchar, _), (.character, _), (.citext, _), (.name, _): column.isText
        default: key == column
        }
    }

    // MARK: What is compared

    private mutating func terms(
        of reference: ParentReference,
        over parent: TableDescription,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [ResolvedReference.Term] {
        var terms: [ResolvedReference.Term] = []
        for (name, text) in zip(reference.from, reference.match) {
            var source =
                request.columns.first { $0.name == name }
                ?? request.columns.first { $0.name.lowercased() == name.lowercased() }
            // Before the source has been read its columns may not be known; a text can become anything.
            if request.columns.isEmpty { source = ResultColumn(name: name, type: .varchar) }
            if source == nil { report(reference, "from", .noSource(name, known: request.columns.map(\.name))) }
            let match = MatchExpression(text, over: parent)
            do throws(PostgresError) {
                _ = try connection.querySingle("SELECT (\(match.sql)) FROM \(table: parent.name) LIMIT 0")
            } catch {
                guard connection.isOpen else { throw error }
                if error.sqlState == "42501" {
                    report(reference, "table", .missingPrivilege("SELECT", parent.name))
                    continue
                }
                report(reference, "match", .expression(text, error))
                continue
            }
            guard match.columns.count == 1, let column = match.columns.first else {
                report(reference, "match", .notOneColumn(text, of: parent.name, found: match.columns.map(\.name)))
                continue
            }
            guard let source else { continue }
            let type = column.type.unbounded
            guard let conversion = Conversion(from: source.type, to: type) else {
                let named = "\(parent.name).\(column.name)"
                report(reference, "from", .unlike(source: source.name, source.type, column: named, column.type))
                continue
            }
            let target = CopyTarget.Column(column.name, type)
            terms.append(.init(source: source, column: target, expression: match.sql, conversion: conversion))
        }
        return terms
    }

    // MARK: What is stored

    private mutating func key(
        of reference: ParentReference,
        in parent: TableDescription,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> TableDescription.Column? {
        if let name = reference.key {
            if let column = parent.column(like: name) { return column }
            report(reference, "key", .noKey(name, of: parent.name, known: parent.columns.map(\.name)))
            return nil
        }
        let found = try connection.query(
            """
            SELECT attname, contype FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = \(literal: Int(parent.oid))
                AND a.attnum = CASE contype WHEN 'f' THEN confkey[1] ELSE conkey[1] END
            WHERE cardinality(conkey) = 1 AND (contype = 'p' AND conrelid = \(literal: Int(parent.oid))
                OR contype = 'f' AND confrelid = \(literal: Int(parent.oid))
                AND conrelid = \(literal: Int(existing?.oid ?? 0)) AND conkey[1] = (SELECT attnum FROM pg_attribute
                    WHERE attrelid = conrelid AND attname = \(literal: existing?.column(like: reference.column)?.name ?? "")))
            ORDER BY contype LIMIT 1
            """
        )
        guard let name = found.first?["attname"], let column = parent.columns.first(where: { $0.name == name }) else {
            report(reference, "table", .noSingleKey(parent.name))
            return nil
        }
        return column
    }

    // MARK: What is needed of the other table

    private mutating func checkReading(
        _ reference: ParentReference,
        _ parent: TableDescription,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) {
        let wanted = reference.missing == .create ? ["SELECT", "INSERT"] : ["SELECT"]
        for privilege in wanted {
            let held = try connection.value(
                "SELECT has_any_column_privilege(\(literal: Int(parent.oid))::oid, \(literal: privilege))"
            )
            let problem = LoadRefusal.Problem.reference(
                reference.column,
                field: "table",
                .missingPrivilege(privilege, parent.name)
            )
            if held != "t", !problems.contains(problem) { problems.append(problem) }
        }
    }

    /// Two loads at once must not be able to make a row twice.
    private mutating func checkCreation(
        _ reference: ParentReference,
        _ parent: TableDescription,
        _ terms: [ResolvedReference.Term],
        key: String,
        _ makesKeys: Bool,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) {
        guard terms.count == reference.from.count else { return }
        let given = Set(terms.map(\.column.name) + (makesKeys ? [key] : []))
        let open = parent.columns.filter {
            !$0.isNullable && !$0.hasDefault && !$0.isGenerated && !given.contains($0.name)
        }
        if !open.isEmpty {
            report(reference, "missing", .cannotCreate(parent.name, columns: open.map(\.name)))
        }
        // The server finds the index that an insert could rely on while it plans; nothing is run.
        let names = terms.map(\.column.name)
        let values = names.map { _ in "NULL" as SQL }
        do throws(PostgresError) {
            try connection.execute(
                """
                EXPLAIN INSERT INTO \(table: parent.name) (\(identifiers: names)) VALUES (\(list: values))
                ON CONFLICT (\(list: terms.map(\.indexed))) DO NOTHING
                """
            )
        } catch {
            guard error.sqlState == "42P10" else {
                if connection.isOpen, error.sqlState == "42501" { return }
                throw error
            }
            let remedy: SQL = "CREATE UNIQUE INDEX ON \(table: parent.name) (\(list: terms.map(\.indexed)))"
            report(reference, "missing", .noUniqueIndex(parent.name, remedy: remedy))
        }
    }
}

extension ResolvedReference.Term {
    /// The expression as an index has it: anything but a name or a call stands in parentheses.
    var indexed: SQL {
        let text = expression.text
        let isName = text.hasPrefix("\"")
        let isCall = text.hasSuffix(")") && MatchExpression.isCall(text)
        return isName || isCall ? expression : "(\(expression))"
    }
}

extension MatchExpression {
    /// Whether a text is one call of a function: `lower(trim(name))`, and not `lower(a) || lower(b)`.
    static func isCall(_ text: String) -> Bool {
        guard let open = text.firstIndex(of: "("), open != text.startIndex,
            text[..<open].utf8.allSatisfy({ $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0 | 0x20) })
        else { return false }
        var depth = 0
        for index in text[open...].indices {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            if depth == 0 { return text.index(after: index) == text.endIndex }
        }
        return false
    }
}

package import DuckDB

/// Finds what a server would refuse before there are rows to load; nothing is changed.
package struct LoadPreflight {
    /// What is known of the source's columns.
    package enum Columns: Hashable, Sendable {
        /// They are known when the source has been read.
        case unknown
        /// The names are settled; the types are guessed from the first rows.
        case named([ResultColumn])
        /// They are what they will be.
        case settled([ResultColumn])

        fileprivate var all: [ResultColumn]? {
            switch self {
            case .unknown: nil
            case .named(let columns), .settled(let columns): columns
            }
        }
    }

    private let request: LoadRequest
    private let isLinked: Bool
    private var table: TableName { request.table }
    private var mode: LoadMode { request.mode }

    /// Prepares to look at a table.
    package init(_ table: TableName, mode: LoadMode) {
        self.init(LoadRequest(into: table, mode: mode, columns: []), isLinked: false)
    }

    /// Prepares to look at a table and, when the load is linked to others, at those.
    package init(_ request: LoadRequest, isLinked: Bool) {
        self.request = request
        self.isLinked = isLinked
    }

    /// The tables that the load refers to.
    package var parents: [TableName] { request.references.map(\.parent) }

    /// Whether the table is there: only then do columns matter.
    package func isThere(on connection: borrowing PostgresConnection) throws(PostgresError) -> Bool {
        try TableDescription.read(table, on: connection) != nil
    }

    /// Looks at the table and at what the user may do.
    ///
    /// - Throws: ``LoadRefusal`` with everything that is in the way, or ``PostgresError``.
    package func check(_ columns: Columns, on connection: borrowing PostgresConnection) throws {
        do {
            try look(columns, on: connection)
        } catch var refusal as LoadRefusal {
            refusal.user = try connection.value("SELECT current_user")
            throw refusal
        }
    }

    private func look(_ columns: Columns, on connection: borrowing PostgresConnection) throws {
        let full = try TableDescription.resolve(table, on: connection)
        var known = request
        known.columns = columns.all ?? []
        guard let existing = try TableDescription.read(table, on: connection) else {
            var lookup = ReferenceLookup(request: known, table: full, existing: nil)
            for reference in request.references { try lookup.resolve(reference, on: connection) }
            return try refuse(try missingForCreation(full, on: connection) + lookup.problems, full)
        }
        var problems = columns.all == nil ? problems(without: existing) : []
        var plan: LoadPlan?
        do {
            if isLinked {
                plan = try LinkedPlan(known, full, existing: existing, on: connection).load
            } else if columns.all != nil {
                plan = try LoadPlan(known, full, existing: existing)
            }
        } catch let error as LoadRefusal {
            problems += error.problems.filter { isCertain($0, columns, among: error.problems) }
        }
        if columns.all == nil { plan = nil }
        problems += try missingPrivileges(existing, on: connection)
        try refuse(problems, existing.name)
        if let plan, mode == .replace { try tryReplacing(plan, existing, on: connection) }
    }

    private func refuse(_ problems: [LoadRefusal.Problem], _ table: TableName) throws(LoadRefusal) {
        if !problems.isEmpty { throw LoadRefusal(table: table, problems: problems) }
    }

    /// What stands against the load whatever its columns are.
    private func problems(without existing: TableDescription) -> [LoadRefusal.Problem] {
        switch (mode, existing.kind) {
        case (.fail, _): return [.tableExists]
        case (_, .table), (_, .partitioned), (.append, .foreign): break
        default: return [.wrongKind(existing.kind)]
        }
        guard case .upsert(let key) = mode else { return [] }
        let names = key.map { name in
            existing.columns.first { $0.name == name }?.name
                ?? existing.columns.first { $0.name.lowercased() == name.lowercased() }?.name
        }
        let unknown = zip(key, names).compactMap { $1 == nil ? $0 : nil }
        guard unknown.isEmpty else {
            return unknown.map { .unknownColumn($0, known: existing.columns.map(\.name)) }
        }
        let found = names.compactMap(\.self)
        guard !existing.uniqueKeys.contains(where: { Set($0) == Set(found) }) else { return [] }
        let remedy: SQL = "CREATE UNIQUE INDEX ON \(table: existing.name) (\(identifiers: found))"
        return [.noUniqueIndex(key: found, remedy: remedy)]
    }

    /// Types that are guessed prove nothing; a column of one counts as missing too.
    private func isCertain(
        _ problem: LoadRefusal.Problem,
        _ columns: Columns,
        among all: [LoadRefusal.Problem]
    ) -> Bool {
        if columns.all == nil {
            switch problem {
            case .reference, .rule: return true
            default: return false
            }
        }
        guard case .named = columns else { return true }
        switch problem {
        case .incompatible, .reference(_, _, .unlike): return false
        case .missingColumn(let name, _):
            return !all.contains { other in
                if case .incompatible(let column, _, _) = other {
                    column.lowercased() == name.lowercased()
                } else {
                    false
                }
            }
        default: return true
        }
    }

    private func missingForCreation(
        _ table: TableName,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [LoadRefusal.Problem] {
        let schema = table.schema ?? ""
        let found = try connection.query(
            """
            SELECT has_schema_privilege(oid, 'CREATE') AS held FROM pg_namespace WHERE nspname = \(literal: schema)
            """
        ).first
        guard let found else { return [.missingSchema(schema)] }
        return found.isTrue("held") ? [] : [.missingPrivilege("CREATE", on: .schema(schema))]
    }

    /// `replace` finds out itself what it needs: it depends on its way.
    private func missingPrivileges(
        _ existing: TableDescription,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [LoadRefusal.Problem] {
        let needed: [String] =
            switch mode {
            case .append: ["INSERT"]
            case .upsert where request.rules.onConflict == .ignore: ["INSERT", "SELECT"]
            case .upsert: isLinked ? ["INSERT", "UPDATE", "SELECT"] : ["INSERT", "UPDATE"]
            case .history: ["INSERT", "UPDATE", "SELECT"]
            case .fail, .replace: []
            }
        var missing: [LoadRefusal.Problem] = []
        if request.rules.missingRows == .delete, mode != .history(key: mode.key),
            try connection.value("SELECT has_table_privilege(\(literal: Int(existing.oid))::oid, 'DELETE')") != "t"
        {
            missing.append(.missingPrivilege("DELETE"))
        }
        let needsTemporary = !mode.key.isEmpty || !request.references.isEmpty
        if needsTemporary {
            let found = try connection.query(
                "SELECT current_database() AS name, has_database_privilege(current_database(), 'TEMPORARY') AS held"
            )[0]
            if !found.isTrue("held") {
                missing.append(.missingPrivilege("TEMPORARY", on: .database(found.text("name"))))
            }
        }
        for privilege in needed {
            let held = try connection.value(
                "SELECT has_any_column_privilege(\(literal: Int(existing.oid))::oid, \(literal: privilege))"
            )
            if held != "t" { missing.append(.missingPrivilege(privilege)) }
        }
        return missing
    }

    /// Rehearses the swap, unless another load is at work on the table: that one is waited for later.
    private func tryReplacing(
        _ plan: LoadPlan,
        _ existing: TableDescription,
        on connection: borrowing PostgresConnection
    ) throws {
        // What a pooler gives to others would keep the lock; the load itself rehearses within its transaction.
        if try connection.isPooled() { return }
        do {
            try LoadLock(of: existing.name).take(on: connection, waiting: .zero, tell: { _ in })
        } catch let error where error.isLockTimeout {
            return
        }
        _ = try ReplaceWay.find(plan, existing, StagingTable(for: plan.table), on: connection)
    }
}

import DuckDB

/// How the new rows take the old ones' place.
enum ReplaceWay {
    /// A staging table takes the table's place.
    case swap(Swap)
    /// The table is emptied and filled again in one transaction: everything stays, for the reasons given.
    case inPlace(because: [String])

    /// Finds the way, by trying the swap with no rows and rolling it back.
    ///
    /// - Throws: ``LoadRefusal`` with all that would break, when there is no way.
    static func find(
        _ plan: LoadPlan,
        _ existing: TableDescription,
        _ staging: StagingTable,
        on connection: borrowing PostgresConnection
    ) throws -> ReplaceWay {
        if try Passage.isNeeded(for: existing, on: connection) {
            let user = try connection.value("SELECT current_user") ?? ""
            let reason = "row-level security hides rows of it from user \(user)"
            throw LoadRefusal(table: plan.table, problems: [.cannotReplace([reason])])
        }
        let swap = Swap(old: existing, staging: staging)
        var reasons = try swap.obstacles(on: connection)
        var problems: [LoadRefusal.Problem] = []
        if reasons.isEmpty {
            problems = try rehearse(swap, plan, on: connection)
            guard !problems.isEmpty else { return .swap(swap) }
        }
        let referrers = try swap.referrers(on: connection)
        guard plan.changes.isEmpty, referrers.isEmpty else {
            let changed = plan.changes.isEmpty ? [] : ["its columns would change"]
            let refusals = reasons.isEmpty ? [] : [LoadRefusal.Problem.cannotReplace(reasons + referrers + changed)]
            throw LoadRefusal(table: plan.table, problems: problems + refusals)
        }
        for privilege in ["INSERT", "DELETE"] {
            let held = try connection.value(
                "SELECT has_table_privilege(\(literal: Int(existing.oid))::oid, \(literal: privilege))"
            )
            if held != "t" { problems.append(.missingPrivilege(privilege)) }
        }
        if problems.contains(where: \.isMissingPrivilege) { throw LoadRefusal(table: plan.table, problems: problems) }
        for case .breaks(let kept, let cause) in problems { reasons.append("\(kept): \(cause.message)") }
        return .inPlace(because: reasons)
    }

    private static func rehearse(
        _ swap: Swap,
        _ plan: LoadPlan,
        on connection: borrowing PostgresConnection
    ) throws -> [LoadRefusal.Problem] {
        let storage = try StagingTable.Storage.read(swap.old.oid, on: connection)
        try connection.execute("BEGIN")
        defer { connection.rollBack() }
        try connection.execute(swap.staging.drop)
        for statement in swap.staging.creation(plan, storage: storage) { try connection.execute(statement) }
        return try swap.rehearse(on: connection)
    }
}

extension LoadRefusal.Problem {
    fileprivate var isMissingPrivilege: Bool {
        if case .missingPrivilege = self { true } else { false }
    }
}

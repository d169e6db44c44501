import DuckDB
import PintailOrchestrator
import PintailProject

/// Finds out what a check's claims need to know, and everything that is wrong with them, before a row is read.
struct CheckPreparation {
    let check: Check
    let candidate: Candidate
    private var problems: [String] = []

    init(_ check: Check, _ candidate: Candidate) {
        self.check = check
        self.candidate = candidate
    }

    /// The plan of the check.
    ///
    /// - Throws: ``StepError`` that names all claims that cannot be judged.
    mutating func plan(_ connection: borrowing Connection) throws -> CheckPlan {
        let facts = try facts(connection)
        let sample = try SampleRule.make(check.sample, of: candidate, connection)
        let plan = CheckPlan(check, of: candidate, facts: facts, sample: sample)
        problems = plan.problems + problems
        for (probe, claim) in plan.probes { try ask(probe, of: claim, connection) }
        checkQuarantine(plan)
        if !problems.isEmpty {
            throw StepError(
                problems.count == 1
                    ? problems[0] : "\(problems.count) claims cannot be judged: " + problems.joined(separator: "; "),
                dataState: "nothing was changed"
            )
        }
        return plan
    }

    private mutating func facts(_ connection: borrowing Connection) throws -> ClaimFacts {
        var facts = ClaimFacts()
        for claim in check.columns.flatMap(\.claims) {
            switch claim.kind {
            case .type(let type): facts.types[type] = try findType(type, connection)
            case .references(let table, let column):
                facts.references[ColumnReference(table: table, column: column)] = try findColumn(
                    column,
                    of: table,
                    connection
                )
            default: break
            }
        }
        for rule in check.rows { facts.conditions.append(try bind(rule, connection)) }
        return facts
    }

    private mutating func bind(
        _ rule: RowRule,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> RowCondition? {
        do {
            let rows: SQL = "\(candidate.rows) AS \(identifier: candidate.table)"
            return try RowCondition(rule, to: rows, with: candidate.columns, connection)
        } catch {
            try report(error, "rule '\(rule.name)': \(error.message)" + (error.hint.map { " (\($0))" } ?? ""))
            return nil
        }
    }

    private mutating func findType(
        _ type: ColumnType,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> LogicalType? {
        do {
            return try connection.describe("SELECT CAST(NULL AS \(SQL(verbatim: type.sql)))")[0].type
        } catch {
            try report(error, "type '\(type.name)' is none that DuckDB knows" + Self.meaning(error))
            return nil
        }
    }

    private mutating func findColumn(
        _ name: String,
        of table: String,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> ReferencedColumn? {
        if check.isAbout(table) {
            guard let column = candidate.column(name) else {
                problems.append(candidate.lacks(name))
                return nil
            }
            return ReferencedColumn(rows: candidate.rows, column: column)
        }
        let rows: SQL = "\(table: TableName(dotted: table))"
        do {
            let columns = try connection.describe("FROM \(rows)")
            if let column = columns.first(where: { $0.name.lowercased() == name.lowercased() }) {
                return ReferencedColumn(rows: rows, column: column)
            }
            let best = nearest(to: name, among: columns.map(\.name)).map { " (did you mean '\($0)'?)" }
            problems.append("\(table), which a claim refers to, has no column '\(name)'" + (best ?? ""))
        } catch {
            try report(error, "\(table), which a claim refers to, does not exist" + Self.meaning(error))
        }
        return nil
    }

    private mutating func ask(
        _ probe: Probe,
        of claim: String,
        _ connection: borrowing Connection
    ) throws(DuckDBError) {
        do {
            switch probe {
            case .cast(let text, let type):
                let sql: SQL = "SELECT TRY_CAST(\(literal: text) AS \(SQL(verbatim: type.description))) IS NULL"
                if try connection.value(sql) == .boolean(true) { problems.append("\(claim): '\(text)' is no \(type)") }
            case .pattern(let pattern): _ = try connection.value("SELECT regexp_full_match('', \(literal: pattern))")
            case .dateForm(let pattern): _ = try connection.value("SELECT try_strptime('', \(literal: pattern))")
            }
        } catch {
            try report(error, "\(claim): \(error.message)")
        }
    }

    /// Notes what is wrong with a claim, unless DuckDB was only told to stop.
    private mutating func report(_ error: DuckDBError, _ problem: String) throws(DuckDBError) {
        if error.kind == .interrupted { throw error }
        problems.append(problem)
    }

    /// Rows can be taken out of what is not published yet, or of a table.
    private mutating func checkQuarantine(_ plan: CheckPlan) {
        let wishes =
            plan.claims.contains { $0.action == .quarantine }
            || check.queries.contains { ($0.onFail ?? check.onFail) == .quarantine }
        guard wishes else { return }
        switch candidate.place {
        case .table: break
        case .publishedView:
            problems.append("\(check.table) is a view that is published already: no row can be taken out of it")
        case .view where check.refersToItself:
            problems.append(
                "\(check.table) is read anew each time and refers to itself: say 'strategy: eager' on its extract "
                    + "to put rows aside"
            )
        case .view: break
        }
    }

    private static func meaning(_ error: DuckDBError) -> String {
        error.candidates.first.map { " (did you mean '\($0)'?)" } ?? ""
    }
}

extension Check {
    /// Whether a name in a claim is that of the table itself.
    fileprivate func isAbout(_ name: String) -> Bool {
        [table.lowercased(), "main." + table.lowercased()].contains(name.lowercased())
    }

    /// Whether a claim looks values up in the table itself.
    fileprivate var refersToItself: Bool {
        columns.flatMap(\.claims).contains { claim in
            if case .references(let other, _) = claim.kind { isAbout(other) } else { false }
        }
    }
}

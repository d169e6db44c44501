import DuckDB
import PintailOrchestrator
import PintailProject

/// Queries that return the rows that are wrong; they see the rows to be judged under the table's own name.
///
/// Each is a statement of its own, and sees every row whatever the sample. Views of the project, and names with the
/// database in front, still show what is published.
struct QueryClaims {
    /// A query with what its rows mean.
    private struct Claim {
        let name: String
        let sql: SQL
        let action: FailureAction
    }

    private var claims: [Claim] = []
    private let candidate: Candidate

    /// How many rows a record shows.
    private static let exampleCount = 5

    /// Binds every query.
    ///
    /// - Throws: ``StepError`` that names all queries that cannot run.
    init(
        _ checks: [QueryCheck],
        byDefault action: FailureAction,
        of candidate: Candidate,
        _ connection: borrowing Connection
    ) throws {
        self.candidate = candidate
        var problems: [String] = []
        for check in checks {
            let sql = SQL(verbatim: Self.withoutEnd(check.sql))
            do {
                let columns = try connection.describe(sql)
                let wish = check.onFail ?? action
                let obstacle = wish == .quarantine ? Self.obstacle(columns, candidate) : nil
                if let obstacle, check.onFail != nil { problems.append("query '\(check.name)': \(obstacle)") }
                claims.append(Claim(name: check.name, sql: sql, action: obstacle == nil ? wish : .fail))
            } catch {
                if error.kind == .interrupted { throw error }
                problems.append("query '\(check.name)': \(error.message)" + (error.hint.map { " (\($0))" } ?? ""))
            }
        }
        guard problems.isEmpty else {
            throw StepError(problems.joined(separator: "; "), dataState: "nothing was changed")
        }
    }

    /// Why rows that a query returns cannot be found again in the table.
    private static func obstacle(_ columns: [ResultColumn], _ candidate: Candidate) -> String? {
        guard case .table = candidate.place else {
            return "rows of a view cannot be put aside by a query: say 'strategy: eager' on its extract"
        }
        let names = Set(columns.map { $0.name.lowercased() })
        let missing = candidate.columns.filter { !names.contains($0.name.lowercased()) }.map(\.name)
        guard !missing.isEmpty else { return nil }
        return "to put rows aside it must return whole rows (SELECT * FROM \(candidate.table) WHERE …); "
            + "it lacks \(missing.prefix(3).joined(separator: ", "))"
    }

    /// The query without the semicolon it may end in.
    private static func withoutEnd(_ sql: String) -> String {
        var text = Substring(sql)
        while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// Marks the rows that queries put aside.
    func mark(in removal: inout RowRemoval, _ connection: borrowing Connection) throws {
        for claim in claims where claim.action == .quarantine {
            let equal: [SQL] = candidate.columns.map {
                "c.\(identifier: $0.name) IS NOT DISTINCT FROM q.\(identifier: $0.name)"
            }
            try removal.mark(
                rule: claim.name,
                reason: "query '\(claim.name)' returned it",
                rows: """
                    SELECT \(Candidate.row) FROM \(candidate.numberedRows) AS c
                    SEMI JOIN (\(claim.sql)
                    ) AS q ON \(equal, separator: " AND ")
                    """,
                connection
            )
        }
    }

    /// What became of the queries whose rows were put aside.
    func quarantined(_ removal: RowRemoval) -> [CheckOutcome] {
        claims.filter { $0.action == .quarantine }.compactMap { claim in
            removal.marked[claim.name].map { count in
                let outcome = outcome(claim, count, examples: [])
                return count > 0 ? outcome.adding(removal.fate) : outcome
            }
        }
    }

    /// Runs the queries; a second time, for examples, those that return rows.
    func judge(
        table: String,
        alsoQuarantine: Bool,
        _ connection: borrowing Connection
    ) throws -> [CheckOutcome] {
        try claims.filter { alsoQuarantine || $0.action != .quarantine }.map { try judge($0, connection) }
    }

    private func judge(_ claim: Claim, _ connection: borrowing Connection) throws -> CheckOutcome {
        do {
            let count = try connection.value("SELECT count(*) FROM (\(claim.sql)\n) AS q").integer ?? 0
            return outcome(claim, RowCount(count), examples: count == 0 ? [] : try examples(of: claim, connection))
        } catch {
            // An interrupted query has not failed.
            if error.kind == .interrupted { throw error }
            throw StepError("query '\(claim.name)' failed", cause: error, dataState: "nothing was changed")
        }
    }

    private func examples(of claim: Claim, _ connection: borrowing Connection) throws(DuckDBError) -> [String] {
        try connection.texts(
            """
            SELECT left(CAST(to_json(q) AS VARCHAR), 200) FROM (\(claim.sql)
            ) AS q LIMIT \(literal: Self.exampleCount)
            """
        )
    }

    private func outcome(_ claim: Claim, _ count: RowCount, examples: [String]) -> CheckOutcome {
        let found = count == 1 ? "1 row is wrong" : "\(count) rows are wrong"
        return CheckOutcome(
            table: candidate.table,
            check: claim.name,
            status: count == 0 ? .pass : claim.action == .fail ? .fail : .warn,
            failingRows: count,
            sample: examples,
            message: "\(claim.name): "
                + (count == 0 ? "no row is wrong" : found + (examples.first.map { ", such as \($0)" } ?? ""))
        )
    }
}

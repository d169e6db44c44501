import DuckDB
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

/// A database in memory with the schemas that a project's database has.
struct CheckFixture: ~Copyable {
    let connection: Connection
    /// The moment at which all checks of the tests are made.
    static let now = Timestamp(millisecondsSince1970: 1_795_251_600_000)  // 2026-11-21T09:00:00Z

    init(_ statements: SQL...) throws {
        let opened = try Database().connect()
        try opened.execute("CREATE SCHEMA quarantine; SET TimeZone = 'UTC'")
        try StrictText.register(opened)
        for statement in statements { try opened.execute(statement) }
        connection = opened
    }

    /// Judges as a step does, on this connection.
    @discardableResult
    borrowing func judge(
        _ check: Check,
        _ staged: StagedTable? = StagedTable("t"),
        lastGood: TableSchema? = nil
    ) throws -> NodeResult {
        try CheckStep(check, now: Self.now).judge(staged, lastGood, run: "run-1", connection)
    }

    /// What a check that fails says.
    borrowing func failure(
        _ check: Check,
        _ staged: StagedTable? = StagedTable("t"),
        lastGood: TableSchema? = nil
    ) throws -> StepError {
        do {
            let result = try judge(check, staged, lastGood: lastGood)
            throw StepError("the check passed: \(result.checks.map(\.message))")
        } catch let error as StepError { return error }
    }

    /// The rows of a query, each as one text.
    borrowing func texts(_ query: SQL) throws -> [String] {
        try connection.rows(query).map { $0.map(\.description).joined(separator: "|") }
    }
}

/// A staged table of one column of these values, judged by these claims, which are only warned of.
func messages(of claims: [ColumnClaim], about type: SQL, values: SQL) throws -> [String] {
    let fixture = try CheckFixture(
        "CREATE TABLE t__pintail_new AS SELECT CAST(v AS \(type)) AS v FROM (VALUES \(values)) AS x(v)"
    )
    return try fixture.judge(Check("t", columns: [ColumnChecks("v", claims)], onFail: .warn)).checks.map(\.message)
}

import Testing

@testable import DuckDB

@Suite struct RunningStatementsTests {
    private let now = ContinuousClock.now

    @Test func `a statement takes long from a moment on and until it ends`() {
        let statements = RunningStatements()
        #expect(!statements.takeLong(.zero, by: now))
        let short = statements.begin(at: now)
        let long = statements.begin(at: now - .seconds(1))
        #expect(statements.takeLong(.milliseconds(500), by: now))
        #expect(!statements.takeLong(.seconds(2), by: now))
        statements.end(long)
        #expect(!statements.takeLong(.milliseconds(500), by: now))
        #expect(statements.takeLong(.milliseconds(500), by: now + .seconds(1)))
        statements.end(short)
        #expect(!statements.takeLong(.zero, by: now))
    }

    @Test func `connections tell when they begin and end`() throws {
        let database = try Database()
        let connection = try database.connect()
        _ = try? connection.execute("SELECT no_such_column")
        _ = try connection.query("SELECT 1")
        #expect(!database.statements.takeLong(.zero, by: .now + .seconds(1)))
        _ = try connection.stream("SELECT 1")
        #expect(database.statements.takeLong(.seconds(9)))
    }
}

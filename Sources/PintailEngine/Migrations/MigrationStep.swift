import DuckDB
import PintailProject
import Postgres

/// A migration that was applied or taken back.
package struct MigrationOutcome: Hashable, Sendable {
    /// The database as users call it.
    package let database: String
    /// Number and name.
    package let name: String
    /// Which way it went.
    package let direction: MigrationDirection
    /// How many statements were run.
    package let statements: Int
    /// How long that took.
    package let duration: Duration
    /// What the server remarked on the way.
    package let remarks: [String]
}

/// Takes one migration one way.
struct MigrationStep: Sendable {
    let migration: Migration
    let file: MigrationFile
    let direction: MigrationDirection
    /// The database as messages call it.
    let database: String
    /// How many of its statements an earlier attempt has run.
    var done = 0

    func take(on connection: borrowing some LedgerConnection & ~Copyable) throws -> MigrationOutcome {
        let start = ContinuousClock.now
        _ = connection.takeRemarks()
        do {
            if file.isTransaction {
                try takeAsWhole(on: connection, since: start)
            } else {
                try takeOneByOne(on: connection, since: start)
            }
        } catch {
            throw explained(error, on: connection)
        }
        return MigrationOutcome(
            database: database,
            name: migration.name,
            direction: direction,
            statements: file.statements.count - done,
            duration: ContinuousClock.now - start,
            remarks: connection.takeRemarks()
        )
    }

    private func takeAsWhole(
        on connection: borrowing some LedgerConnection & ~Copyable,
        since start: ContinuousClock.Instant
    ) throws {
        try connection.transaction { connection in
            try connection.checkAlone()
            for (index, statement) in file.statements.enumerated().dropFirst(done) {
                try run(statement, index, on: connection)
            }
            try connection.resetSession()
            try noteEnd(on: connection, since: start)
        }
    }

    /// What has been run is noted after every statement: whoever finds it unfinished knows where it stopped.
    private func takeOneByOne(
        on connection: borrowing some LedgerConnection & ~Copyable,
        since start: ContinuousClock.Instant
    ) throws {
        try connection.checkAlone()
        var checksum = file.checksum(ofFirst: done)
        try noteProgress(done, checksum, on: connection)
        for (index, statement) in file.statements.enumerated().dropFirst(done) {
            try run(statement, index, on: connection)
            checksum = file.checksum(of: statement, after: checksum)
            try noteProgress(index + 1, checksum, on: connection)
        }
        try connection.resetSession()
        try noteEnd(on: connection, since: start)
    }

    private func run(
        _ statement: SQLStatement,
        _ index: Int,
        on connection: borrowing some LedgerConnection & ~Copyable
    ) throws {
        do {
            try connection.run(SQL(verbatim: file.text(of: statement)))
        } catch {
            throw StatementFailure(statement: statement, done: index, cause: error)
        }
    }

    private func noteProgress(
        _ count: Int,
        _ checksum: String,
        on connection: borrowing some LedgerConnection & ~Copyable
    ) throws {
        let state = direction == .up ? LedgerEntry.State.started : .reverting
        try connection.note(migration, state, statements: count, checksum: checksum)
    }

    private func noteEnd(
        on connection: borrowing some LedgerConnection & ~Copyable,
        since start: ContinuousClock.Instant
    ) throws {
        guard direction == .up else { return try connection.forget(migration) }
        try connection.note(
            migration,
            .applied,
            statements: file.statements.count,
            checksum: file.checksum,
            duration: ContinuousClock.now - start
        )
    }

    // MARK: What went wrong

    private func explained<Database: LedgerConnection & ~Copyable>(
        _ error: any Error,
        on _: borrowing Database
    ) -> any Error {
        let cause = (error as? StatementFailure)?.cause ?? error
        if cause.isCancelledStatement, Task.isCancelled { return cause }
        if cause.losesConnection { return MigrationCutOff(migration: migration, direction: direction, cause: cause) }
        guard let problem = Database.problem(cause) else { return cause }
        let failure = error as? StatementFailure
        let verb = direction == .up ? "be applied" : "be taken back"
        return MigrationFailure(
            diagnostic: Diagnostic(
                "\(migration.name) cannot \(verb): \(problem.message)",
                at: failure.map { place(of: problem, in: $0.statement) } ?? file.start,
                hint: problem.hint
            ),
            dataState: dataState(failure)
        )
    }

    private func place(of problem: StatementProblem, in statement: SQLStatement) -> SourceLocation {
        switch problem.place {
        case .character(let position): file.location(of: statement, character: position)
        case .offset(let offset): file.location(of: statement, offset: offset)
        case nil: file.location(of: statement, naming: problem.name)
        }
    }

    private func dataState(_ failure: StatementFailure?) -> String {
        if file.isTransaction { return "rolled back; \(database) is as it was before \(migration.name)" }
        let done = failure?.done ?? file.statements.count
        let effect =
            done == 0
            ? "none of its \(file.statements.count) statements took effect"
            : "\(done) of its \(file.statements.count) statements took effect, and stay"
        let index =
            failure?.statement.leavesInvalidIndex == true
            ? "; PostgreSQL leaves an invalid index behind: DROP INDEX it first" : ""
        let way =
            direction == .up
            ? "'pintail migrate up --resume' goes on with the one that failed, 'pintail migrate down' takes all back"
            : "'pintail migrate down' begins again"
        return "\(effect), it is noted as unfinished\(index); \(way)"
    }
}

extension Error {
    /// Whether the statement was stopped, by us or by a limit.
    var isCancelledStatement: Bool {
        (self as? PostgresError)?.isCancellation == true || (self as? DuckDBError)?.kind == .interrupted
    }

    /// Whether the server is gone, so that nobody has said how the statement ended.
    var losesConnection: Bool {
        guard let error = self as? PostgresError else { return false }
        return error.connectionFailure != nil || error.sqlState?.hasPrefix("57P") == true
    }
}

import DuckDB
import PintailOrchestrator
import PintailProject
import Postgres

/// A connection to a database that keeps a ledger of its migrations.
///
/// Two conform: Postgres's and DuckDB's. What is written is the same SQL in both.
protocol LedgerConnection: ~Copyable {
    /// The table of what has been applied.
    static var ledger: TableName { get }

    /// Makes the ledger where it is missing, and sees that it can be written.
    borrowing func prepareLedger() throws

    /// What the ledger holds; nothing when there is none.
    borrowing func entries() throws -> [LedgerEntry]

    /// Runs a statement, and tells how many rows it changed.
    @discardableResult
    borrowing func run(_ sql: SQL) throws -> Int

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    borrowing func transaction<Result>(_ body: (borrowing Self) throws -> Result) throws -> Result

    /// Fails unless this connection still keeps others from migrating.
    borrowing func checkAlone() throws

    /// Who migrates the database at this moment.
    borrowing func migrator() throws -> String?

    /// Undoes what a migration has set for its session: the next one, and the ledger, must not feel it.
    borrowing func resetSession() throws

    /// What the database remarked since it was asked last.
    borrowing func takeRemarks() -> [String]

    /// What stopped a statement, in the terms of a file.
    static func problem(_ error: any Error) -> StatementProblem?
}

/// Why a statement failed, as the database said it.
struct StatementProblem: Hashable, Sendable {
    /// Where in the statement.
    enum Place: Hashable, Sendable {
        case character(Int)
        case offset(Int)
    }

    let message: String
    let place: Place?
    let hint: String?

    /// The first name that the message quotes: where no place is told, it may stand in the statement.
    var name: String? {
        let parts = message.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : nil
    }
}

extension LedgerConnection where Self: ~Copyable {
    /// Notes a migration, or how far it has come.
    borrowing func note(
        _ migration: Migration,
        _ state: LedgerEntry.State,
        statements: Int,
        checksum: String,
        duration: Duration? = nil
    ) throws {
        let spent: SQL = duration.map { "INTERVAL \(literal: "\($0.milliseconds) milliseconds")" } ?? "NULL"
        try run(
            """
            INSERT INTO \(table: Self.ledger) (version, name, checksum, state, statements, duration)
            VALUES (\(literal: migration.version), \(literal: migration.name), \(literal: checksum),
                \(literal: state.rawValue), \(literal: statements), \(spent))
            ON CONFLICT (version) DO UPDATE SET name = excluded.name, checksum = excluded.checksum,
                state = excluded.state, statements = excluded.statements, duration = excluded.duration,
                applied_at = excluded.applied_at
            """
        )
    }

    /// Takes a migration out of the ledger.
    borrowing func forget(_ migration: Migration) throws {
        try run("DELETE FROM \(table: Self.ledger) WHERE version = \(literal: migration.version)")
    }

    /// The ledger's columns as text.
    static var ledgerQuery: SQL {
        """
        SELECT version::text, name, checksum, state, statements::text,
            (extract(epoch FROM applied_at) * 1000)::bigint::text, (extract(epoch FROM duration) * 1000)::bigint::text
        FROM \(table: ledger) ORDER BY version
        """
    }

    /// The ledger's columns, for the one statement that makes it.
    static var ledgerDefinition: SQL {
        """
        CREATE TABLE \(table: ledger) (
            version bigint PRIMARY KEY,
            name text NOT NULL,
            checksum text NOT NULL,
            state text NOT NULL,
            statements integer NOT NULL,
            applied_at timestamp with time zone NOT NULL DEFAULT now(),
            duration interval
        )
        """
    }
}

extension LedgerEntry {
    /// Reads a row of the ledger; `nil` when it is not one.
    init?(row: [String?]) {
        guard row.count == 7, let version = row[0].flatMap({ Int64($0) }), let name = row[1], let checksum = row[2],
            let state = row[3].flatMap({ State(rawValue: $0) }), let statements = row[4].flatMap({ Int($0) }),
            let applied = row[5].flatMap({ Int64($0) })
        else { return nil }
        self.init(
            version: version,
            name: name,
            checksum: checksum,
            state: state,
            statements: statements,
            appliedAt: Timestamp(millisecondsSince1970: applied),
            duration: row[6].flatMap { Int64($0) }.map { .milliseconds($0) }
        )
    }
}

extension Duration {
    /// The time in whole milliseconds.
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

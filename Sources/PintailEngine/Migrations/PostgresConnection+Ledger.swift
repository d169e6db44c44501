import DuckDB
import PintailProject
import Postgres

/// Postgres keeps its ledger in a schema of its own, beside whatever the user has.
extension PostgresConnection: LedgerConnection {
    static let schema = "pintail"
    static let ledger = TableName("migrations", schema: schema)

    borrowing func run(_ sql: SQL) throws -> Int { try execute(sql) }

    borrowing func prepareLedger() throws {
        let user = try value("SELECT current_user") ?? ""
        try transaction { connection in
            try connection.makeLedger(for: user)
        }
        let rights = "SELECT, INSERT, UPDATE, DELETE"
        let missing = try rights.split(separator: ", ").filter { right in
            try value("SELECT has_table_privilege(\(literal: Self.ledger.description), \(literal: String(right)))")
                != "t"
        }
        guard missing.isEmpty else {
            throw StepError(
                "the user '\(user)' lacks \(missing.joined(separator: ", ")) on \(Self.ledger), where migrations are noted",
                hint: ("GRANT \(SQL(verbatim: rights)) ON \(table: Self.ledger) TO \(identifier: user)" as SQL).text,
                dataState: "nothing was changed"
            )
        }
    }

    private borrowing func makeLedger(for user: String) throws {
        do {
            if try value("SELECT to_regnamespace(\(literal: Self.schema)) IS NULL") == "t" {
                try execute("CREATE SCHEMA \(identifier: Self.schema)")
                try execute("COMMENT ON SCHEMA \(identifier: Self.schema) IS 'What Pintail knows of this database'")
            }
            if try !hasLedger() { try execute(Self.ledgerDefinition) }
        } catch let error as PostgresError where error.sqlState == "42501" {
            let remedy: SQL = "CREATE SCHEMA IF NOT EXISTS \(identifier: Self.schema) AUTHORIZATION \(identifier: user)"
            throw StepError(
                "the user '\(user)' may not make \(Self.ledger), where migrations are noted: \(error.message)",
                hint: "let the database's owner run: \(remedy)",
                dataState: "nothing was changed"
            )
        }
    }

    /// Asked of the catalog, which answers also those who may not look into the schema.
    private borrowing func hasLedger() throws -> Bool {
        try value(
            """
            SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = \(literal: Self.schema) AND c.relname = \(literal: Self.ledger.name))
            """
        ) == "t"
    }

    borrowing func entries() throws -> [LedgerEntry] {
        guard try hasLedger() else { return [] }
        do throws(PostgresError) {
            return try query(Self.ledgerQuery).compactMap { LedgerEntry(row: $0.values) }
        } catch {
            throw try unreadable(error)
        }
    }

    private borrowing func unreadable(_ error: PostgresError) throws -> any Error {
        guard error.sqlState == "42501" else { return error }
        let user = try value("SELECT current_user") ?? ""
        let remedy: SQL = """
            GRANT USAGE ON SCHEMA \(identifier: Self.schema) TO \(identifier: user); \
            GRANT SELECT ON \(table: Self.ledger) TO \(identifier: user)
            """
        return StepError(
            "the user '\(user)' may not read \(Self.ledger), where migrations are noted: \(error.message)",
            hint: "let its owner run: \(remedy)"
        )
    }

    borrowing func checkAlone() throws { try MigrationLock.check(on: self) }

    borrowing func migrator() throws -> String? {
        try MigrationLock.isFreeNow(on: self) ? nil : try MigrationLock.holder(on: self)
    }

    borrowing func resetSession() throws {
        try execute("RESET SESSION AUTHORIZATION")
        // After that one, which also ends a role that the connection's own options have set.
        try execute("RESET ROLE")
        try execute("RESET ALL")
    }

    borrowing func takeRemarks() -> [String] {
        takeNotices().map { "\($0.severity?.lowercased() ?? "notice"): \($0.message)" }
    }

    static func problem(_ error: any Error) -> StatementProblem? {
        guard let error = error as? PostgresError, error.connectionFailure == nil else { return nil }
        let context = error.position == nil ? error.context?.split(separator: "\n").first.map(String.init) : nil
        return StatementProblem(
            message: [error.message, error.detail, context].compactMap(\.self).joined(separator: "; "),
            place: error.position.map { .character($0) },
            hint: error.hint ?? error.remedyInMigration
        )
    }
}

extension PostgresError {
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    fileprivate var remedyInMigration: String? {
        switch sqlState {
        case "25001": "'-- pintail: no transaction' as the file's first line runs its statements one by one"
        case "42501": "GRANT the user what is missing, or migrate as the owner of what is changed"
        case "42P07", "42710", "42701": "is this database older than its migrations? Then say IF NOT EXISTS"
        case "55P03", "57014": "something holds a lock on it: run again when that is done"
        default: nil
        }
    }
}

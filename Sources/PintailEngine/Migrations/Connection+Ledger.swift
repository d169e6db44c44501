import DuckDB

/// DuckDB keeps its ledger beside the project's other bookkeeping.
///
/// Not in a schema `pintail`: DuckDB names a database by its file, and could not tell it from that of `pintail.duckdb`.
extension Connection: LedgerConnection {
    static let schema = "_pintail"
    static let ledger = TableName("migrations", schema: schema)

    borrowing func run(_ sql: SQL) throws -> Int { try execute(sql) }

    borrowing func prepareLedger() throws {
        try execute("CREATE SCHEMA IF NOT EXISTS \(identifier: Self.schema)")
        if try !hasLedger() { try execute(Self.ledgerDefinition) }
    }

    private borrowing func hasLedger() throws -> Bool {
        try value(
            """
            SELECT count(*) > 0 FROM duckdb_tables() WHERE database_name = current_database()
                AND schema_name = \(literal: Self.schema) AND table_name = \(literal: Self.ledger.name)
            """
        ) == .boolean(true)
    }

    borrowing func entries() throws -> [LedgerEntry] {
        guard try hasLedger() else { return [] }
        return try rows(Self.ledgerQuery).compactMap { row in LedgerEntry(row: row.map(\.text)) }
    }

    /// The process has the file for itself.
    borrowing func checkAlone() {}

    /// Nobody: they would have the file.
    borrowing func migrator() -> String? { nil }

    borrowing func resetSession() throws { try execute("RESET search_path") }

    /// DuckDB makes none.
    borrowing func takeRemarks() -> [String] { [] }

    static func problem(_ error: any Error) -> StatementProblem? {
        guard let error = error as? DuckDBError else { return nil }
        let said = error.message.split(separator: "\n").prefix {
            !$0.hasPrefix("LINE ") && !$0.hasPrefix("Did you mean")
        }
        return StatementProblem(
            message: said.joined(separator: " "),
            place: error.offset.map { .offset($0) },
            hint: error.hint
        )
    }
}

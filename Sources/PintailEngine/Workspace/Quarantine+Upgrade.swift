package import DuckDB

extension Quarantine {
    /// Gives tables the shape of today that were made when a row had one rule, in words, and no place for a replay.
    package static func upgrade(_ connection: borrowing Connection) throws {
        let tables = try connection.rows(
            """
            SELECT table_name, column_count FROM duckdb_tables()
            WHERE database_name = current_database() AND schema_name = 'quarantine'
            """
        )
        // Most databases have none, and listing all columns takes longer than the rest of opening them.
        guard !tables.isEmpty else { return }
        for table in tables.compactMap({ $0[1].integer == formerColumns.count ? $0[0].text : nil }) {
            let name = TableName(table, schema: "quarantine")
            let columns = try connection.describe("FROM \(table: name)").map(\.name)
            if Set(columns) == formerColumns { try upgrade(name, connection) }
        }
        try addSuperseded(connection)
    }

    /// Rows of a time when no run told which ones its files hold no more.
    private static func addSuperseded(_ connection: borrowing Connection) throws {
        for table in try outdatedTables(connection) {
            let name = TableName(table, schema: "quarantine")
            try connection.execute("ALTER TABLE \(table: name) ADD COLUMN superseded_at TIMESTAMPTZ")
        }
    }

    /// The tables that have ids for their rows, and no place to say that one is superseded.
    private static func outdatedTables(_ connection: borrowing Connection) throws -> [String] {
        try connection.texts(
            """
            SELECT table_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'quarantine'
            GROUP BY table_name HAVING bool_or(column_name = 'quarantine_id') AND bool_or(column_name = 'discarded_at')
                AND NOT bool_or(column_name = 'superseded_at')
            """
        )
    }

    private static let formerColumns: Set = [
        "file", "line", "column_name", "rule", "reason", "raw", "run_id", "quarantined_at",
    ]

    private static func upgrade(_ name: TableName, _ connection: borrowing Connection) throws {
        let former = TableName(name.name + " before", schema: "quarantine")
        let rule = BrokenRule(column: "column_name", rule: "rule", value: "NULL", reason: "reason")
        try connection.transaction { connection in
            try connection.execute("ALTER TABLE \(table: name) RENAME TO \(identifier: former.name)")
            try make(name, connection)
            try connection.execute(
                """
                INSERT INTO \(table: name) (\(identifiers: stored))
                SELECT uuidv7(), file, line, NULL, [\(rule.sql)], raw,
                    CASE WHEN rule NOT IN ('read', 'type') OR raw IS NULL THEN 'row' WHEN file IS NULL THEN 'record' ELSE 'line' END,
                    NULL, run_id, quarantined_at, NULL, NULL, NULL, NULL
                FROM \(table: former)
                """
            )
            try connection.execute("DROP TABLE \(table: former)")
        }
    }
}

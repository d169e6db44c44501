package import DuckDB

extension Quarantine {
    /// Gives tables the shape of today that were made when a row had one rule, in words, and no place for a replay.
    package static func upgrade(_ connection: borrowing Connection) throws {
        let old = try connection.texts(
            """
            SELECT table_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'quarantine'
            GROUP BY table_name
            HAVING list_sort(list(column_name)) = \(literals: formerColumns.sorted())
            """
        )
        for name in old { try upgrade(TableName(name, schema: "quarantine"), connection) }
    }

    private static let formerColumns = [
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
                    NULL, run_id, quarantined_at, NULL, NULL, NULL
                FROM \(table: former)
                """
            )
            try connection.execute("DROP TABLE \(table: former)")
        }
    }
}

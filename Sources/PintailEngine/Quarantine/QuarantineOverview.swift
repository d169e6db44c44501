package import DuckDB
import FoundationEssentials
import PintailOrchestrator
package import PintailProject

/// The rows that were put aside from one table, in numbers.
package struct QuarantinedTable: Hashable, Sendable, Encodable {
    /// Its name, as it stands in the schema `quarantine`.
    package let table: String
    /// Rows that were neither replayed nor discarded nor superseded.
    package let open: Int
    /// Rows that a replay has taken through the pipeline.
    package let replayed: Int
    /// Rows that somebody has given up.
    package let discarded: Int
    /// Rows that a later run did not find any more in the file that they were put aside from.
    package let superseded: Int
    /// The rules that open rows break, those broken most often first.
    package let rules: [String]
    /// The run that put an open row aside last.
    package let lastRun: String?

    enum CodingKeys: String, CodingKey {
        case table, open, replayed, discarded, superseded, rules
        case lastRun = "last_run"
    }
}

/// The open rows that break one rule.
package struct QuarantinedGroup: Hashable, Sendable, Encodable {
    /// The step that put them aside; `nil` for rows of a time when that was not written down.
    package let node: String?
    /// The column that the rule is about; `nil` where it is about none.
    package let column: String?
    /// The rule: `type`, `not_null`, the name of a query.
    package let rule: String
    /// How many open rows break it.
    package let rows: Int
    /// The earliest of the runs that put them aside last.
    package let firstRun: String
    /// The latest of those runs.
    package let lastRun: String
    /// Some of them, those put aside first.
    package var samples: [QuarantinedRow] = []

    enum CodingKeys: String, CodingKey {
        case column, rule, rows, samples
        case node = "step"
        case firstRun = "first_run"
        case lastRun = "last_run"
    }
}

/// A row that was put aside, with what is wrong with it.
package struct QuarantinedRow: Hashable, Sendable, Encodable {
    /// What tells the row from all others, for good.
    package let id: String
    /// The file it was read from, as messages call it; `nil` where it cannot be told, as with line and number.
    package let file: String?
    /// The line on which its record begins.
    package let line: Int?
    /// Its number among the records of its file, counted from 1.
    package let rowNumber: Int?
    /// The column that the rule is about; `nil` where it is about none.
    package let column: String?
    /// The rule that it breaks.
    package let rule: String
    /// The whole value that breaks it.
    package let value: String?
    /// What is wrong, in words.
    package let reason: String
    /// The row as JSON, or its line as it stands in the file.
    package let raw: String?
    /// The run that put it aside last.
    package let run: String

    enum CodingKeys: String, CodingKey {
        case id = "quarantine_id"
        case file, line, column, rule, value, reason, raw, run
        case rowNumber = "row_number"
    }

    /// Where it stands: `data/orders.csv:17`, `data/orders.parquet, row 17`, or nothing.
    package var place: String? {
        guard let file else { return nil }
        if let line { return "\(file):\(line)" }
        return rowNumber.map { "\(file), row \($0)" } ?? file
    }
}

/// What `pintail quarantine` tells, read from the project's database.
package struct QuarantineOverview: Sendable {
    private let workspace: Workspace

    /// Opens the project's database for reading; one that keeps rows in an older form is given today's first.
    ///
    /// - Throws: ``StepError`` when there is no database, or another process has it.
    package init(of project: Project) throws {
        guard FileManager.default.fileExists(atPath: project.database) else {
            throw StepError("\(project.database) is not there yet", hint: "the first run makes it: pintail run")
        }
        let reading = try Workspace(opening: project, isReadOnly: true)
        workspace = try Self.isCurrent(reading.database.connect()) ? reading : Workspace(opening: project)
    }

    private static func isCurrent(_ connection: borrowing Connection) throws(DuckDBError) -> Bool {
        try connection.value(
            """
            SELECT count(*) = 0 FROM duckdb_tables() t WHERE schema_name = 'quarantine' AND database_name = current_database()
            AND NOT EXISTS (FROM duckdb_columns() c WHERE c.table_oid = t.table_oid AND column_name = 'superseded_at')
            """
        ) == .boolean(true)
    }

    /// Every table with rows put aside, those that are not open any more included.
    package func tables() throws -> [QuarantinedTable] {
        let connection = try workspace.database.connect()
        return try Self.names(connection).map { try Self.table($0, connection) }
    }

    /// The tables that rows were put aside from, by name.
    package static func names(_ connection: borrowing Connection) throws(DuckDBError) -> [String] {
        try connection.texts(
            """
            SELECT table_name FROM duckdb_tables()
            WHERE schema_name = 'quarantine' AND database_name = current_database()
            AND NOT ends_with(table_name, \(literal: StagedTable.suffix)) ORDER BY 1
            """
        )
    }

    /// One table.
    ///
    /// - Throws: ``StepError`` when nothing was ever put aside from it.
    package func table(_ name: String) throws -> QuarantinedTable {
        let connection = try workspace.database.connect()
        return try Self.table(try Self.known(name, connection), connection)
    }

    /// The table as it is called, whatever the case it was asked for in.
    package static func known(_ name: String, _ connection: borrowing Connection) throws -> String {
        let names = try names(connection)
        if let known = names.first(where: { $0 == name }) ?? names.first(where: { $0.equalsIgnoringCase(name) }) {
            return known
        }
        let best = nearest(to: name, among: names).map { "did you mean '\($0)'?" }
        throw StepError(
            "no row was put aside from '\(name)'",
            hint: best ?? (names.isEmpty ? nil : "rows were put aside from \(names.joined(separator: ", "))")
        )
    }

    private static func table(
        _ name: String,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> QuarantinedTable {
        let place = Quarantine.table(for: name)
        let counts = try connection.rows(
            """
            SELECT count(*) FILTER (WHERE \(Quarantine.isOpen)), count(replayed_at),
                count(discarded_at) FILTER (WHERE replayed_at IS NULL),
                count(superseded_at) FILTER (WHERE replayed_at IS NULL AND discarded_at IS NULL),
                max(run_id) FILTER (WHERE \(Quarantine.isOpen))
            FROM \(table: place)
            """
        )[0]
        let rules = try connection.texts(
            """
            SELECT b['rule'] FROM (SELECT unnest(broken) AS b FROM \(table: place) WHERE \(Quarantine.isOpen))
            GROUP BY 1 ORDER BY count(*) DESC, 1
            """
        )
        return QuarantinedTable(
            table: name,
            open: counts[0].integer ?? 0,
            replayed: counts[1].integer ?? 0,
            discarded: counts[2].integer ?? 0,
            superseded: counts[3].integer ?? 0,
            rules: rules,
            lastRun: counts[4].text
        )
    }

    /// The open rows of a table by the rules that they break, a row once for each.
    package func groups(of wish: Replay, samples: Int) throws -> [QuarantinedGroup] {
        let connection = try workspace.database.connect()
        let broken = broken(wish)
        var groups = try connection.rows(
            """
            SELECT node, column_name, rule, count(*), min(run_id), max(run_id) FROM \(broken)
            GROUP BY ALL ORDER BY 4 DESC, 1, 2, 3
            """
        ).map { row in
            QuarantinedGroup(
                node: row[0].text,
                column: row[1].text,
                rule: row[2].text ?? "",
                rows: row[3].integer ?? 0,
                firstRun: row[4].text ?? "",
                lastRun: row[5].text ?? ""
            )
        }
        guard samples > 0 else { return groups }
        for place in groups.indices {
            let group = groups[place]
            func same(_ column: SQL, _ value: String?) -> SQL {
                value.map { "\(column) = \(literal: $0)" } ?? "\(column) IS NULL"
            }
            groups[place].samples = try rows(
                """
                \(broken) WHERE \(same("node", group.node)) AND \(same("column_name", group.column))
                AND rule = \(literal: group.rule) ORDER BY position LIMIT \(literal: samples)
                """,
                connection
            )
        }
        return groups
    }

    /// Every open row, once for each rule that it breaks.
    package func rows(of wish: Replay, limit: Int?) throws -> [QuarantinedRow] {
        let connection = try workspace.database.connect()
        let limit: SQL = limit.map { " LIMIT \(literal: $0)" } ?? ""
        return try rows("\(broken(wish)) ORDER BY position\(limit)", connection)
    }

    private func broken(_ wish: Replay) -> SQL {
        let wanted: SQL = wish.rules.isEmpty ? "true" : "list_contains(\(literals: wish.rules), b['rule'])"
        return """
            (SELECT position, quarantine_id, file, line, row_number, node, run_id, raw, b.column_name, b['rule'] AS rule,
                b['value'] AS value, b.reason FROM (
                SELECT *, rowid AS position, unnest(broken) AS b FROM \(table: wish.aside) WHERE \(wish.asked)) WHERE \(wanted))
            """
    }

    private func rows(_ source: SQL, _ connection: borrowing Connection) throws(DuckDBError) -> [QuarantinedRow] {
        try connection.rows(
            """
            SELECT CAST(quarantine_id AS VARCHAR), file, line, row_number, column_name, rule, value, reason, raw, run_id
            FROM \(source)
            """
        ).map { row in
            QuarantinedRow(
                id: row[0].text ?? "",
                file: row[1].text,
                line: row[2].integer,
                rowNumber: row[3].integer,
                column: row[4].text,
                rule: row[5].text ?? "",
                value: row[6].text,
                reason: row[7].text ?? "",
                raw: row[8].text,
                run: row[9].text ?? ""
            )
        }
    }

    /// Writes the open rows of a table to a CSV file, for somebody to mend; tells how many.
    package func write(_ wish: Replay, to path: String) throws -> Int {
        try MendedRows.write(wish, to: path, workspace.database.connect())
    }
}

import DuckDB
import PintailOrchestrator
import PintailProject

/// Puts rows aside that could not be read or do not fit the types the user gave.
struct Rejects {
    let extract: Extract
    let run: RunID

    /// The temporary tables in which DuckDB writes down rows that it cannot read.
    static let tables = "pintail_rejects"

    /// One row put aside.
    private struct Row {
        var file: String
        var line: Int?
        var column: String?
        var rule: String
        var reason: String
        var raw: String
    }

    /// Forgets what earlier statements wrote down.
    static func forget(_ connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute("DROP TABLE IF EXISTS \(identifier: tables + "_errors")")
        try connection.execute("DROP TABLE IF EXISTS \(identifier: tables + "_scans")")
    }

    /// Writes bad rows into the quarantine and tells how many there are.
    func putAside(_ source: some RowSource, _ plan: ColumnPlan, _ connection: borrowing Connection) throws -> Int {
        guard let csv = source as? CSVSource else { return try misfits(source, plan, connection) }
        let unreadable = try unreadableCount(connection)
        var ignoring = csv.reading
        ignoring.rejects = .ignored
        let query = csv.misfits(plan.givenConversions, in: csv.rows(ignoring))
        let misfits = try query.map { try connection.rows("\($0) ORDER BY 1") } ?? []
        guard unreadable > 0 || !misfits.isEmpty else { return 0 }
        var batch = Batch(rejects: self)
        let found = try walk(csv, plan, misfits, &batch, connection)
        try batch.flush(connection)
        if found < unreadable { try copyDuckDBsOwn(csv, connection) }
        return max(unreadable, found) + misfits.count
    }

    private func unreadableCount(_ connection: borrowing Connection) throws -> Int {
        let exists = try connection.value(
            "SELECT count(*) > 0 FROM duckdb_tables() WHERE table_name = \(literal: Self.tables + "_errors")"
        )
        guard exists == .boolean(true) else { return 0 }
        return try connection.value(
            "SELECT count(DISTINCT (file_id, line)) FROM \(identifier: Self.tables + "_errors")"
        ).integer ?? 0
    }

    /// Goes through the files once and gives every bad row its line.
    private func walk(
        _ source: CSVSource,
        _ plan: ColumnPlan,
        _ misfits: [[Value]],
        _ batch: inout Batch,
        _ connection: borrowing Connection
    ) throws -> Int {
        var next = misfits[...]
        var unreadable = 0
        var rows: [Row] = []
        try CSVInspection(parts: source.parts).walk { place, scanner in
            let raw = String(decoding: scanner.raw, as: UTF8.self)
            if let fault = place.fault {
                unreadable += 1
                rows.append(Row(file: fault.file, line: fault.line, rule: "read", reason: fault.reason, raw: raw))
            } else if let misfit = next.first, misfit[0].integer == place.row {
                next = next.dropFirst()
                let column = plan.columns[misfit[1].integer ?? 0]
                let reason = "'\(Excerpt.of(misfit[2].text ?? ""))' is no \(typeName(column))"
                rows.append(
                    Row(
                        file: place.file.name,
                        line: scanner.line,
                        column: column.name,
                        rule: "type",
                        reason: reason,
                        raw: raw
                    )
                )
            }
            return true
        }
        for row in rows { try batch.add(row, connection) }
        return unreadable
    }

    private func typeName(_ column: ColumnPlan.Column) -> String {
        extract.types.first { $0.key.lowercased() == column.name.lowercased() }?.value.name ?? column.type.description
    }

    /// Rows that DuckDB could not read though they look well: with the words and the record number it has for them.
    private func copyDuckDBsOwn(_ source: CSVSource, _ connection: borrowing Connection) throws {
        try Quarantine.withdraw(rule: "read", table: extract.table, connection)
        try Quarantine.insert(
            """
            SELECT any_value(s.file_path), e.line, NULL, 'read', any_value(e.error_message), any_value(e.csv_line)
            FROM \(identifier: Self.tables + "_errors") e JOIN \(identifier: Self.tables + "_scans") s USING (scan_id, file_id)
            GROUP BY e.file_id, e.line
            """,
            table: extract.table,
            run: run,
            isStaged: true,
            connection
        )
    }

    /// Rows of sources without lines: the whole row as JSON is its raw text.
    private func misfits(_ source: some RowSource, _ plan: ColumnPlan, _ connection: borrowing Connection) throws -> Int
    {
        let conversions = plan.givenConversions
        guard source.misfits(conversions, in: source.rows) != nil else { return 0 }
        let numbered: SQL = "(SELECT r AS pintail_raw, UNNEST(r) FROM (SELECT r FROM \(source.rows) r))"
        guard let query = source.misfits(conversions, in: numbered, keeping: "to_json(pintail_raw)") else { return 0 }
        let whens = plan.columns.enumerated().map { index, column in
            "WHEN \(literal: index) THEN \(literal: column.name)" as SQL
        }
        let types = plan.columns.enumerated().map { index, column in
            "WHEN \(literal: index) THEN \(literal: typeName(column))" as SQL
        }
        return try Quarantine.insert(
            """
            SELECT NULL, pintail_row, CASE pintail_column \(whens, separator: " ") END, 'type',
                '''' || pintail_value || ''' is no ' || CASE pintail_column \(types, separator: " ") END, pintail_kept
            FROM (\(query))
            """,
            table: extract.table,
            run: run,
            isStaged: true,
            connection
        )
    }

    /// Rows on their way into the quarantine, some hundreds a statement.
    private struct Batch {
        let rejects: Rejects
        private var rows: [SQL] = []

        init(rejects: Rejects) { self.rejects = rejects }

        mutating func add(_ row: Row, _ connection: borrowing Connection) throws {
            let line: SQL = row.line.map { "\(literal: $0)" } ?? "NULL"
            let column: SQL = row.column.map { "\(literal: $0)" } ?? "NULL"
            rows.append(
                "(\(literal: row.file), \(line), \(column), \(literal: row.rule), \(literal: row.reason), \(literal: row.raw))"
            )
            if rows.count == 500 { try flush(connection) }
        }

        mutating func flush(_ connection: borrowing Connection) throws {
            guard !rows.isEmpty else { return }
            try Quarantine.insert(
                "VALUES \(list: rows)",
                table: rejects.extract.table,
                run: rejects.run,
                isStaged: true,
                connection
            )
            rows.removeAll(keepingCapacity: true)
        }
    }
}

import DuckDB
import PintailOrchestrator
import PintailProject

/// Puts rows aside that could not be read or do not fit the types the user gave.
struct Rejects {
    let extract: Extract
    let run: RunID
    /// Tells where rows stand in files that have no lines of their own.
    var finder: RowFinder?

    /// The temporary tables in which DuckDB writes down rows that it cannot read.
    static let tables = "pintail_rejects"

    /// One row put aside.
    private struct Row {
        var place: CSVInspection.Place
        var line: Int
        var column: String?
        var rule: String
        var value: String?
        var reason: String
        var raw: String
    }

    /// Forgets what earlier statements wrote down.
    static func forget(_ connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute("DROP TABLE IF EXISTS \(identifier: tables + "_errors")")
        try connection.execute("DROP TABLE IF EXISTS \(identifier: tables + "_scans")")
    }

    /// Writes bad rows into the quarantine.
    ///
    /// - Returns: how many there are, and which numbers those have that could be read, counted from 1, in order.
    func putAside(
        _ source: some RowSource,
        _ plan: ColumnPlan,
        _ connection: borrowing Connection
    ) throws -> (count: Int, misfits: [Int]) {
        guard let csv = source as? CSVSource else { return try misfits(source, plan, connection) }
        let unreadable = try unreadableCount(connection)
        var ignoring = csv.reading
        ignoring.rejects = .ignored
        let query = csv.misfits(plan.givenConversions, in: csv.rows(ignoring))
        let misfits = try query.map { try connection.rows("\($0) ORDER BY 1") } ?? []
        guard unreadable > 0 || !misfits.isEmpty else { return (0, []) }
        var batch = Batch(rejects: self)
        let found = try walk(csv, plan, misfits, &batch, connection)
        try batch.flush(connection)
        if found < unreadable { try copyDuckDBsOwn(csv, connection) }
        return (max(unreadable, found) + misfits.count, misfits.compactMap { $0[0].integer })
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
            // Of a million rows few are bad, and only theirs become texts.
            let isBad = place.fault != nil || next.first?[0].integer == place.row
            let raw = isBad ? String(decoding: scanner.raw, as: UTF8.self) : ""
            if let fault = place.fault {
                unreadable += 1
                rows.append(Row(place: place, line: fault.line, rule: "read", reason: fault.reason, raw: raw))
            } else if let misfit = next.first, misfit[0].integer == place.row {
                next = next.dropFirst()
                let column = plan.columns[misfit[1].integer ?? 0]
                let value = misfit[2].text
                let reason = "'\(Excerpt.of(value ?? ""))' is no \(typeName(column))"
                rows.append(
                    Row(
                        place: place,
                        line: scanner.line,
                        column: column.name,
                        rule: "type",
                        value: value,
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
        let broken = BrokenRule(column: "NULL", rule: "'read'", value: "NULL", reason: "any_value(e.error_message)")
        try Quarantine.insert(
            """
            SELECT any_value(s.file_path), e.line, NULL,
                [\(broken.sql)], any_value(e.csv_line)
            FROM \(identifier: Self.tables + "_errors") e JOIN \(identifier: Self.tables + "_scans") s USING (scan_id, file_id)
            GROUP BY e.file_id, e.line
            """,
            as: .line,
            table: extract.table,
            by: extract.table,
            run: run,
            isStaged: true,
            connection
        )
    }

    /// Rows of sources without lines: the whole row as JSON is its raw text.
    private func misfits(
        _ source: some RowSource,
        _ plan: ColumnPlan,
        _ connection: borrowing Connection
    ) throws -> (count: Int, misfits: [Int]) {
        let conversions = plan.givenConversions
        guard source.misfits(conversions, in: source.rows) != nil else { return (0, []) }
        let numbered: SQL = "(SELECT r AS pintail_raw, UNNEST(r) FROM (SELECT r FROM \(source.rows) r))"
        guard let query = source.misfits(conversions, in: numbered, keeping: "to_json(pintail_raw)") else {
            return (0, [])
        }
        let found: SQL = #"temp.main."pintail: misfits""#
        try connection.execute(#"CREATE OR REPLACE TEMP TABLE "pintail: misfits" AS \#(query)"#)
        let numbers = try connection.rows("SELECT pintail_row FROM \(found) ORDER BY 1").compactMap { $0[0].integer }
        _ = try PlaceTable.fill("SELECT pintail_row - 1 FROM \(found) ORDER BY 1", finder, connection)
        let whens = plan.columns.enumerated().map { index, column in
            "WHEN \(literal: index) THEN \(literal: column.name)" as SQL
        }
        let types = plan.columns.enumerated().map { index, column in
            "WHEN \(literal: index) THEN \(literal: typeName(column))" as SQL
        }
        let broken = BrokenRule(
            column: "CASE pintail_column \(whens, separator: " ") END",
            rule: "'type'",
            value: "pintail_value",
            reason:
                "'''' || left(pintail_value, 100) || ''' is no ' || CASE pintail_column \(types, separator: " ") END"
        )
        let count = try Quarantine.insert(
            """
            SELECT p.file, p.line, coalesce(p.row_number, pintail_row), [\(broken.sql)], pintail_kept
            FROM \(found) LEFT JOIN \(PlaceTable.name) p ON p.number = pintail_row - 1 ORDER BY pintail_row
            """,
            as: .record,
            table: extract.table,
            by: extract.table,
            run: run,
            isStaged: true,
            connection
        )
        try PlaceTable.drop(connection)
        try connection.execute("DROP TABLE \(found)")
        return (count, numbers)
    }

    /// Rows on their way into the quarantine, some hundreds a statement.
    private struct Batch {
        let rejects: Rejects
        private var rows: [SQL] = []

        init(rejects: Rejects) { self.rejects = rejects }

        mutating func add(_ row: Row, _ connection: borrowing Connection) throws {
            func text(_ value: String?) -> SQL { value.map { "\(literal: $0)" } ?? "NULL" }
            let broken = BrokenRule(
                column: text(row.column),
                rule: text(row.rule),
                value: text(row.value),
                reason: text(row.reason)
            )
            let number: SQL = row.place.record > 0 ? "\(literal: row.place.record)" : "NULL"
            rows.append(
                "(\(literal: row.place.file.name), \(literal: row.line), \(number), [\(broken.sql)], \(literal: row.raw))"
            )
            if rows.count == 500 { try flush(connection) }
        }

        mutating func flush(_ connection: borrowing Connection) throws {
            guard !rows.isEmpty else { return }
            try Quarantine.insert(
                "VALUES \(list: rows)",
                as: .line,
                table: rejects.extract.table,
                by: rejects.extract.table,
                run: rejects.run,
                isStaged: true,
                connection
            )
            rows.removeAll(keepingCapacity: true)
        }
    }
}

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

    /// Forgets what earlier statements wrote down.
    static func forget(_ connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute("DROP TABLE IF EXISTS \(identifier: tables + "_errors")")
        try connection.execute("DROP TABLE IF EXISTS \(identifier: tables + "_scans")")
    }

    /// Writes bad rows into the quarantine.
    ///
    /// - Parameter found: What was found while the other rows were stored; `nil` where nobody has looked yet.
    /// - Returns: how many there are, and which numbers those have that could be read, counted from 1, in order.
    func putAside(
        _ source: some RowSource,
        _ plan: ColumnPlan,
        _ found: BadRowSearch.Finding?,
        _ connection: borrowing Connection
    ) throws -> (count: Int, misfits: [Int]) {
        guard let csv = source as? CSVSource else { return try misfits(source, plan, connection) }
        let unreadable = try unreadableCount(connection)
        let search = BadRowSearch(csv, plan, extract)
        let found = try found ?? search.find(connection)
        let misfits = found.misfits
        guard unreadable > 0 || !misfits.isEmpty else { return (0, []) }
        let records = try found.records ?? search.records(of: misfits)
        try write(records, connection)
        let faults = records.count - misfits.count
        var numbers = misfits.map(\.row)
        if faults < unreadable {
            try copyDuckDBsOwn(csv, connection)
            // It counts no record that it cannot read.
            numbers = try search.misfits(connection).map(\.row)
        }
        return (max(unreadable, faults) + misfits.count, numbers)
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
            "WHEN \(literal: index) THEN \(literal: extract.typeName(of: column))" as SQL
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

    /// Few enough for a moment's memory, many enough for what it costs to add some.
    private static let batchRows = 20_000

    private func write(_ records: [BadRowSearch.Record], _ connection: borrowing Connection) throws {
        let bad = TableName("pintail: bad rows", schema: "main", catalog: "temp")
        let broken = BrokenRule(column: "column_name", rule: "rule", value: "value", reason: "reason")
        for start in stride(from: 0, to: records.count, by: Self.batchRows) {
            try connection.execute(
                """
                CREATE OR REPLACE TEMP TABLE \(identifier: bad.name) (file VARCHAR, line BIGINT, number BIGINT,
                    column_name VARCHAR, rule VARCHAR, value VARCHAR, reason VARCHAR, raw VARCHAR)
                """
            )
            let rows = records[start..<min(records.count, start + Self.batchRows)].lazy.map(\.values)
            try connection.append(rows, to: bad)
            try Quarantine.insert(
                "SELECT file, line, number, [\(broken.sql)], raw FROM \(table: bad)",
                as: .line,
                table: extract.table,
                by: extract.table,
                run: run,
                isStaged: true,
                connection
            )
        }
        try connection.execute("DROP TABLE IF EXISTS \(table: bad)")
    }
}

extension BadRowSearch.Record {
    fileprivate var values: [Value] {
        let number = place.record > 0 ? place.record : nil
        return [
            Value(place.file.name), Value(line), Value(number), Value(column), Value(rule), Value(value), Value(reason),
            Value(raw),
        ]
    }
}

import Drawing
import DuckDB
import PintailOrchestrator
import PintailProject

/// Asks the database for what a chart shows.
struct ChartQuery {
    private let chart: Chart
    private let x: ResultColumn
    private let y: [ResultColumn]
    private let series: ResultColumn?

    /// Rows that are fetched at most: what is more is a job for the query's own GROUP BY.
    private static let mostRows = 200_000

    /// Finds the chart's columns among those of its query.
    ///
    /// - Throws: ``Diagnostics`` at the place in the report where a name or a query is wrong.
    init(_ chart: Chart, _ connection: borrowing Connection) throws {
        self.chart = chart
        let columns = try Self.columns(of: chart, connection)
        func column(_ name: String, _ field: String) throws -> ResultColumn {
            let found = columns.first { $0.name == name } ?? columns.first { $0.name.lowercased() == name.lowercased() }
            guard let found else {
                throw Diagnostics([
                    Diagnostic(
                        "chart '\(chart.title)' shows '\(name)', which its query does not give",
                        at: chart.locations[field],
                        hint: didYouMean(name, among: columns.map(\.name))
                            ?? "it gives " + columns.map(\.name).joined(separator: ", ")
                    )
                ])
            }
            return found
        }
        series = try chart.series.map { try column($0, "series") }
        let left = columns.filter { $0.name != chart.series }
        guard let first = try chart.x.map({ try column($0, "x") }) ?? left.first else {
            preconditionFailure("a query has columns")
        }
        x = first
        var y = try chart.y.enumerated().map { try column($1, chart.y.count == 1 ? "y" : "y.\($0)") }
        if y.isEmpty { y = left.filter { $0.name != first.name && $0.type.isNumber } }
        if series != nil { y = Array(y.prefix(1)) }
        self.y = y
        try check()
    }

    private static func columns(of chart: Chart, _ connection: borrowing Connection) throws -> [ResultColumn] {
        do {
            return try connection.describe(rows(of: chart))
        } catch {
            throw Diagnostics([
                Diagnostic(
                    "the query of chart '\(chart.title)' does not bind: \(error.message.prefix { $0 != "\n" })",
                    at: chart.locations.place(in: "query", text: chart.query, utf8Offset: error.offset ?? 0),
                    hint: error.hint
                )
            ])
        }
    }

    private static func rows(of chart: Chart) -> SQL {
        switch LoadSource(chart.query) {
        case .table(let name): "FROM \(table: TableName(dotted: name))"
        case .query(let sql): SQL(verbatim: sql)
        }
    }

    private func check() throws {
        if y.isEmpty {
            throw Diagnostics([
                Diagnostic(
                    "chart '\(chart.title)' has no column of numbers to show",
                    at: chart.locations["query"],
                    hint: "name it with 'y:'"
                )
            ])
        }
        for column in y where !column.type.isNumber {
            throw Diagnostics([
                Diagnostic(
                    "chart '\(chart.title)' shows '\(column.name)', which holds \(column.type) and no numbers",
                    at: chart.locations["y"],
                    hint: "CAST it in the query, or show another column"
                )
            ])
        }
    }

    // MARK: Reading

    /// Runs the query.
    func table(_ connection: borrowing Connection) throws -> ChartTable {
        let place: SQL =
            switch x.type.across {
            case .number: "CAST(\(identifier: x.name) AS DOUBLE)"
            case .time: "CAST(epoch_us(CAST(\(identifier: x.name) AS TIMESTAMP)) AS DOUBLE)"
            case .name: "CAST(\(identifier: x.name) AS VARCHAR)"
            }
        let values = y.map { "CAST(\(identifier: $0.name) AS DOUBLE)" as SQL }
        let group: SQL = series.map { "CAST(\(identifier: $0.name) AS VARCHAR)" } ?? "NULL"
        // The query's own ORDER BY may stand in the middle of it: a subquery keeps its order in DuckDB.
        let rows = try connection.rows(
            """
            SELECT \(place), \(group), \(list: values) FROM (\(Self.rows(of: chart))) LIMIT \(literal: Self.mostRows + 1)
            """
        )
        var reading = ChartReading(chart: chart, across: x.type.across, names: y.map(\.name))
        for row in rows.prefix(Self.mostRows) { reading.add(row, hasSeries: series != nil) }
        if rows.count > Self.mostRows {
            reading.remark("Only the first \(RowCount(Self.mostRows)) rows are shown.")
        }
        return reading.table(xName: x.name, isDay: x.type == .date)
    }
}

extension LogicalType {
    /// How values of the type lie on an axis.
    enum Across { case number, time, name }

    fileprivate var isNumber: Bool {
        switch self {
        case .tinyint, .smallint, .integer, .bigint, .hugeint, .utinyint, .usmallint, .uinteger, .ubigint, .uhugeint,
            .float, .double, .decimal, .bignum:
            true
        default: false
        }
    }

    fileprivate var across: Across {
        switch self {
        case .date, .timestamp, .timestampSeconds, .timestampMilliseconds, .timestampNanoseconds, .timestampWithZone:
            .time
        default: isNumber ? .number : .name
        }
    }
}

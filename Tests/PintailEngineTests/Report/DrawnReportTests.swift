import Drawing
import DuckDB
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

@Suite struct DrawnReportTests {
    private func draw(_ charts: Chart...) throws -> DrawnReport {
        let connection = try Database().connect()
        try connection.execute(
            "CREATE TABLE t AS FROM (VALUES (DATE '2024-01-02', 'b', 2, 0.5), (DATE '2024-01-01', 'a', 1, NULL)) AS v(day, name, n, share)"
        )
        return try DrawnReport(Report("r", title: "R & <D>", charts: charts), on: connection)
    }

    private func mistake(_ chart: Chart) throws -> Diagnostic? {
        do {
            _ = try draw(chart)
            return nil
        } catch let mistakes as Diagnostics {
            return mistakes.all.first
        }
    }

    @Test func `columns that are not named are the first, and the numbers after it`() throws {
        let table = try #require(try draw(Chart("c", query: "t")).pictures.first).table
        #expect(table.across == .times(isDay: true))
        #expect(table.series.map(\.name) == ["n", "share"])
        #expect(table.series[0].points.map(\.y) == [1, 2])
        #expect(table.remarks == ["1 missing value: gaps in the line."])
    }

    @Test func `series are what a column holds, in the order of their names`() throws {
        let table = try #require(try draw(Chart("c", query: "t", x: "DAY", y: ["n"], series: "name")).pictures.first)
            .table
        #expect(table.series.map(\.name) == ["a", "b"])
        #expect(table.yName == "n")
    }

    @Test func `rows that cannot be drawn are counted`() throws {
        let rows =
            "SELECT * FROM (VALUES (1, 1.0), (NULL, 2.0), (2, NULL), (3, 'inf'::DOUBLE), (4, 'nan'::DOUBLE)) AS v(x, y)"
        let table = try #require(try draw(Chart("c", kind: .scatter, query: rows)).pictures.first).table
        #expect(table.values == [1])
        #expect(
            table.remarks == [
                "1 row without a value of x left out.", "1 missing value, not drawn.",
                "2 values not finite, not drawn.",
            ]
        )
    }

    @Test func `a log scale leaves out what is not above zero, and says so`() throws {
        let table = try #require(
            try draw(Chart("c", query: "SELECT unnest([1, 2, 3]) AS x, unnest([0, -1, 10]) AS y", scale: .log)).pictures
                .first
        ).table
        #expect(table.values == [10])
        #expect(table.remarks == ["2 values not above zero, not drawn."])
    }

    @Test func `bars over each other are told of`() throws {
        let table = try #require(
            try draw(Chart("c", kind: .bar, query: "SELECT unnest(['a', 'a', 'b']) AS x, unnest([1, 2, 3]) AS y"))
                .pictures.first
        ).table
        #expect(table.remarks == ["1 bar lies over another: the query gives several rows for one place."])
    }

    @Test func `of many points a line keeps every peak`() throws {
        let rows =
            "SELECT i AS x, CASE WHEN i = 77777 THEN 1000 WHEN i = 5 THEN -1000 ELSE i % 10 END AS y FROM range(100000) r(i)"
        let table = try #require(try draw(Chart("c", query: rows)).pictures.first).table
        #expect(table.values.count <= ChartTable.mostPoints)
        #expect(table.values.max() == 1000)
        #expect(table.values.min() == -1000)
        #expect(table.remarks == ["2,000 of 100,000 points are drawn, the least and greatest of each stretch."])
    }

    @Test func `more names than can be read are cut, and counted`() throws {
        let table = try #require(
            try draw(Chart("c", kind: .bar, query: "SELECT 'n' || i AS x, i AS y FROM range(500) r(i)")).pictures.first
        ).table
        #expect(table.across == .names((0..<60).map { "n\($0)" }))
        #expect(table.remarks == ["The first 60 of 500 names are shown."])
    }

    @Test func `a column or query that is wrong is told with its place`() throws {
        #expect(try mistake(Chart("c", query: "t", y: ["shaer"]))?.hint == "did you mean 'share'?")
        #expect(
            try mistake(Chart("c", query: "t", y: ["name"]))?.message
                == "chart 'c' shows 'name', which holds VARCHAR and no numbers"
        )
        #expect(
            try mistake(Chart("c", query: "SELECT name FROM t"))?.message
                == "chart 'c' has no column of numbers to show"
        )
        let unknown = try #require(try mistake(Chart("c", query: "SELECT * FROM tt")))
        #expect(unknown.message.contains("does not bind"))
    }

    @Test func `empty results and every type of x are drawn`() throws {
        for x in [
            "TIMESTAMP '2024-01-01 10:00'", "TIMESTAMPTZ '2024-01-01 10:00'", "1.5::DECIMAL(9, 2)", "true",
            "TIME '10:00'", "NULL", "[1, 2]", "12::HUGEINT",
        ] {
            for kind in Chart.Kind.allCases {
                let picture = try #require(
                    try draw(Chart("c", kind: kind, query: "SELECT \(x) AS x, 1 AS y")).pictures.first
                )
                #expect(picture.drawing.svg(id: "c").text.contains("</svg>"))
                let empty = try #require(
                    try draw(Chart("c", kind: kind, query: "SELECT \(x) AS x, 1 AS y LIMIT 0")).pictures.first
                )
                #expect(empty.marks == 0)
            }
        }
    }

    @Test func `the page is whole: titles escaped, numbers to read, nothing from elsewhere`() throws {
        let report = try draw(Chart("<script>", query: "t", note: "a & b"))
        let page = report.page(project: "p", at: Timestamp(millisecondsSince1970: 0)).text
        #expect(page.contains("<title>R &amp; &lt;D&gt;</title>"))
        #expect(!page.contains("<script"))
        #expect(page.contains("<td>2024-01-01</td>"))
        #expect(page.contains("p · drawn by Pintail at 1970-01-01 00:00 UTC"))
        #expect(!page.contains("src=") && !page.contains("http://") && !page.contains("https://"))
    }
}

import DuckDB
import Foundation
import PintailOrchestrator
import TestSupport
import Testing

@testable import PintailEngine

/// The estimate against what DuckDB's own accounting says of the same rows as a table in memory.
@Suite struct SourceEstimateTests {
    /// Columns of every kind; most with a second row group, so that blocks are counted too.
    static let columns: [(name: String, sql: String)] = [
        ("small integers", "range % 100 AS a, (range % 7)::TINYINT AS b"),
        ("integers", "range AS a, range * 1000003 AS b, -range AS c"),
        ("one integer", "range::INTEGER AS a"),
        ("floats", "sqrt(range) AS a, range / 3 AS b"),
        ("single floats", "sqrt(range)::FLOAT AS a"),
        ("booleans", "range % 2 = 0 AS a, range % 3 = 0 AS b"),
        ("short texts", "substr(md5(range::VARCHAR), 1, 5) AS a"),
        ("long texts", "repeat(md5(range::VARCHAR), 6) AS a, range AS b"),
        ("texts that grow", "repeat('x', (range // 2000)::INTEGER) AS a"),
        ("few texts", "['a long category name', 'b', 'another long category name'][1 + range % 3] AS a"),
        ("Unicode", "repeat('né€𝄞', 1 + (range % 5)::INTEGER) AS a"),
        ("dates", "DATE '2000-01-01' + (range % 9000)::INTEGER AS a"),
        ("timestamps", "TIMESTAMP '2000-01-01 00:00:01' + to_seconds(range) AS a"),
        ("decimals", "(range / 100)::DECIMAL(9, 2) AS a, (range / 100)::DECIMAL(18, 3) AS b"),
        ("wide decimals", "(range / 100)::DECIMAL(38, 3) AS a"),
        ("NULLs", "CASE WHEN range % 3 = 0 THEN range END AS a, CASE WHEN range % 2 = 0 THEN 'text' END AS b"),
        ("a mixture", "range AS id, md5(range::VARCHAR) AS title, range * 0.01 AS price, DATE '2020-01-01' AS day"),
    ]
    static let nested: [(name: String, sql: String)] = [
        ("lists", "[range, range + 1, range + 2] AS a"),
        ("lists of texts", "[md5(range::VARCHAR), 'short'] AS a"),
        ("lists of lists", "[[range], [range, range]] AS a"),
        ("empty lists", "[]::INTEGER[] AS a, range AS b"),
        ("structures", "{'a': range, 'b': md5(range::VARCHAR)} AS a"),
        ("lists of structures", "[{'a': range, 'b': 'x'}, {'a': 1, 'b': md5(range::VARCHAR)}] AS a"),
        ("maps", "map {'k': range, 'l': range + 1} AS a"),
        ("UUIDs and blobs", "uuid() AS a, md5(range::VARCHAR)::BLOB AS b"),
    ]

    @Test(arguments: columns.map(\.name))
    func `of a CSV file, the estimate is within 0.7 and 1.5 of what the table takes`(name: String) throws {
        let measured = try Measured(Self.columns, name, writtenTo: "data.csv")
        measured.expect(0.7...1.5, try measured.estimate("read_csv", .lines([measured.file], hasHeader: true)))
    }

    @Test(arguments: (columns + nested).map(\.name))
    func `of a Parquet file, the estimate is within 0.8 and 1.4 of what the table takes`(name: String) throws {
        let measured = try Measured(Self.columns + Self.nested, name, writtenTo: "data.parquet")
        let estimate = try measured.estimate("read_parquet", .parquet([measured.file.path]))
        measured.expect(0.8...1.4, estimate)
        #expect(estimate.rows == RowCount(Measured.rows))
    }

    @Test(arguments: ["gz", "zst"])
    func `of a packed CSV file, the ratio is measured`(suffix: String) throws {
        let measured = try Measured(Self.columns, "a mixture", writtenTo: "data.csv." + suffix)
        measured.expect(0.7...1.5, try measured.estimate("read_csv", .lines([measured.file], hasHeader: true)))
    }

    @Test func `of NDJSON and of a JSON array, the estimate is within a half and twice`() throws {
        let lines = try Measured(Self.columns, "a mixture", writtenTo: "data.ndjson", options: "(FORMAT json)")
        lines.expect(0.5...2, try lines.estimate("read_json", .lines([lines.file], hasHeader: false)))
        let array = try Measured(
            Self.columns,
            "a mixture",
            writtenTo: "data.json",
            options: "(FORMAT json, ARRAY true)"
        )
        array.expect(0.5...2, try array.estimate("read_json", .records([array.file])))
    }

    @Test func `line ends inside quotes do not count as rows`() throws {
        let columns = [(name: "verse", sql: "range AS a, 'one\ntwo\nthree' AS b")]
        let measured = try Measured(columns, "verse", writtenTo: "data.csv")
        let estimate = try measured.estimate("read_csv", .lines([measured.file], hasHeader: true))
        let rows = try #require(estimate.rows)
        #expect((142_000...158_000).contains(rows.count))
    }

    @Test func `a small file's rows are counted`() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("a,b\n1,x\n2,\"y\nz\"\n3,w", to: "small.csv")
        let estimate = try SourceEstimate.measure(
            EstimatedSource(
                "read_csv(\(literal: path))",
                size: .lines([EstimatedFile(path, size: 20)], hasHeader: true)
            ),
            sampleRows: 1000,
            on: Database().connect()
        )
        #expect(estimate.rows == 3)
    }

    @Test func `nothing to read needs nothing`() throws {
        let empty = EstimatedSource("read_csv('none')", size: .lines([EstimatedFile("none", size: 0)], hasHeader: true))
        let estimate = try SourceEstimate.measure(empty, sampleRows: 1000, on: Database().connect())
        #expect(estimate == SourceEstimate(rows: 0, needed: 0, basis: "nothing to read"))
    }

    @Test func `what another system counted is measured by its first rows`() throws {
        let connection = try Database().connect()
        try connection.execute("CREATE TABLE there AS SELECT range AS a FROM range(50000)")
        let estimate = try SourceEstimate.measure(
            EstimatedSource("there", size: .rows(1_000_000)),
            sampleRows: 1000,
            on: connection
        )
        #expect(estimate.needed.map { (8_000_000...13_000_000).contains($0.count) } == true)
        #expect(estimate.basis == "1,000 rows sampled, 1,000,000 counted by the source")
        let unknown = EstimatedSource("there", size: .rows(nil))
        #expect(try SourceEstimate.measure(unknown, sampleRows: 1000, on: connection).needed == nil)
    }

    @Test func `of many packed files some tell for all`() throws {
        let folder = try TemporaryDirectory()
        let connection = try Database().connect()
        let paths = (0..<50).map { folder.path + "/part\($0).csv.gz" }
        for path in paths {
            try connection.execute(
                "COPY (SELECT range AS a, md5(range::VARCHAR) AS b FROM range(3000)) TO \(literal: path)"
            )
        }
        let files = try paths.map { path in
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return EstimatedFile(path, size: Bytes(size ?? 0))
        }
        let source = EstimatedSource("read_csv(\(literals: paths))", size: .lines(files, hasHeader: true))
        let rows = try #require(try SourceEstimate.measure(source, sampleRows: 1000, on: connection).rows?.count)
        #expect((140_000...160_000).contains(rows))
    }

    @Test func `many Parquet files are measured together`() throws {
        let folder = try TemporaryDirectory()
        let connection = try Database().connect()
        let paths = (0..<20).map { folder.path + "/part\($0).parquet" }
        for (index, path) in paths.enumerated() {
            try connection.execute(
                "COPY (SELECT range AS a, repeat('x', \(literal: index)) AS b FROM range(10000)) TO \(literal: path)"
            )
        }
        let estimate = try SourceEstimate.measure(
            EstimatedSource("read_parquet(\(literals: paths))", size: .parquet(paths)),
            sampleRows: 1000,
            on: connection
        )
        #expect(estimate.basis == "200,000 rows counted by 20 footers, 1,000 sampled in 8 places")
        #expect(estimate.needed.map { (3_000_000...8_000_000).contains($0.count) } == true)
    }

    @Test func `of a Parquet file whose widths are all in the footer, no value is decoded`() throws {
        let (estimate, taken) = try Self.parquet("range AS a, DATE '2026-01-01' AS b, 'text ' || range AS c")
        #expect(estimate.basis == "150,000 rows counted by the footer, and all their widths")
        #expect(estimate.needed.map { (0.9...1.2).contains(Double($0.count) / Double(taken)) } == true)
    }

    @Test func `of a Parquet file, only columns whose widths the footer lacks are sampled`() throws {
        let (estimate, taken) = try Self.parquet(
            "range AS a, ['text', 'text ' || range] AS b, repeat('x', range::INT % 9) AS c"
        )
        #expect(estimate.basis == "150,000 rows counted by the footer, 1,000 sampled in 8 places")
        #expect(estimate.needed.map { (0.8...1.4).contains(Double($0.count) / Double(taken)) } == true)
    }

    @Test func `a column that only some of the Parquet files have is sampled there`() throws {
        let folder = try TemporaryDirectory()
        let connection = try Database().connect()
        let paths = [folder.path + "/1.parquet", folder.path + "/2.parquet"]
        for (path, columns) in zip(paths, ["1 AS a" as SQL, "2 AS a, [range] AS b"]) {
            try connection.execute("COPY (SELECT \(columns) FROM range(10000)) TO \(literal: path)")
        }
        let source = EstimatedSource("read_parquet(\(literals: paths), union_by_name = true)", size: .parquet(paths))
        let estimate = try SourceEstimate.measure(source, sampleRows: 1000, on: connection)
        #expect(estimate.basis == "20,000 rows counted by 2 footers, 1,000 sampled in 8 places")
    }

    /// The estimate of a Parquet file with these columns, and what they take as a table.
    private static func parquet(_ columns: String) throws -> (SourceEstimate, taken: Int64) {
        let measured = try Measured([("these", columns)], "these", writtenTo: "data.parquet")
        return (try measured.estimate("read_parquet", .parquet([measured.file.path])), measured.taken)
    }
}

/// Rows written to a file, with what DuckDB counted for them as a table in memory.
private struct Measured {
    /// More than one row group.
    static let rows: Int64 = 150_000

    let folder: TemporaryDirectory
    let file: EstimatedFile
    /// What `duckdb_memory()` counts for the table.
    let taken: Int64

    init(_ cases: [(name: String, sql: String)], _ name: String, writtenTo file: String, options: SQL = "") throws {
        let columns = try #require(cases.first { $0.name == name }).sql
        folder = try TemporaryDirectory()
        let path = folder.path + "/" + file
        let connection = try Database().connect()
        try connection.execute(
            "CREATE TABLE data AS SELECT \(SQL(verbatim: columns)) FROM range(\(literal: Self.rows))"
        )
        try connection.execute("COPY data TO \(literal: path) \(options)")
        taken = try Self.memory(takenBy: path)
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        self.file = EstimatedFile(path, size: Bytes(size ?? 0))
    }

    /// Reads the file into a database of its own, the way an eager extract would.
    private static func memory(takenBy path: String) throws -> Int64 {
        let connection = try Database().connect()
        try connection.execute("CREATE TABLE data AS FROM \(literal: path)")
        let memory = try connection.value("SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()")
        return Int64(try #require(memory.integer))
    }

    func estimate(_ reader: SQL, _ size: EstimatedSource.Size) throws -> SourceEstimate {
        let source = EstimatedSource("\(reader)(\(literal: file.path))", size: size)
        return try SourceEstimate.measure(source, sampleRows: 1000, on: Database().connect())
    }

    func expect(_ range: ClosedRange<Double>, _ estimate: SourceEstimate) {
        let ratio = Double(estimate.needed?.count ?? 0) / Double(taken)
        #expect(range.contains(ratio), "\(estimate) of \(Bytes(taken)) really taken: \(ratio)")
    }
}

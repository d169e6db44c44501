import Testing

@testable import DuckDB

/// Rows that are added without a statement's text.
@Suite struct AppenderTests {
    @Test func `every kind of value arrives as it is, in a table of any schema`() throws {
        let connection = try Database().connect()
        try connection.execute(
            "CREATE TEMP TABLE \"odd \"\"name\" (number BIGINT, text VARCHAR, truth BOOLEAN, half DOUBLE)"
        )
        let long = String(repeating: "naïve – 標題\n", count: 5000)
        let rows: [[Value]] = [
            [.integer(.min), .text(""), .boolean(true), .number(0.5)],
            [.null, .text(long), .null, .null],
            [.integer(7), .text("a\0b"), .boolean(false), .number(.infinity)],
        ]
        try connection.append(rows, to: TableName("odd \"name", schema: "main", catalog: "temp"))
        #expect(try connection.rows("FROM temp.main.\"odd \"\"name\"") == rows)
    }

    @Test func `more rows than one row group holds come in their order`() throws {
        let connection = try Database().connect()
        try connection.execute("CREATE TABLE numbers (n BIGINT, t VARCHAR)")
        try connection.append(
            (0..<300_000).lazy.map { [.integer($0), $0.isMultiple(of: 3) ? .null : .text("\($0)")] },
            to: TableName("numbers")
        )
        let counts = try connection.rows(
            "SELECT count(*), count(t), count(*) FILTER (n = rowid AND coalesce(t = n::VARCHAR, true)) FROM numbers"
        )
        #expect(counts == [[.integer(300_000), .integer(200_000), .integer(300_000)]])
    }

    @Test func `they go with the transaction that is rolled back`() throws {
        struct Stop: Error {}
        let connection = try Database().connect()
        try connection.execute("CREATE TABLE numbers (n BIGINT)")
        #expect(throws: Stop.self) {
            try connection.transaction { connection in
                try connection.append([[.integer(1)]], to: TableName("numbers"))
                #expect(try connection.value("SELECT count(*) FROM numbers") == .integer(1))
                throw Stop()
            }
        }
        #expect(try connection.value("SELECT count(*) FROM numbers") == .integer(0))
    }

    @Test func `a value that does not fit, and a table that is not there, are said in DuckDB's words`() throws {
        let connection = try Database().connect()
        try connection.execute("CREATE TABLE numbers (n BIGINT NOT NULL)")
        let misfit = #expect(throws: DuckDBError.self) {
            try connection.append([[.text("many")]], to: TableName("numbers"))
        }
        #expect(misfit?.message.contains("'many'") == true, "\(misfit?.message ?? "")")
        #expect(throws: DuckDBError.self) { try connection.append([[.null]], to: TableName("numbers")) }
        let missing = #expect(throws: DuckDBError.self) {
            try connection.append([[.integer(1)]], to: TableName("letters"))
        }
        #expect(missing?.message.contains("letters") == true)
        try connection.append([], to: TableName("numbers"))
        #expect(try connection.value("SELECT count(*) FROM numbers") == .integer(0))
    }
}

import DuckDB

/// Runs statements on a connection and prints what they answer.
struct QueryRunner: Sendable {
    /// Rows that a table's widths are taken from; the rest is cut off or padded to them.
    private static let measuredRows = 1000
    /// Text is written in pieces of about this size.
    private static let pieceBytes = 65_536

    let console: Console
    let output: QueryOutput

    /// Runs one statement; blocks.
    func run(_ statement: String, on connection: borrowing Connection) throws {
        do {
            try answer(statement, on: connection)
        } catch let error as DuckDBError {
            throw error.pointing(into: statement)
        }
    }

    private func answer(_ statement: String, on connection: borrowing Connection) throws {
        let sql = SQL(verbatim: statement)
        let start = ContinuousClock.now
        let described = try connection.describe(sql)
        let wrapped = Wrapped(sql, columns: described, limit: output.limit)
        // What is no query, as CREATE and EXPLAIN, cannot stand in a query's place.
        guard !described.isEmpty, wrapped.isQuery(on: connection) else {
            guard output.format == .table, output.path == nil else { throw NoRowsError(format: output.format) }
            return try runBare(sql, on: connection, start)
        }
        if output.format == .table {
            var result = try connection.stream(wrapped.asText)
            try printTable(described, &result, start)
        } else {
            try QueryExport(output).run(wrapped.limited, on: connection, to: console.output)
        }
    }

    private func runBare(_ sql: SQL, on connection: borrowing Connection, _ start: ContinuousClock.Instant) throws {
        var result = try connection.query(sql)
        let columns = result.columns
        if columns.map(\.name) == ["Count"] || columns.map(\.name) == ["Success"] || columns.isEmpty {
            let changed = columns.first?.name == "Count" ? try result.firstInteger() : nil
            let verb = sql.isCopy ? "copied" : "changed"
            let rows = changed.map { "\(counted($0, "row")) \(verb) in " } ?? "done in "
            return console.note(rows + (ContinuousClock.now - start).spoken)
        }
        if columns.map(\.name) == ["explain_key", "explain_value"] { return try printPlan(&result) }
        try printTable(columns, &result, start)
    }

    /// EXPLAIN draws by itself.
    private func printPlan(_ result: inout QueryResult) throws {
        while let chunk = try result.nextChunk() {
            for row in chunk.texts(of: result.columns) { try console.output.write(row[1] ?? "") }
        }
    }

    private func printTable(
        _ columns: [ResultColumn],
        _ result: inout QueryResult,
        _ start: ContinuousClock.Instant
    ) throws {
        var first: [[String?]] = []
        var isDone = false
        while first.count < Self.measuredRows, !isDone {
            if let chunk = try result.nextChunk() { first += chunk.texts(of: result.columns) } else { isDone = true }
        }
        let table = ResultTable(
            columns.map { ResultTable.Column(name: $0.name, alignsRight: $0.type.isNumeric) },
            rows: first,
            limit: console.output.isTerminal ? console.output.width : nil,
            glyphs: console.glyphs,
            palette: console.output.palette
        )
        var piece = table.head + first.map(table.line).joined()
        var count = first.count
        while !isDone {
            guard let chunk = try result.nextChunk() else { break }
            for row in chunk.texts(of: result.columns) {
                piece += table.line(row)
                if piece.utf8.count > Self.pieceBytes {
                    try console.output.write(piece)
                    piece = ""
                }
            }
            count += chunk.count
        }
        try console.output.write(piece + table.foot)
        let facts = "\(counted(count, "row")) in \((ContinuousClock.now - start).spoken)"
        if !console.isQuiet { try console.print(console.output.palette.paint(facts, .dim)) }
    }
}

/// A statement in a form that does not answer with rows was asked to.
struct NoRowsError: Error {
    let format: QueryFormat
}

/// A query inside another one.
private struct Wrapped {
    /// The query with no more rows than wanted.
    let limited: SQL
    /// The same with every value as text, so that each type prints as DuckDB prints it.
    let asText: SQL

    /// Columns are named by their place, for two may have the same name.
    init(_ query: SQL, columns: [ResultColumn], limit: Int?) {
        let names = columns.indices.map { "c\($0)" }
        let texts = names.map { "CAST(\(identifier: $0) AS VARCHAR)" as SQL }
        let end: SQL = limit.map { " LIMIT \(literal: $0)" } ?? ""
        // The line break ends a comment that the query may end with.
        asText = "SELECT \(list: texts) FROM (\(query)\n) AS t(\(identifiers: names))\(end)"
        limited = limit == nil ? query : "FROM (\(query)\n)\(end)"
    }

    func isQuery(on connection: borrowing Connection) -> Bool {
        do {
            return try !connection.describe(asText).isEmpty
        } catch {
            return false
        }
    }
}

extension SQL {
    /// Whether rows are copied to a file or from one, and none that was there is changed.
    fileprivate var isCopy: Bool { text.split(whereSeparator: \.isWhitespace).first?.lowercased() == "copy" }
}

extension DuckDBError {
    /// The error with its place in what the user wrote, not in what was made of it.
    fileprivate func pointing(into statement: String) -> DuckDBError {
        guard let sql, let offset, sql != statement, let range = sql.firstRange(of: statement) else { return self }
        let start = sql.utf8.distance(from: sql.startIndex, to: range.lowerBound)
        let isInside = offset >= start && offset <= start + statement.utf8.count
        return DuckDBError(
            kind,
            message,
            sql: statement,
            offset: isInside ? offset - start : nil,
            candidates: candidates,
            name: name
        )
    }
}

extension Chunk {
    /// The rows as texts; nil for NULL.
    fileprivate borrowing func texts(of columns: [ResultColumn]) -> [[String?]] {
        var rows = Array(repeating: [String?](), count: count)
        for (place, column) in columns.enumerated() {
            let view = self.column(place)
            for row in 0..<count { rows[row].append(view.isValid(row) ? view.text(row, column.type) : nil) }
        }
        return rows
    }
}

extension ColumnView {
    /// A value as text; only statements that are no queries answer with other types than VARCHAR.
    fileprivate func text(_ row: Int, _ type: LogicalType) -> String {
        switch type {
        case .varchar, .json: strings.string(row)
        case .boolean: String(values(as: Bool.self)[row])
        case .integer: String(values(as: Int32.self)[row])
        case .bigint: String(values(as: Int64.self)[row])
        case .ubigint: String(values(as: UInt64.self)[row])
        case .double: String(values(as: Double.self)[row])
        default: "(\(type))"
        }
    }
}

extension QueryResult {
    fileprivate mutating func firstInteger() throws -> Int? {
        guard columns.first?.type == .bigint, let chunk = try nextChunk(), chunk.count > 0 else { return nil }
        return Int(chunk.column(0).values(as: Int64.self)[0])
    }
}

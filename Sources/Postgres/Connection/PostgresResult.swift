import CPQ
import DuckDB

/// One row of a small answer, every value as the server's text.
package struct PostgresRow: Hashable, Sendable {
    /// The values in the order of the query's columns; `nil` is NULL.
    package let values: [String?]
    private let names: [String]

    fileprivate init(values: [String?], names: [String]) {
        self.values = values
        self.names = names
    }

    /// The value of a column that the query names; `nil` when it is NULL.
    package subscript(_ name: String) -> String? {
        guard let index = names.firstIndex(of: name) else {
            preconditionFailure("the query has no column '\(name)'")
        }
        return values[index]
    }

    /// The value of a column that is never NULL.
    func text(_ name: String) -> String { self[name] ?? "" }

    /// The value of a whole-number column.
    func integer(_ name: String) -> Int { Int(text(name)) ?? 0 }

    /// The value of a boolean column.
    func isTrue(_ name: String) -> Bool { self[name] == "t" }
}

/// libpq's answer to a statement, freed with this value.
@safe struct PostgresResult: ~Copyable {
    private let handle: OpaquePointer?

    init(_ handle: OpaquePointer?) { unsafe self.handle = unsafe handle }

    deinit { unsafe PQclear(handle) }

    var rowsChanged: Int { unsafe Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    var isCopyIn: Bool { unsafe PQresultStatus(handle) == PGRES_COPY_IN }

    var rows: [PostgresRow] {
        let names = unsafe (0..<PQnfields(handle)).map { unsafe String(cString: PQfname(handle, $0)) }
        return unsafe (0..<PQntuples(handle)).map { row in
            PostgresRow(values: names.indices.map { value(row, Int32($0)) }, names: names)
        }
    }

    /// How many rows there are.
    var count: Int { unsafe Int(PQntuples(handle)) }

    /// A value as the server's text; `nil` when it is NULL.
    func text(_ row: Int, _ column: Int) -> String? { value(Int32(row), Int32(column)) }

    /// A whole number; `nil` when it is NULL.
    func integer(_ row: Int, _ column: Int) -> Int? { text(row, column).flatMap { Int($0) } }

    /// What a described statement will answer with.
    var columns: [PostgresConnection.AnswerColumn] {
        unsafe (0..<PQnfields(handle)).map { column in
            unsafe PostgresConnection.AnswerColumn(
                name: String(cString: PQfname(handle, column)),
                typeOID: UInt32(PQftype(handle, column)),
                modifier: Int(PQfmod(handle, column))
            )
        }
    }

    private func value(_ row: Int32, _ column: Int32) -> String? {
        guard unsafe PQgetisnull(handle, row, column) == 0 else { return nil }
        let bytes = unsafe UnsafeBufferPointer(
            start: PQgetvalue(handle, row, column),
            count: Int(PQgetlength(handle, row, column))
        )
        return unsafe String(decoding: UnsafeRawBufferPointer(bytes), as: UTF8.self)
    }

    /// What went wrong, if anything did.
    func error(on connection: OpaquePointer, sql: SQL?) -> PostgresError? {
        switch unsafe PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN, PGRES_EMPTY_QUERY: return nil
        default:
            guard let handle = unsafe handle else {
                return unsafe PostgresError(lostConnection: connection, sql: sql?.text)
            }
            var error = unsafe PostgresError(fieldsOf: handle, sql: sql?.text)
            if error.sqlState == "42501" { error.user = unsafe String(cString: PQuser(connection)) }
            guard error.sqlState == nil, unsafe PQstatus(connection) == CONNECTION_BAD else { return error }
            return unsafe PostgresError(lostConnection: connection, sql: sql?.text)
        }
    }
}

extension PostgresError {
    /// Reads what the server reported.
    init(fieldsOf result: OpaquePointer, sql: String?) {
        func field(_ code: Character) -> String? {
            let text = unsafe PQresultErrorField(result, Int32(code.asciiValue ?? 0))
            return unsafe text.map { unsafe String(cString: $0) }
        }
        // https://www.postgresql.org/docs/current/protocol-error-fields.html
        self.init(
            unsafe field("M") ?? String(cString: PQresultErrorMessage(result)).trimmed,
            sqlState: field("C"),
            hint: field("H"),
            sql: sql
        )
        severity = field("V") ?? field("S")
        detail = field("D")
        position = field("P").flatMap { Int($0) }
        schema = field("s")
        table = field("t")
        column = field("c")
        constraint = field("n")
        context = field("W")
    }

    /// Says that the server is gone, in libpq's words.
    init(lostConnection connection: OpaquePointer, sql: String?) {
        self.init(unsafe String(cString: PQerrorMessage(connection)).trimmed, sql: sql)
        // What the server said before it hung up, while nothing was asked of it.
        if message.hasPrefix("FATAL:  ") { message = String(message.dropFirst(8).prefix { $0 != ";" }) }
        if message.hasSuffix("idle-in-transaction timeout") {
            sqlState = "25P03"
            return
        }
        guard unsafe PQstatus(connection) == CONNECTION_BAD else { return }
        let place = unsafe ConnectionFailure(.lost, of: connection)
        connectionFailure = place
        hint = place.reason.hint(place)
    }
}

extension String {
    /// Without white space at the end, and as one line.
    var trimmed: String {
        let lines = split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " || $0 == "\t" } }
        return lines.filter { !$0.isEmpty }.joined(separator: "; ")
    }
}

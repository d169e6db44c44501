import DuckDB
import PintailOrchestrator
import PintailProject
import Postgres

/// A table of a Postgres server, or what a query that the server answers gives.
struct PostgresSource: RowSource {
    /// What is read of the server.
    enum Subject: Hashable {
        case table(TableName)
        case query(String, connection: String)
    }

    private let subject: Subject
    let name: String
    private let server: Server
    private let secrets: Redactor
    private let cursor: (column: String, last: String)?
    private let renaming: ([String]) throws -> [String]
    private var numbers: SQL?
    private var planned: EstimatedSource.Size = .rows(nil)
    private var lookedAgain = false
    private(set) var columns: [ResultColumn] = []

    /// How the server is asked what DuckDB does not ask.
    private struct Server {
        let parameters: ConnectionParameters
        let canceller: LoadCanceller

        func connect() throws(PostgresError) -> PostgresConnection {
            let connection = try PostgresConnection(parameters)
            canceller.add(connection.canceller)
            return connection
        }
    }

    /// Connects, and asks for the columns.
    ///
    /// - Parameter cursor: rows up to its last value are not asked for, where the server can leave them out.
    init(
        _ subject: Subject,
        connection name: String,
        _ extract: Extract,
        cursor: CursorFilter?,
        _ workspace: Workspace,
        _ canceller: LoadCanceller,
        _ connection: borrowing Connection
    ) throws {
        guard case .postgres(let settings)? = workspace.project.connections[name] else {
            throw StepError("'\(name)' is no connection to a Postgres server")
        }
        self.subject = subject
        self.name = name
        secrets = workspace.secrets
        server = Server(parameters: ConnectionParameters(settings), canceller: canceller)
        self.cursor = cursor.flatMap { cursor in cursor.last.map { (cursor.column, $0) } }
        renaming = { try ColumnNames.renamed($0, by: extract.rename, at: extract.locations) }
        try workspace.attach(name, on: connection)
        do {
            columns = try connection.describe("FROM \(rows)")
            try look()
            if numbers != nil { columns = try connection.describe("FROM \(rows)") }
        } catch let error as DuckDBError {
            throw explain(error, connection)
        } catch let error as PostgresError {
            throw explain(error)
        }
    }

    var rows: SQL {
        if let numbers { return "postgres_query(\(literal: name), \(literal: numbers.text))" }
        switch subject {
        case .table(let table): return "\(table: table)"
        case .query(let sql, let connection):
            // The reader puts the query between parentheses, of which a comment at the end would swallow one.
            let closed = sql.contains("--") ? "SELECT * FROM (\n\(sql.withoutStatementEnd)\n) AS pintail" : sql
            return "postgres_query(\(literal: connection), \(literal: closed))"
        }
    }

    /// What the server is to answer, in its own words.
    private var text: SQL {
        switch subject {
        case .table(let table): "SELECT * FROM \(table: TableName(table.name, schema: table.schema))"
        case .query(let sql, _): SQL(verbatim: sql.withoutStatementEnd)
        }
    }

    /// Has the server say how much there is, and what holds its numbers.
    private mutating func look() throws {
        let connection = try server.connect()
        var query = try ServerQuery(text, over: connection)
        if let cursor, let index = try renaming(query.columns.map(\.name)).firstIndex(of: cursor.column) {
            query.skip(upTo: cursor.last, column: index)
        }
        if let plan = try query.estimate(over: connection) { planned = .planned(plan.rows, width: plan.width) }
        numbers = try NumericColumns(query, over: connection).query(for: query)
    }

    var warnings: [String] { [] }
    var facts: [String: JSONValue] { ["format": "postgres", "connection": .string(name)] }
    var estimatedSize: EstimatedSource.Size? { planned }

    /// Numbers that came since the server looked at them are looked at once more.
    mutating func recover(from error: DuckDBError, _ connection: borrowing Connection) throws -> Bool {
        guard !lookedAgain, error.message.contains(NumericColumns.marker) || error.message.contains("field overflow")
        else { return false }
        lookedAgain = true
        do {
            try look()
        } catch let error as PostgresError {
            throw explain(error)
        }
        columns = try connection.describe("FROM \(rows)")
        return true
    }

    func explain(_ error: DuckDBError, _ connection: borrowing Connection) -> any Error {
        let said = secrets.redact(error.message).split(separator: "\n").prefix(3).joined(separator: "; ")
        let isLost = ["closed the connection", "connection to server", "no connection"].contains { said.contains($0) }
        let isForbidden = said.contains("permission denied")
        let meant =
            error.candidates.first.map { "did you mean '\($0)'?" }
            ?? (isForbidden ? Self.grant : nil)
        return StepError("\(what): \(said)", hint: meant, isTransient: isLost || error.isTransient)
    }

    private func explain(_ error: PostgresError) -> any Error {
        if error.isCancellation, Task.isCancelled { return CancellationError() }
        let hint = error.sqlState == "42501" ? Self.grant : error.hint
        return StepError("\(what): \(secrets.redact(error.message))", hint: hint, isTransient: error.isTransient)
    }

    private static let grant = "GRANT SELECT to the user, or connect as the table's owner"

    private var what: String {
        switch subject {
        case .table(let table): "cannot read \(table)"
        case .query: "the query on '\(name)' failed"
        }
    }
}

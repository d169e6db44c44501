import DuckDB
import PintailOrchestrator
import PintailProject

/// A table of a Postgres server, or what a query that the server answers gives.
struct PostgresSource: RowSource {
    /// What is read of the server.
    enum Subject: Hashable {
        case table(TableName)
        case query(String, connection: String)
    }

    private let subject: Subject
    let name: String
    private let secrets: Redactor
    private(set) var columns: [ResultColumn] = []
    private(set) var warnings: [String] = []

    /// Connects, and asks for the columns.
    init(_ subject: Subject, connection name: String, _ workspace: Workspace, _ connection: borrowing Connection) throws
    {
        self.subject = subject
        self.name = name
        secrets = workspace.secrets
        try workspace.attach(name, on: connection)
        do {
            columns = try connection.describe("FROM \(rows)")
            warnings = try wideNumbers(connection).map(Self.warning)
        } catch {
            throw explain(error, connection)
        }
    }

    var rows: SQL {
        switch subject {
        case .table(let table): "\(table: table)"
        case .query(let sql, let connection): "postgres_query(\(literal: connection), \(literal: sql))"
        }
    }

    /// The table's columns whose numbers may have more digits than any type of DuckDB, which reads them as DOUBLE.
    ///
    /// https://duckdb.org/docs/stable/core_extensions/postgres
    private func wideNumbers(_ connection: borrowing Connection) throws(DuckDBError) -> [String] {
        guard case .table(let table) = subject, columns.contains(where: { $0.type == .double }) else { return [] }
        let name = table.schema.map { "\(identifier: $0).\(identifier: table.name)" as SQL }
        let regclass = (name ?? "\(identifier: table.name)").text
        let catalog: SQL = """
            SELECT attname::text AS name FROM pg_attribute
            WHERE attrelid = to_regclass(\(literal: regclass)) AND atttypid = 'numeric'::regtype AND attnum > 0
            AND (atttypmod < 4 OR ((atttypmod - 4) >> 16) & 65535 > 38) ORDER BY attnum
            """
        return try connection.texts("SELECT name FROM postgres_query(\(literal: self.name), \(literal: catalog.text))")
    }

    private static func warning(_ column: String) -> String {
        """
        column '\(column)' is numeric of any precision: of each number about 15 digits are kept, and NaN is read as 0; \
        read it by a query that casts it, as in \(column)::numeric(38, 10) or \(column)::text
        """
    }

    var facts: [String: JSONValue] { ["format": "postgres", "connection": .string(name)] }
    // The server's own count of rows is an estimate that costs nothing, but lies after a bulk load.
    var estimatedSize: EstimatedSource.Size? { .rows(nil) }

    func explain(_ error: DuckDBError, _ connection: borrowing Connection) -> any Error {
        let what =
            switch subject {
            case .table(let table): "cannot read \(table)"
            case .query: "the query on '\(name)' failed"
            }
        let said = secrets.redact(error.message).split(separator: "\n").prefix(3).joined(separator: "; ")
        let isLost = ["closed the connection", "connection to server", "no connection"].contains { said.contains($0) }
        let isForbidden = said.contains("permission denied")
        let meant =
            error.candidates.first.map { "did you mean '\($0)'?" }
            ?? (isForbidden ? "GRANT SELECT to the user, or connect as the table's owner" : nil)
        return StepError("\(what): \(said)", hint: meant, isTransient: isLost || error.isTransient)
    }
}

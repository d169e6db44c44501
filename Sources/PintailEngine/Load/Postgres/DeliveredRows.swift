import DuckDB
import Postgres

/// What a load left in its table, noted in the project's database: hashes of its rows, and what the table then came to.
///
/// As long as the server's table comes to the same, a row with a noted hash is there just so, and is neither sent nor
/// compared. The note alone proves nothing: the server sums its table up each time, and where anything differs, by
/// anybody's hand, all rows are compared as if there were no note.
struct DeliveredRows {
    private let load: String
    private let rows: LinkedRows
    /// The load's columns, key and rules: a note under others speaks of other rows.
    private let terms: String

    init(_ load: String, _ rows: LinkedRows) {
        self.load = load
        self.rows = rows
        let plan = rows.plan
        let columns = plan.load.columns.map { "\($0.source) \($0.target) \($0.conversion)" }
        let all = ["1"] + columns + plan.generated + [plan.load.key.description, "\(plan.rules)"]
        terms = all.joined(separator: "\n")
    }

    /// Below this comparing is as quick as asking.
    static let worthwhileRows = 10_000

    /// The last load's note.
    struct Note {
        let digest: TableDigest
        /// The number of rows and the sum of their hashes.
        fileprivate let content: String
    }

    private static let notes: SQL = "_pintail.delivered"
    private var name: String { "delivered: \(load)" }

    /// The hashes of the rows that the note speaks of.
    var hashes: SQL { "_pintail.\(identifier: name)" }

    /// The note of this load, if there is one under the same terms.
    func note(_ connection: borrowing Connection) throws -> Note? {
        let found = try connection.texts(
            """
            SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = '_pintail'
            AND table_name IN ('delivered', \(literal: name))
            """
        )
        guard found.count == 2 else { return nil }
        let row = try connection.rows(
            "SELECT digest, content FROM \(Self.notes) WHERE load = \(literal: load) AND terms = \(literal: terms)"
        ).first
        return row.map { Note(digest: TableDigest($0[0].text ?? ""), content: $0[1].text ?? "") }
    }

    /// Whether the note speaks of just these rows, no more and no fewer.
    func areAll(of note: Note, _ connection: borrowing Connection) throws -> Bool {
        try content(of: "(\(rows.hashes))", connection) == note.content
    }

    /// Notes the rows with what the table came to by them; part of the transaction that ends when the server has committed.
    func write(_ digest: TableDigest, _ connection: borrowing Connection) throws {
        try connection.execute("CREATE OR REPLACE TABLE \(hashes) AS \(rows.hashes)")
        let content = try content(of: hashes, connection)
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS \(Self.notes) (
                load VARCHAR PRIMARY KEY, terms VARCHAR NOT NULL, digest VARCHAR NOT NULL, content VARCHAR NOT NULL);
            INSERT OR REPLACE INTO \(Self.notes)
            VALUES (\(literal: load), \(literal: terms), \(literal: digest.text), \(literal: content))
            """
        )
    }

    /// Forgets what was noted.
    func forget(_ connection: borrowing Connection) throws {
        try connection.execute("DELETE FROM \(Self.notes) WHERE load = \(literal: load)")
    }

    private func content(of hashes: SQL, _ connection: borrowing Connection) throws -> String {
        try connection.value("SELECT concat_ws(' ', count(*), sum(pintail_hash)) FROM \(hashes)").text ?? ""
    }
}

import DuckDB
import PintailOrchestrator
import Postgres

/// What a load left in its table, noted in the project's database: hashes of its rows, and what the table then came to.
///
/// As long as the server's table comes to the same, a row with a noted hash is there just so, and is neither sent nor
/// compared. When the source and the tables that are referred to come to the same as well, nothing is even looked up.
/// The note alone proves nothing: the server sums its tables up each time, and where anything differs, by anybody's
/// hand, all rows are compared as if there were no note.
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
        let references = plan.outward.map { "\($0.reference)" }
        let all = columns + references + plan.generated + [plan.load.key.description, "\(plan.rules)"]
        terms = all.joined(separator: "\n")
    }

    /// Below this comparing is as quick as asking.
    static let worthwhileRows = 10_000

    /// The last load's note.
    struct Note {
        /// What the table came to.
        let digest: TableDigest
        /// What the tables came to that are referred to; `nil` when that was not known for certain.
        let parents: String?
        /// How many rows came, were outdone, and were put aside.
        let counts: Counts
        /// The number of rows and the sum of their hashes.
        fileprivate let content: String
        /// What the source came to.
        fileprivate let source: String
        /// The run whose rows stand in the quarantine.
        fileprivate let run: String
    }

    /// What became of a source's rows, apart from those that were taken.
    struct Counts {
        let rows: Int
        let superseded: Int
        let quarantined: Int
    }

    /// What is noted on our side, made while the server is at work.
    struct Draft {
        fileprivate let content: String
        fileprivate let source: String
    }

    private static let notes: SQL = "_pintail.deliveries"
    private var name: String { "delivered: \(load)" }

    /// The hashes of the rows that the note speaks of.
    var hashes: SQL { "_pintail.\(identifier: name)" }

    /// The note of this load, if there is one under the same terms.
    func note(_ connection: borrowing Connection) throws -> Note? {
        let found = try connection.texts(
            """
            SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = '_pintail'
            AND table_name IN ('deliveries', \(literal: name))
            """
        )
        guard found.count == 2 else { return nil }
        let row = try connection.rows(
            """
            SELECT digest, content, source, parents, run, rows, superseded, quarantined FROM \(Self.notes)
            WHERE load = \(literal: load) AND terms = \(literal: terms)
            """
        ).first
        guard let row else { return nil }
        return Note(
            digest: TableDigest(row[0].text ?? ""),
            parents: row[3].text,
            counts: Counts(
                rows: row[5].integer ?? 0,
                superseded: row[6].integer ?? 0,
                quarantined: row[7].integer ?? 0
            ),
            content: row[1].text ?? "",
            source: row[2].text ?? "",
            run: row[4].text ?? ""
        )
    }

    /// Whether the source comes to what it came to.
    func isSource(of note: Note, _ connection: borrowing Connection) throws -> Bool {
        try rows.fingerprint(isOrdered: note.counts.superseded > 0, connection) == note.source
    }

    /// Whether the note speaks of just these rows, no more and no fewer.
    func areAll(of note: Note, _ connection: borrowing Connection) throws -> Bool {
        try content(of: "(\(rows.hashes))", connection) == note.content
    }

    /// Lets the note, and the rows that were put aside, be this run's; `false` when some of them are there no more.
    func renew(_ note: Note, for run: RunID, _ connection: borrowing Connection) throws -> Bool {
        let isWhole = try Quarantine.keep(
            note.counts.quarantined,
            of: load,
            by: "load:" + load,
            from: note.run,
            for: run,
            connection
        )
        guard isWhole else { return false }
        try connection.execute(
            "UPDATE \(Self.notes) SET run = \(literal: run.name) WHERE load = \(literal: load)"
        )
        return true
    }

    /// Keeps the hashes of the rows; part of the transaction that ends when the server has committed.
    ///
    /// - Parameter isOrdered: whether the order of the rows decides which of them are taken.
    func draft(isOrdered: Bool, _ connection: borrowing Connection) throws -> Draft {
        try connection.execute("CREATE OR REPLACE TABLE \(hashes) AS \(rows.hashes)")
        return Draft(
            content: try content(of: hashes, connection),
            source: try rows.fingerprint(isOrdered: isOrdered, connection)
        )
    }

    /// The draft of a note about rows that another one speaks of, too.
    func draft(keeping note: Note, isOrdered: Bool, _ connection: borrowing Connection) throws -> Draft {
        Draft(content: note.content, source: try rows.fingerprint(isOrdered: isOrdered, connection))
    }

    /// Notes the rows with what the table came to by them.
    func write(
        _ draft: Draft,
        _ digest: TableDigest,
        parents: String?,
        _ counts: Counts,
        run: RunID,
        _ connection: borrowing Connection
    ) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS \(Self.notes) (
                load VARCHAR PRIMARY KEY, terms VARCHAR NOT NULL, digest VARCHAR NOT NULL, content VARCHAR NOT NULL,
                source VARCHAR NOT NULL, parents VARCHAR, run VARCHAR NOT NULL,
                rows BIGINT NOT NULL, superseded BIGINT NOT NULL, quarantined BIGINT NOT NULL);
            INSERT OR REPLACE INTO \(Self.notes) VALUES (
                \(literal: load), \(literal: terms), \(literal: digest.text), \(literal: draft.content),
                \(literal: draft.source), \(parents.map { "\(literal: $0)" } ?? "NULL"), \(literal: run.name),
                \(literal: counts.rows), \(literal: counts.superseded), \(literal: counts.quarantined))
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

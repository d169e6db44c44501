import DuckDB
import PintailOrchestrator
import PintailProject

/// The rows of one replay, numbered, on their way back into their table.
///
/// `picked` has them as they were put aside; `typed` those that could be read again, in the table's columns; `broken` those
/// that cannot go through, with what is wrong. All are temporary tables of the connection.
struct AsideRows {
    private let replay: Replay
    /// The table's columns.
    let columns: [ResultColumn]
    /// How many rows were asked for.
    let count: Int
    /// Warnings for the user.
    private(set) var warnings: [String] = []

    static let picked: SQL = "temp.main.\(identifier: "pintail: picked")"
    static let typed: SQL = "temp.main.\(identifier: "pintail: typed")"
    static let broken: SQL = "temp.main.\(identifier: "pintail: broken")"
    private static let taken: SQL = "temp.main.\(identifier: "pintail: taken")"
    /// The number of a row among those that were asked for, in the order in which they were put aside.
    static let number: SQL = "\(identifier: "pintail: number")"

    /// Finds the rows that are asked for; loads' own are not among them.
    init(_ replay: Replay, _ connection: borrowing Connection) throws(DuckDBError) {
        self.replay = replay
        columns = try connection.describe("FROM \(table: TableName(replay.table))")
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(identifier: "pintail: picked") AS
            SELECT row_number() OVER (ORDER BY rowid) AS \(Self.number), quarantine_id, file, raw, raw_form, run_id
            FROM \(table: replay.aside)
            WHERE \(replay.asked) AND raw IS NOT NULL AND NOT \(Quarantine.isOfLoad(replay.table));
            CREATE OR REPLACE TEMP TABLE \(identifier: "pintail: typed") AS
            SELECT CAST(0 AS BIGINT) AS \(Self.number), * FROM \(table: TableName(replay.table)) LIMIT 0;
            CREATE OR REPLACE TEMP TABLE \(identifier: "pintail: broken") (
                \(Self.number) BIGINT, broken \(BrokenRule.list), raw VARCHAR, node VARCHAR);
            CREATE OR REPLACE TEMP TABLE \(identifier: "pintail: taken") (\(Self.number) BIGINT)
            """
        )
        count = try connection.value("SELECT count(*) FROM \(Self.picked)").integer ?? 0
    }

    /// Drops what was only for this replay.
    func forget(_ connection: borrowing Connection) {
        for table in [Self.picked, Self.typed, Self.broken, Self.taken] {
            // The connection ends with the step, and they with it.
            _ = try? connection.execute("DROP TABLE IF EXISTS \(table)")
        }
    }

    /// Reads rows again that an extract could not read, or not as the types it was given.
    mutating func read(
        by extract: Extract,
        _ workspace: Workspace,
        _ spool: Spool,
        _ connection: borrowing Connection
    ) throws {
        let lines = AsideLines(extract: extract, workspace: workspace, spool: spool, columns: columns)
        warnings += try lines.read(connection)
        try AsideRecords(extract: extract, columns: columns).read(connection)
    }

    /// Makes rows of the table out of those that were rows of it before.
    func readJSON(_ connection: borrowing Connection) throws(DuckDBError) {
        let values = columns.map { RawRow.value(of: $0, in: "raw") }
        let tests = zip(columns, values).filter { $0.0.type != .varchar }.map { column, value in
            // What somebody mended may be of no type.
            "WHEN TRY(\(value)) IS NULL AND \(RawRow.text(of: column.name, in: "raw")) IS NOT NULL THEN \(misfit(column))"
                as SQL
        }
        let rows: SQL = "\(Self.picked) WHERE raw_form = 'row'"
        if !tests.isEmpty {
            try connection.execute(
                """
                INSERT INTO \(Self.broken) SELECT \(Self.number), [broken], NULL, NULL FROM (
                    SELECT \(Self.number), CASE \(tests, separator: " ") END AS broken FROM \(rows)) WHERE broken IS NOT NULL
                """
            )
        }
        let named = zip(columns, values).map { "\($1) AS \(identifier: $0.name)" as SQL }
        try connection.execute(
            """
            INSERT INTO \(Self.typed) BY NAME SELECT \(Self.number), \(list: named) FROM \(rows)
            AND \(Self.number) NOT IN (SELECT \(Self.number) FROM \(Self.broken))
            """
        )
    }

    private func misfit(_ column: ResultColumn) -> SQL {
        let text = RawRow.text(of: column.name, in: "raw")
        let type = column.type.description
        return BrokenRule(
            column: "\(literal: column.name)",
            rule: "'type'",
            value: text,
            reason: "'''' || left(\(text), 100) || \(literal: "' is no \(type)")"
        ).sql
    }

    /// Finds the rows that a later run has taken: they stand in the table already, just so.
    ///
    /// Rows that the table's last run put aside are not among them, whatever they look like.
    func findTaken(_ lastRun: RunID?, _ connection: borrowing Connection) throws(DuckDBError) {
        let older: SQL = lastRun.map { "run_id <> \(literal: $0.name)" } ?? "true"
        let names = columns.map(\.name)
        let same = names.map { "t.\(identifier: $0) IS NOT DISTINCT FROM o.\(identifier: $0)" as SQL }
        let old: SQL = "(FROM \(Self.typed) SEMI JOIN (FROM \(Self.picked) WHERE \(older)) USING (\(Self.number)))"
        guard try connection.value("SELECT count(*) FROM \(old)").integer ?? 0 > 0 else { return }
        try connection.execute(
            """
            INSERT INTO \(Self.taken)
            SELECT o.\(Self.number) FROM (
                SELECT *, row_number() OVER (PARTITION BY \(identifiers: names) ORDER BY \(Self.number)) AS "pintail: nth"
                FROM \(old)) AS o
            JOIN (
                SELECT \(identifiers: names), count(*) AS "pintail: times" FROM \(table: TableName(replay.table)) AS t
                SEMI JOIN \(old) AS o ON \(same, separator: " AND ") GROUP BY ALL) AS t
            ON \(same, separator: " AND ") AND o."pintail: nth" <= t."pintail: times"
            """
        )
    }

    /// The rows to be added to the table.
    var good: SQL {
        """
        SELECT * EXCLUDE (\(Self.number)) FROM \(Self.typed)
        WHERE \(Self.number) NOT IN (FROM \(Self.taken)) ORDER BY \(Self.number)
        """
    }

    /// Learns which of the staged rows a check has put aside again, and why.
    ///
    /// They are known by what they hold: rows that are alike in everything may stand for one another.
    func takeVerdicts(of table: String, _ staging: TableName, _ connection: borrowing Connection) throws {
        let aside = Quarantine.staging(for: table)
        guard try StagedTable.kind(of: aside, connection) != nil else { return }
        let columns = try connection.describe("FROM \(table: staging)")
        let judged = try connection.execute(
            """
            INSERT INTO \(Self.broken)
            SELECT t.\(Self.number), q.broken, q.raw, q.node FROM (
                SELECT *, row_number() OVER (PARTITION BY raw ORDER BY quarantine_id) AS nth FROM \(table: aside)) AS q
            JOIN (
                SELECT \(Self.number), raw, row_number() OVER (PARTITION BY raw ORDER BY \(Self.number) DESC) AS nth FROM (
                    SELECT \(Self.number), \(RawRow.json(columns, of: "t")) AS raw FROM \(Self.typed) AS t
                    WHERE \(Self.number) NOT IN (FROM \(Self.taken)))) AS t
            ON q.raw = t.raw AND q.nth = t.nth
            """
        )
        let all = try connection.value("SELECT count(*) FROM \(table: aside)").integer ?? 0
        guard judged == all else {
            throw StepError(
                "\(all - judged) rows that a check put aside could not be recognised",
                dataState: "nothing was changed"
            )
        }
    }

    /// Marks the rows that went through and notes what is wrong with the others, in the transaction that is open.
    func mark(_ run: RunID, _ connection: borrowing Connection) throws(DuckDBError) -> ReplayCounts {
        var counts = ReplayCounts()
        counts.taken = try connection.value("SELECT count(*) FROM \(Self.taken)").integer ?? 0
        counts.replayed = try connection.execute(
            """
            UPDATE \(table: replay.aside) AS q SET replayed_at = now(), replayed_by = \(literal: run.name)
            FROM \(Self.picked) AS p WHERE p.quarantine_id = q.quarantine_id
            AND p.\(Self.number) IN (SELECT \(Self.number) FROM \(Self.typed))
            AND p.\(Self.number) NOT IN (SELECT \(Self.number) FROM \(Self.broken))
            """
        )
        try connection.execute(
            """
            UPDATE \(table: replay.aside) AS q SET broken = b.broken, raw = coalesce(b.raw, q.raw),
                raw_form = CASE WHEN b.raw IS NULL THEN q.raw_form ELSE 'row' END, node = coalesce(b.node, q.node)
            FROM \(Self.broken) AS b JOIN \(Self.picked) AS p USING (\(Self.number))
            WHERE p.quarantine_id = q.quarantine_id
            """
        )
        counts.broken = try Quarantine.firstRules(of: Self.broken, connection)
        return counts
    }
}

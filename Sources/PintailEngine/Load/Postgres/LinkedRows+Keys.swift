import DuckDB
import PintailOrchestrator
import Postgres

/// What the rows' keys come to: how many rows there are, and which are outdone by others with the same key.
extension LinkedRows {
    /// What was counted, and how many rows were put aside by then.
    struct KeySurvey {
        fileprivate var rows: Int
        fileprivate let absent: Int
        fileprivate let twice: Int
        fileprivate let aside: Int
    }

    /// Counts the rows and their keys; `nil` where keys are among what is looked up, or cannot be told before it is.
    ///
    /// May be asked while names are looked up: rows that are put aside later are taken off by ``count(_:_:)``. So many
    /// rows that the keys fill DuckDB's memory are better counted when nothing else is in it.
    func surveyEarly(_ connection: borrowing Connection, _ budget: MemoryBudget) throws -> KeySurvey? {
        let lookedUp = plan.outward.map(\.column) + (plan.inward.map { [$0.column] } ?? [])
        guard !plan.keyColumns.isEmpty, keyNames.isDisjoint(with: lookedUp),
            let count = estimatedRows, Int64(count) * Self.keyBytes <= budget.duckDBLimit.count
        else { return nil }
        return try survey(connection)
    }

    /// How many rows there are, how many without a key, and which are outdone by others with the same.
    func count(_ early: KeySurvey?, _ connection: borrowing Connection) throws -> (rows: Int, superseded: Int) {
        let keys = plan.keyColumns.map(\.name)
        guard !keys.isEmpty else {
            let count: SQL = "SELECT count(*) FROM \(numbered) ANTI JOIN \(aside) USING (pintail_row)"
            return (try connection.value(count).integer ?? 0, 0)
        }
        var found = try early ?? survey(connection)
        let aside = try asideCount(connection)
        // Those without a key may be among those that were put aside since.
        if found.absent > 0, found.aside < aside { found = try survey(connection) }
        if found.absent > 0 { throw MissingKeyValues(key: plan.load.key, rows: found.absent) }
        let rows = found.rows - (aside - found.aside)
        guard plan.isKeyExact, found.twice > 0 else { return (rows, 0) }
        return (rows, try outdo(keys, connection))
    }

    /// One pass tells all three: how many, how many without a key, and which hashes come more than once.
    private func survey(_ connection: borrowing Connection) throws -> KeySurvey {
        let keys = plan.keyColumns.map(\.name)
        let absent = keys.map { "\(identifier: $0) IS NULL" as SQL }
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(identifier: "pintail: seen \(place)") AS
            SELECT sum(n)::BIGINT AS rows, sum(absent)::BIGINT AS absent, list(h) FILTER (n > 1) AS twice FROM (
                SELECT hash(\(identifiers: keys)) AS h, count(*) AS n, count(*) FILTER (\(absent, separator: " OR ")) AS absent
                FROM (\(projection(of: .taken, only: keyNames))) GROUP BY h)
            """
        )
        let counts = try connection.rows("SELECT rows, absent, len(twice) FROM \(seen)")[0].map { $0.integer ?? 0 }
        return KeySurvey(rows: counts[0], absent: counts[1], twice: counts[2], aside: try asideCount(connection))
    }

    /// What a key's hash and its two counts take in DuckDB's table of groups.
    private static let keyBytes: Int64 = 64

    private var seen: SQL { "temp.main.\(identifier: "pintail: seen \(place)")" }

    /// The columns that decide which rows are the same, and which of them is taken.
    private var keyNames: Set<String> { Set(plan.keyColumns.map(\.name) + [duplicateColumn].compactMap(\.self)) }

    /// Finds the rows that another one with the same key outdoes; only those whose key's hash comes twice are compared.
    private func outdo(_ keys: [String], _ connection: borrowing Connection) throws -> Int {
        let newest: SQL = duplicateColumn.map { "\(identifier: $0) DESC NULLS LAST," } ?? ""
        return try connection.execute(
            """
            INSERT INTO \(outdone) SELECT pintail_row FROM (
                SELECT pintail_row, row_number() OVER (PARTITION BY \(identifiers: keys) ORDER BY \(newest) pintail_row DESC) AS n
                FROM (\(projection(of: .taken, only: keyNames)))
                WHERE hash(\(identifiers: keys)) IN (SELECT unnest(twice) FROM \(seen)))
            WHERE n > 1
            """
        )
    }

    /// The column that decides between rows with one key, as the projection has it.
    private var duplicateColumn: String? {
        plan.rules.newestOfDuplicates.flatMap { name in
            plan.load.columns.first { $0.target.name == name }?.source.name
        }
    }
}

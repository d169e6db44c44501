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
    /// May be asked while names are looked up: rows that are put aside later are taken off by ``count(_:_:_:)``. So many
    /// rows that their hashes fill DuckDB's memory are better counted when nothing else is in it.
    func surveyEarly(_ connection: borrowing Connection, _ budget: MemoryBudget) throws -> KeySurvey? {
        let lookedUp = plan.outward.map(\.column) + (plan.inward.map { [$0.column] } ?? [])
        guard !plan.keyColumns.isEmpty, keyNames.isDisjoint(with: lookedUp),
            let count = estimatedRows, budget.holds(rows: count, of: Self.hashBytes, inShare: 4)
        else { return nil }
        return try survey(connection, budget)
    }

    /// How many rows there are, how many without a key, and which are outdone by others with the same.
    func count(
        _ early: KeySurvey?,
        _ connection: borrowing Connection,
        _ budget: MemoryBudget
    ) throws -> (rows: Int, superseded: Int) {
        let keys = plan.keyColumns.map(\.name)
        guard !keys.isEmpty else {
            let count: SQL = "SELECT count(*) FROM \(numbered) ANTI JOIN \(aside) USING (pintail_row)"
            return (try connection.value(count).integer ?? 0, 0)
        }
        var found = try early ?? survey(connection, budget)
        let aside = try asideCount(connection)
        // Those without a key may be among those that were put aside since.
        if found.absent > 0, found.aside < aside { found = try survey(connection, budget) }
        if found.absent > 0 { throw MissingKeyValues(key: plan.load.key, rows: found.absent) }
        let rows = found.rows - (aside - found.aside)
        guard plan.isKeyExact, found.twice > 0 else { return (rows, 0) }
        return (rows, try outdo(keys, connection))
    }

    /// Tells how many rows there are, how many of them without a key, and which hashes of keys come more than once.
    ///
    /// A table of all hashes and how often each comes would take eight times what the hashes take, and more than DuckDB's
    /// limit while it is written to disk: hashes are stored by themselves, and only those counted that may come again.
    private func survey(_ connection: borrowing Connection, _ budget: MemoryBudget) throws -> KeySurvey {
        let keys = plan.keyColumns.map(\.name)
        let absent = keys.map { "\(identifier: $0) IS NULL" as SQL }
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(keyHashes) AS
            SELECT \(keyHash) AS h, \(absent, separator: " OR ") AS absent
            FROM (\(projection(of: .taken, only: keyNames)));
            CREATE OR REPLACE TEMP TABLE \(twice) (h BIGINT)
            """
        )
        let counts = try connection.rows("SELECT count(*), count(*) FILTER (absent) FROM \(keyHashes)")[0]
            .map { $0.integer ?? 0 }
        let share = max(1, min(budget.duckDBLimit.count / 2, Self.mostBytes))
        let parts = min(Self.mostParts, Int(Int64(counts[0]) * Self.groupBytes / share) + 1)
        var repeated = 0
        for part in 0..<parts {
            let those: SQL = parts == 1 ? "true" : "h % \(literal: parts) = \(literal: part)"
            guard try storeRepeated(those, of: counts[0] / parts, connection) else { continue }
            repeated += try connection.execute(
                """
                INSERT INTO \(twice) SELECT h FROM \(keyHashes) SEMI JOIN \(again) USING (h) WHERE \(those)
                GROUP BY h HAVING count(*) > 1
                """
            )
        }
        try connection.execute("DROP TABLE \(keyHashes); DROP TABLE \(again)")
        return KeySurvey(rows: counts[0], absent: counts[1], twice: repeated, aside: try asideCount(connection))
    }

    /// Stores the hashes that may come more than once; `false` when there are none.
    private func storeRepeated(
        _ those: SQL,
        of count: Int,
        _ connection: borrowing Connection
    ) throws -> Bool {
        var filter = RepeatedHashes(expecting: count)
        var found: [Int64] = []
        var rows = try connection.stream("SELECT h FROM \(keyHashes) WHERE \(those)")
        while let chunk = try rows.nextChunk() {
            let column = chunk.column(0).values(as: Int64.self)
            for row in 0..<chunk.count where filter.note(column[row]) { found.append(column[row]) }
        }
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(again) (h BIGINT)")
        let table = TableName(againName, schema: "main", catalog: "temp")
        try connection.append(found.lazy.map { [.integer($0)] }, to: table)
        return !found.isEmpty
    }

    /// What a hash takes where it is stored.
    private static let hashBytes: Int64 = 9
    /// What a hash and its count take in DuckDB's table of groups.
    static let groupBytes: Int64 = 64
    /// What a part's hashes may take, even if all of them come again.
    private static let mostBytes: Int64 = 1 << 30
    /// Each part is a look at all hashes.
    private static let mostParts = 64

    private var keyHashes: SQL { "temp.main.\(identifier: "pintail: hashes \(place)")" }
    private var againName: String { "pintail: again \(place)" }
    private var again: SQL { "temp.main.\(identifier: againName)" }

    /// What a row's key comes to, in 63 bits.
    private var keyHash: SQL { "CAST(hash(\(identifiers: plan.keyColumns.map(\.name))) >> 1 AS BIGINT)" }

    private var twice: SQL { "temp.main.\(identifier: "pintail: twice \(place)")" }

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
                WHERE \(keyHash) IN (FROM \(twice)))
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

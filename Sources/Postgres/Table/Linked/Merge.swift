import DuckDB

/// New rows merged into a table by its key, from a temporary table that holds them with their numbers.
///
/// Rows that are there just so are sorted out by one join before anything is written, locked or logged.
package struct Merge {
    let plan: LinkedPlan
    /// Sums the table up while it is compared; `nil` where nobody asks for it.
    let sum: TableSum?
    /// Whether rows that the table has not are added as new ones.
    ///
    /// Of a key that somebody else adds at that moment the server then complains; otherwise it asks its index for every
    /// row before it adds it.
    let isAlone: Bool
    let rows = TableName("pintail_rows", schema: "pg_temp")
    let aside = TableName("pintail_aside", schema: "pg_temp")

    var load: LoadPlan { plan.load }
    var rules: TableMergeRules { plan.rules }

    /// Prepares to merge.
    init(_ plan: LinkedPlan, summing sum: TableSum? = nil, isAlone: Bool = false) {
        self.plan = plan
        self.sum = sum
        self.isAlone = isAlone
    }

    /// Where the rows are copied to: their columns, their number, and what names their own parent.
    package var target: CopyTarget {
        CopyTarget(
            rows,
            columns: load.targets + [CopyTarget.Column("pintail_row", .bigint)]
                + SelfLink.columns(plan.inward)
        )
    }

    /// Where the keys of rows are copied to that are put aside: they are not missing.
    package var asideTarget: CopyTarget {
        CopyTarget(aside, columns: load.key.compactMap { name in load.targets.first { $0.name == name } })
    }

    /// Makes the temporary tables.
    package func begin(on connection: borrowing PostgresConnection) throws(PostgresError) {
        func columns(_ target: CopyTarget) -> SQL {
            "\(list: target.columns.map { "\(identifier: $0.name) \($0.type.sql)\(collation(of: $0.name))" })"
        }
        try connection.execute(
            """
            SET LOCAL client_min_messages = warning; DROP TABLE IF EXISTS \(table: rows), \(table: aside);
            CREATE TEMPORARY TABLE \(identifier: rows.name) (\(columns(target))) ON COMMIT DROP;
            CREATE TEMPORARY TABLE \(identifier: aside.name) (\(columns(asideTarget))) ON COMMIT DROP
            """
        )
    }

    /// What is equal in the table is equal among the rows.
    private func collation(of column: String) -> SQL {
        let collation = load.existing?.columns.first { $0.name == column }?.looseCollation
        return collation.map { " COLLATE \(SQL(verbatim: $0))" } ?? ""
    }

    /// The numbers of rows that name a parent which neither the table nor the other rows have; they are taken out.
    package func takeOrphans(on connection: borrowing PostgresConnection) throws(PostgresError) -> [Int] {
        guard let reference = plan.inward, reference.reference.missing == .quarantine else { return [] }
        return try SelfLink(reference, in: self).takeOrphans(on: connection)
    }

    /// Merges the rows and counts what became of them.
    ///
    /// - Parameter count: How many they are.
    package func finish(rows count: Int, on connection: borrowing PostgresConnection) throws -> LoadOutcome {
        try connection.analyze(rows, load.key)
        // The join with the table is over all rows; the server's usual 4 MB would send it over disk.
        try connection.execute(
            """
            SELECT set_config('work_mem', '64MB', true)
            WHERE pg_size_bytes(current_setting('work_mem')) < 64 * 1024 * 1024
            """
        )
        let superseded = plan.isKeyExact ? 0 : try dropDuplicates(on: connection)
        let count = count - superseded
        var outcome = LoadOutcome(rows: count, superseded: superseded)
        outcome.removed = try MissingRowsSweep(merge: self).run(on: connection)
        if case .history = load.mode {
            try HistoryMerge(merge: self).run(on: connection, &outcome)
        } else {
            try upsert(on: connection, &outcome)
        }
        outcome.unchanged = count - outcome.inserted - outcome.updated
        outcome.rows += superseded
        try connection.execute("DROP TABLE \(table: rows), \(table: aside)")
        return outcome
    }

    /// Of rows with one key as the server compares them only one stays.
    private func dropDuplicates(on connection: borrowing PostgresConnection) throws(PostgresError) -> Int {
        let newest: SQL = rules.newestOfDuplicates.map { "\(identifier: $0) DESC NULLS LAST, " } ?? ""
        return try connection.execute(
            """
            DELETE FROM \(table: rows) r USING (
                SELECT pintail_row, row_number() OVER (
                    PARTITION BY \(identifiers: load.key) ORDER BY \(newest) pintail_row DESC) AS place
                FROM \(table: rows)) d
            WHERE d.pintail_row = r.pintail_row AND d.place > 1
            """
        )
    }

    // MARK: Upsert

    private func upsert(on connection: borrowing PostgresConnection, _ outcome: inout LoadOutcome) throws {
        guard let reference = plan.inward else {
            let sums: SQL = sum == nil ? "" : ", \(Self.sums)"
            let merged = try connection.query("\(merging) SELECT \(Self.counts) \(sums) FROM merged")[0]
            outcome.inserted = merged.integer("inserted")
            outcome.updated = merged.integer("updated")
            if sum != nil {
                outcome.digestBefore = TableDigest(rows: merged.text("rows_before"), sum: merged.text("sum_before"))
                outcome.digest = TableDigest(rows: merged.text("rows_after"), sum: merged.text("sum_after"))
            }
            return
        }
        try SelfLink(reference, in: self).upsert(merging, on: connection, &outcome)
    }

    static let counts: SQL =
        "count(*) FILTER (WHERE is_new) AS inserted, count(*) FILTER (WHERE NOT is_new) AS updated"

    /// All of it as of one moment: what others write meanwhile is in neither sum, so that the next load compares anew.
    private static let sums: SQL = """
        (SELECT rows FROM before) AS rows_before, (SELECT sum FROM before) AS sum_before,
        (SELECT rows FROM before) + count(*) FILTER (WHERE is_new) AS rows_after,
        (SELECT sum FROM before) - (SELECT coalesce(sum(pintail_old), 0) FROM changed)
            + coalesce(sum(pintail_new), 0) AS sum_after
        """

    /// The columns that a new row gets.
    var names: [String] { load.targets.map(\.name).filter { $0 != plan.inward?.column } }

    /// The columns that a row which is there may get.
    var values: [CopyTarget.Column] {
        load.targets.filter { column in
            !load.key.contains(column.name) && load.isUpdatable(column.name) && !plan.generated.contains(column.name)
                && column.name != plan.inward?.column && (rules.update.isEmpty || rules.update.contains(column.name))
        }
    }

    private var merging: SQL {
        let keys = load.key.map { "r.\(identifier: $0)" as SQL }
        let before: SQL = sum.map { "before AS MATERIALIZED (\($0.query))," } ?? ""
        let old: SQL =
            sum.map {
                ", CASE WHEN NOT (\(isAbsent)) THEN \($0.rowHash) END AS pintail_old"
            } ?? ""
        let new: SQL = sum.map { ", \($0.rowHash) AS pintail_new" } ?? ""
        let keyNames: SQL = "\(list: load.key.map { "old.\(identifier: $0)" })"
        func insert(_ condition: SQL, _ onConflict: SQL, _ isNew: SQL) -> SQL {
            """
            INSERT INTO \(table: load.table) AS old (\(identifiers: names)) OVERRIDING SYSTEM VALUE
            SELECT \(identifiers: names) FROM changed \(condition) \(onConflict)
            RETURNING \(isNew) AS is_new, \(keyNames) \(new)
            """
        }
        let met: SQL = "ON CONFLICT (\(identifiers: load.key)) \(onConflict)"
        let merged: SQL =
            if isAlone {
                """
                added AS (\(insert("WHERE pintail_is_new", "", "true"))),
                met AS (\(insert("WHERE NOT pintail_is_new", met, isNew))),
                merged AS (SELECT * FROM added UNION ALL SELECT * FROM met)
                """
            } else {
                "merged AS (\(insert("", met, isNew)))"
            }
        return """
            WITH \(before) changed AS MATERIALIZED (
                SELECT \(list: names.map { "r.\(identifier: $0)" }), \(isAbsent) AS pintail_is_new \(old)
                FROM \(table: rows) r LEFT JOIN \(table: load.table) old ON \(sameKey(as: "r")) WHERE \(isNewOrChanged)
                ORDER BY \(list: keys)
            ), \(merged)
            """
    }

    func sameKey(as other: SQL) -> SQL {
        "\(load.key.map { "old.\(identifier: $0) = \(other).\(identifier: $0)" as SQL }, separator: " AND ")"
    }

    private var isAbsent: SQL { "old.\(identifier: load.key.first ?? "") IS NULL" }

    private var isNewOrChanged: SQL {
        guard let changes else { return isAbsent }
        return "\(isAbsent) OR (\(changes("r")))"
    }

    private var onConflict: SQL {
        guard let changes else { return "DO NOTHING" }
        var assignments = values.map { "\(identifier: $0.name) = EXCLUDED.\(identifier: $0.name)" as SQL }
        if let revival { assignments.append("\(identifier: revival.column) = \(revival.value)") }
        return "DO UPDATE SET \(list: assignments) WHERE \(changes("EXCLUDED"))"
    }

    /// When a row that is there takes the values of a new one; `nil` if never.
    private var changes: ((SQL) -> SQL)? {
        if rules.onConflict == .ignore { return nil }
        guard !values.isEmpty || revival != nil else { return nil }
        return { new in
            var differences = values.map { differs($0, new) }
            if let revival { differences.append(revival.isGone) }
            let isOther: SQL = "(\(differences, separator: " OR "))"
            guard case .newest(let column) = rules.onConflict else { return isOther }
            return """
                (old.\(identifier: column) IS NULL OR \(new).\(identifier: column) > old.\(identifier: column)) AND \(isOther)
                """
        }
    }

    func differs(_ column: CopyTarget.Column, _ new: SQL) -> SQL {
        // These types have no equality.
        let cast: SQL = column.type == .json || column.type == .xml ? "::text" : ""
        return "old.\(identifier: column.name)\(cast) IS DISTINCT FROM \(new).\(identifier: column.name)\(cast)"
    }

    /// A row that was marked as gone and is among the new ones again.
    private var revival: (column: String, value: SQL, isGone: SQL)? {
        guard case .softDelete(let column) = rules.missingRows, !names.contains(column) else { return nil }
        let mark = SoftDelete(column, in: load)
        return (column, mark.absent, mark.isMarked)
    }

    /// A row that nobody has replaced yet is new; partitions do not tell, and are asked for the key as they were before.
    private var isNew: SQL {
        guard load.existing?.kind == .partitioned else { return "xmax = 0" }
        let same = load.key.map { "was.\(identifier: $0) = old.\(identifier: $0)" as SQL }
        return "NOT EXISTS (SELECT FROM \(table: load.table) was WHERE \(same, separator: " AND "))"
    }
}

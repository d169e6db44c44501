import DuckDB

/// New rows merged into a table by a key, from a temporary table that holds them in the source's order.
struct Upsert {
    let plan: LoadPlan
    private let rows = TableName("pintail_rows", schema: "pg_temp")

    init(_ plan: LoadPlan) { self.plan = plan }

    /// Where the rows are copied to; only in this transaction.
    var target: CopyTarget { CopyTarget(rows, columns: plan.targets, isFrozen: false) }

    /// Makes the temporary table; generated and left-out columns have no part in it.
    private var creation: SQL {
        let columns: SQL = "\(list: plan.targets.map { "\(identifier: $0.name) \($0.type.sql)" })"
        return "CREATE TEMPORARY TABLE \(identifier: rows.name) (\(columns)) ON COMMIT DROP"
    }

    /// Has `copy` fill the temporary table, merges its rows and counts what became of them.
    func run(
        on connection: borrowing PostgresConnection,
        copy: (borrowing PostgresConnection) throws -> Void
    ) throws -> LoadOutcome {
        if plan.existing == nil { try connection.execute(plan.creation(of: plan.table, ifMissing: true)) }
        try connection.execute(creation)
        try copy(connection)
        return try merge(on: connection)
    }

    private func merge(on connection: borrowing PostgresConnection) throws -> LoadOutcome {
        let absent = plan.key.map { "\(identifier: $0) IS NULL" as SQL }
        let count = try connection.query(
            """
            SELECT count(*) AS rows, count(*) FILTER (WHERE \(absent, separator: " OR ")) AS absent FROM \(table: rows)
            """
        )[0]
        if count.integer("absent") > 0 { throw MissingKeyValues(key: plan.key, rows: count.integer("absent")) }
        let merged = try connection.query(statement)[0]
        var outcome = LoadOutcome(rows: count.integer("rows"))
        outcome.inserted = merged.integer("inserted")
        outcome.updated = merged.integer("updated")
        outcome.superseded = outcome.rows - merged.integer("latest")
        outcome.unchanged = merged.integer("latest") - outcome.inserted - outcome.updated
        return outcome
    }

    /// Of rows with one key the last takes part: rows of a new table stand in the order they came in.
    private var statement: SQL {
        let names = plan.targets.map(\.name)
        return """
            WITH latest AS MATERIALIZED (
                SELECT DISTINCT ON (\(identifiers: plan.key)) \(identifiers: names)
                FROM \(table: rows) ORDER BY \(identifiers: plan.key), ctid DESC
            ), merged AS (
                INSERT INTO \(table: plan.table) AS old (\(identifiers: names)) OVERRIDING SYSTEM VALUE
                SELECT \(identifiers: names) FROM latest
                ON CONFLICT (\(identifiers: plan.key)) \(onConflict)
                RETURNING \(isNew) AS is_new
            )
            SELECT (SELECT count(*) FROM latest) AS latest, count(*) FILTER (WHERE is_new) AS inserted,
                count(*) FILTER (WHERE NOT is_new) AS updated FROM merged
            """
    }

    /// A row that nobody has replaced yet is new; partitions do not tell, and are asked for the key as they were before.
    private var isNew: SQL {
        guard plan.existing?.kind == .partitioned else { return "xmax = 0" }
        let same = plan.key.map { "was.\(identifier: $0) = old.\(identifier: $0)" as SQL }
        return "NOT EXISTS (SELECT FROM \(table: plan.table) was WHERE \(same, separator: " AND "))"
    }

    private var onConflict: SQL {
        let values = plan.targets.filter { !plan.key.contains($0.name) && plan.isUpdatable($0.name) }
        guard !values.isEmpty else { return "DO NOTHING" }
        let assignments = values.map { "\(identifier: $0.name) = EXCLUDED.\(identifier: $0.name)" as SQL }
        let differences = values.map { column -> SQL in
            // These types have no equality.
            let cast: SQL = column.type == .json || column.type == .xml ? "::text" : ""
            return "old.\(identifier: column.name)\(cast) IS DISTINCT FROM EXCLUDED.\(identifier: column.name)\(cast)"
        }
        return "DO UPDATE SET \(list: assignments) WHERE \(differences, separator: " OR ")"
    }
}

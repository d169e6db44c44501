/// `- check:` in a pipeline file.
enum CheckSpec {
    static let check = Field(
        "check",
        .name,
        isRequired: true,
        "The table the claims are about.",
        example: "raw_articles"
    )
    static let name = Field("name", .name, "The step's name; `check:<table>` when left out.", example: "check_articles")
    static let drift = Field(
        "drift",
        Shape<DriftPolicy>.word,
        "What a change of the table's columns since the last good run means; not compared when left out.",
        example: "warn"
    )
    static let columns = Field(
        "columns",
        ColumnClaimSpec.shape.oneOrMany().entries(),
        default: [],
        shown: "none",
        "Claims by column: `not_null`, `unique`, or one of those below.",
        example: "{url: [not_null, unique]}"
    )
    static let rows = Field(
        "rows",
        RowRuleSpec.shape,
        default: [],
        shown: "none",
        "Conditions that each row fulfils, in SQL, by name or as a list.",
        example: "{ends_after_start: ends_at >= starts_at}"
    )
    static let rowCount = Field(
        "row_count",
        BoundsSpec.count,
        "How many rows the table must have.",
        example: "{min: 1}"
    )
    static let freshness = Field(
        "freshness",
        FreshnessSpec.component.shape,
        "How old the newest row may be.",
        example: "{column: updated_at, max_age: 24h}"
    )
    static let sql = Field(
        "sql",
        QueryCheckSpec.shape.oneOrMany(),
        default: [],
        shown: "none",
        "Queries that return the rows that are wrong; no row means the check passes.",
        example: "SELECT * FROM raw_articles WHERE ends < starts"
    )
    static let onFail = Field(
        "on_fail",
        Shape<FailureAction>.word,
        default: .fail,
        shown: "fail",
        "What a failed claim means, for claims that do not say so themselves.",
        example: "quarantine"
    )
    static let sample = Field(
        "sample",
        .sample,
        default: .everything,
        shown: "every row",
        "How much of the table is looked at.",
        example: "10%"
    )

    static let component = Component<Check>(
        "a check step",
        "Claims about a table, judged in one scan before anything that reads the table goes on.",
        fields: [check, name, drift, columns, rows, rowCount, freshness, sql, onFail, sample, StepFields.after],
        example: """
            - check: raw_articles
              drift: fail
              columns:
                title: [not_null, {length: {min: 1, max: 500}}]
                url:   [not_null, {unique: true, on_fail: warn}]
                kind:  {accepted_values: [news, opinion]}
                mail:  {format: email}
              rows: {ends_after_start: ends_at >= starts_at}
              row_count: {min: 1}
              freshness: {column: created_at, max_age: 24h}
              on_fail: quarantine
              sample: 10%
            """
    ) { reader in
        noteQueries(reader)
        RowRuleSpec.noteConditions(reader, of: rows)
        guard let table = reader[check] else { return nil }
        let written = reader[sql]
        return Check(
            table,
            name: reader[name],
            drift: reader[drift],
            columns: reader[columns].map { ColumnChecks($0.key, $0.value) },
            rows: reader[rows],
            rowCount: reader[rowCount],
            freshness: reader[freshness],
            queries: written.enumerated().map { index, query in
                let name = query.name ?? (written.count == 1 ? "sql" : "sql \(index + 1)")
                return QueryCheck(name, sql: query.sql, onFail: query.onFail)
            },
            onFail: reader[onFail],
            sample: reader[sample],
            after: reader[StepFields.after]
        )
    }

    /// Whatever the form, the text of query number n is found under `sql.n`.
    private static func noteQueries(_ reader: FieldReader) {
        guard let node = reader.node(of: sql) else { return }
        let items = if case .sequence(let items) = node.content { items } else { [node] }
        for (index, item) in items.enumerated() {
            reader.reading.note(item["sql"] ?? item, at: "sql.\(index)")
        }
    }
}

/// A query check before it has a name.
struct UnnamedQueryCheck: Sendable {
    var name: String?
    var sql: String
    var onFail: FailureAction?
}

enum QueryCheckSpec {
    static let name = Field("name", .name, "What the check is called in results.", example: "ends_after_start")
    static let sql = Field(
        "sql",
        .text("a query"),
        isRequired: true,
        "Returns the rows that are wrong.",
        example: "SELECT * FROM t WHERE ends < starts"
    )
    static let onFail = Field(
        "on_fail",
        Shape<FailureAction>.word,
        "What a failure means, when not what the step says.",
        example: "warn"
    )

    static let component = Component<UnnamedQueryCheck>(
        "a query check",
        "A query that returns the rows that are wrong.",
        fields: [name, sql, onFail],
        example: """
            sql:
              - {name: ends_after_start, sql: SELECT * FROM events WHERE ends < starts, on_fail: warn}
            """
    ) { reader in
        let (name, action) = (reader[name], reader[onFail])
        return reader[sql].map { UnnamedQueryCheck(name: name, sql: $0, onFail: action) }
    }

    static let shape = Shape.text("a query").map { UnnamedQueryCheck(sql: $0) }.or(mapping: component.shape)
}

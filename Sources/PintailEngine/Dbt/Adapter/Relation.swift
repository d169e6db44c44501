/// The name of a table or view, with what is known of it: what `ref`, `source` and `this` are in templates.
struct Relation: Hashable, Sendable {
    /// What the database holds under the name.
    enum Kind: String, Sendable, CaseIterable {
        case table, view, cte, external, function
        case materializedView = "materialized_view"
        case pointerTable = "pointer_table"
    }

    /// Which parts of the name something applies to.
    struct Parts: Hashable, Sendable {
        var database = true
        var schema = true
        var identifier = true

        /// All of them unless told otherwise.
        init(database: Bool = true, schema: Bool = true, identifier: Bool = true) {
            self.database = database
            self.schema = schema
            self.identifier = identifier
        }
    }

    var database: String?
    var schema: String?
    var identifier: String?
    var kind: Kind?
    /// Parts that stand in quotes.
    var quoted = Parts()
    /// Parts that are written.
    var included = Parts()
    /// What is read in its place: a call of `read_parquet` or the like.
    var externalText: String?
    /// Rows that are read at most: 0 for `--empty`.
    var limit: Int?
    /// A condition on its rows: the time a microbatch covers.
    var timeFilter: String?
    /// Whether a limited reading is given an alias.
    var needsAlias = false
    /// Whether it is the product of a model.
    var isMadeByModel = false

    /// The relation of that name.
    init(database: String?, schema: String?, identifier: String?, kind: Kind? = nil) {
        self.database = database
        self.schema = schema
        self.identifier = identifier
        self.kind = kind
    }

    /// Its name, or what is read in its place, as SQL.
    var sql: String {
        var text = name
        if let limit {
            let rows = limit == 0 ? "where false limit 0" : "limit \(limit)"
            text = "(select * from \(text) \(rows))" + alias("limit")
        }
        if let timeFilter { text = "(select * from \(text) where \(timeFilter))" + alias("et_filter") }
        return text
    }

    private func alias(_ reason: String) -> String {
        needsAlias ? " _dbt_\(reason)_subq_\(identifier ?? "")" : ""
    }

    /// Its name, or what is read in its place, as SQL and without conditions.
    var name: String {
        if let externalText { return externalText }
        var parts: [String] = []
        if included.database, let database { parts.append(quoted.database ? Self.quote(database) : database) }
        if included.schema, let schema { parts.append(quoted.schema ? Self.quote(schema) : schema) }
        if included.identifier, let identifier {
            parts.append(quoted.identifier ? Self.quote(identifier) : identifier)
        }
        return parts.joined(separator: ".")
    }

    /// A name in quotes.
    static func quote(_ name: String) -> String {
        // As dbt does it: a quote within the name is left as it is.
        "\"\(name)\""
    }
}

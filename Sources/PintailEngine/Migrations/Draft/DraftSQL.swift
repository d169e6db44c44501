import DuckDB

/// Names in drafts: quoted only where Postgres needs it, as people write them.
enum DraftSQL {
    static func name(_ name: String) -> SQL { isPlain(name) ? SQL(verbatim: name) : "\(identifier: name)" }

    static func names(_ names: [String]) -> SQL { "\(list: names.map { Self.name($0) })" }

    static func table(_ table: TableName) -> SQL {
        "\([table.schema, table.name].compactMap(\.self).map { name($0) }, separator: ".")"
    }

    /// A name in the schema of a table: an index is in that of its own.
    static func sibling(_ name: SQL, of table: TableName) -> SQL {
        table.schema.map { "\(Self.name($0)).\(name)" } ?? name
    }

    /// `articles_url_key`, in the 63 bytes that Postgres has for a name.
    static func constraint(_ table: TableName, _ columns: [String], _ ending: String) -> SQL {
        var stem = ([table.name] + columns).joined(separator: "_")
        while stem.utf8.count + ending.utf8.count + 1 > 63 { stem.removeLast() }
        return name(stem + "_" + ending)
    }

    private static func isPlain(_ name: String) -> Bool {
        let letters = name.utf8.allSatisfy {
            ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z")) || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                || $0 == UInt8(ascii: "_")
        }
        return letters && !name.isEmpty && name.utf8.first.map { $0 > UInt8(ascii: "9") } == true
            && !reserved.contains(name)
    }

    /// The words that Postgres takes for no name of a column or table.
    ///
    /// https://www.postgresql.org/docs/current/sql-keywords-appendix.html
    private static let reserved: Set<String> = [
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "binary",
        "both",
        "case", "cast", "check", "collate", "collation", "column", "concurrently", "constraint", "create", "cross",
        "current_catalog", "current_date", "current_role", "current_schema", "current_time", "current_timestamp",
        "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "false", "fetch",
        "for", "foreign", "freeze", "from", "full", "grant", "group", "having", "ilike", "in", "initially", "inner",
        "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left", "like", "limit", "localtime",
        "localtimestamp", "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order", "outer",
        "overlaps",
        "placing", "primary", "references", "returning", "right", "select", "session_user", "similar", "some",
        "symmetric",
        "system_user", "table", "tablesample", "then", "to", "trailing", "true", "union", "unique", "user", "using",
        "variadic", "verbose", "when", "where", "window", "with",
    ]
}

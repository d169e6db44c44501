import DuckDB
import FoundationEssentials

/// Tells whether a query would give the same rows in the same order as it did for another run.
struct SourceFingerprint: Hashable, Sendable {
    /// Differs when the rows differ.
    let text: String
    /// Whether all that the query reads is in ``text``: other systems are asked nothing.
    let isComplete: Bool

    /// The query's text, with the content of the tables and the state of the files that it reads.
    ///
    /// Files are told by path, size and time of change; a table of the project is read once.
    /// - Parameter inAnyOrder: whether the same rows in another order are the same source.
    init(_ query: SQL, _ connection: borrowing Connection, inAnyOrder: Bool = false) throws {
        var sources = Sources(isOrdered: !inAnyOrder, outside: try Self.otherDatabases(connection))
        try sources.add(query, connection)
        let parts = [query.text] + sources.parts.sorted()
        text = try connection.value("SELECT md5(\(literal: parts.joined(separator: "\n")))").text ?? ""
        isComplete = sources.isComplete
    }

    private static func otherDatabases(_ connection: borrowing Connection) throws(DuckDBError) -> Set<String> {
        Set(
            try connection.texts(
                """
                SELECT lower(database_name) FROM duckdb_databases()
                WHERE NOT internal AND database_name <> current_database()
                """
            )
        )
    }

    /// What a query reads, views followed down to tables and files.
    private struct Sources {
        let isOrdered: Bool
        let outside: Set<String>
        var parts: Set<String> = []
        var isComplete = true
        private var seen: Set<String> = []

        init(isOrdered: Bool, outside: Set<String>) {
            self.isOrdered = isOrdered
            self.outside = outside
        }

        mutating func add(_ query: SQL, _ connection: borrowing Connection) throws {
            guard seen.insert(query.text).inserted else { return }
            let tree = try connection.value("SELECT json_serialize_sql(\(literal: query.text))").text ?? ""
            let syntax = try JSONDecoder().decode(SyntaxTree.self, from: Data(tree.utf8))
            if syntax.places.contains(where: { isOutside($0.lowercased()) }) { isComplete = false }
            for name in syntax.names { try add(named: name, connection) }
        }

        /// Whether a database's or a function's name leads to another system: `pg`, `postgres_query`.
        private func isOutside(_ name: String) -> Bool {
            outside.contains(name) || ["postgres_", "sqlite_", "mysql_"].contains { name.hasPrefix($0) }
        }

        private mutating func add(named name: String, _ connection: borrowing Connection) throws {
            let views = try connection.rows(
                """
                SELECT regexp_replace(sql, '^CREATE (TEMPORARY |TEMP )?VIEW .*? AS ', '', 's'), sql FROM duckdb_views()
                WHERE NOT internal AND lower(view_name) = lower(\(literal: name))
                """
            )
            for view in views {
                parts.insert(view[1].text ?? "")
                try add(SQL(verbatim: (view[0].text ?? "").withoutStatementEnd), connection)
            }
            let tables = try connection.rows(
                """
                SELECT database_name, schema_name, table_name FROM duckdb_tables()
                WHERE NOT internal AND database_name IN (current_database(), 'temp')
                AND lower(table_name) = lower(\(literal: name))
                """
            )
            for table in tables.map({ $0.map(\.description) }) {
                let full = TableName(table[2], schema: table[1], catalog: table[0])
                // The number of each row is part of it: the same rows in another order are another source.
                let hash: SQL = isOrdered ? "bit_xor(hash(rowid, content))" : "sum(hash(content))"
                let content: SQL = "SELECT concat_ws(' ', count(*), \(hash)) FROM \(table: full) AS content"
                parts.insert("\(full) " + (try connection.value(content).text ?? ""))
            }
            if views.isEmpty, tables.isEmpty { try addFiles(name, connection) }
        }

        private mutating func addFiles(_ pattern: String, _ connection: borrowing Connection) throws {
            guard pattern.contains("/") || pattern.contains(".") else { return }
            if pattern.contains("://") { isComplete = false }
            for path in try connection.texts("SELECT file FROM glob(\(literal: pattern))") {
                guard let file = try? FileTarget(path, shown: path).identity else { continue }
                parts.insert("\(path) \(file.size) \(file.seconds).\(file.nanoseconds)")
            }
        }
    }
}

/// DuckDB's syntax tree, as far as names of tables and files go.
private struct SyntaxTree: Decodable {
    /// The texts that may name what is read.
    let names: Set<String>
    /// The names of databases, schemas and functions.
    let places: Set<String>

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int?
        init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
        init(intValue: Int) { (stringValue, self.intValue) = (String(intValue), intValue) }
    }

    private static let keys: Set<String> = ["table_name", "value"]
    private static let placeKeys: Set<String> = ["catalog_name", "schema_name", "function_name"]

    init(from decoder: any Decoder) throws {
        var names: Set<String> = []
        var places: Set<String> = []
        if let object = try? decoder.container(keyedBy: Key.self) {
            for key in object.allKeys {
                if Self.keys.contains(key.stringValue), let text = try? object.decode(String.self, forKey: key) {
                    names.insert(text)
                } else if Self.placeKeys.contains(key.stringValue),
                    let text = try? object.decode(String.self, forKey: key)
                {
                    places.insert(text)
                } else if let part = try? object.decode(SyntaxTree.self, forKey: key) {
                    names.formUnion(part.names)
                    places.formUnion(part.places)
                }
            }
        } else if var list = try? decoder.unkeyedContainer() {
            while !list.isAtEnd {
                let part = try list.decode(SyntaxTree.self)
                names.formUnion(part.names)
                places.formUnion(part.places)
            }
        }
        self.names = names
        self.places = places
    }
}

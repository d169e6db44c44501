import DuckDB
import FoundationEssentials

/// Tells whether a query would give the same rows in the same order as it did for another run.
enum SourceFingerprint {
    /// The query's text, with the content of the tables and the state of the files that it reads.
    ///
    /// Files are told by path, size and time of change; a table is read once.
    static func of(_ query: SQL, _ connection: borrowing Connection) throws -> String {
        var sources = Sources()
        try sources.add(query, connection)
        let parts = [query.text] + sources.parts.sorted()
        return try connection.value("SELECT md5(\(literal: parts.joined(separator: "\n")))").text ?? ""
    }

    /// What a query reads, views followed down to tables and files.
    private struct Sources {
        var parts: Set<String> = []
        private var seen: Set<String> = []

        mutating func add(_ query: SQL, _ connection: borrowing Connection) throws {
            guard seen.insert(query.text).inserted else { return }
            let tree = try connection.value("SELECT json_serialize_sql(\(literal: query.text))").text ?? ""
            let names = try JSONDecoder().decode(SyntaxTree.self, from: Data(tree.utf8)).names
            for name in names { try add(named: name, connection) }
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
                WHERE NOT internal AND lower(table_name) = lower(\(literal: name))
                """
            )
            for table in tables.map({ $0.map(\.description) }) {
                let full = TableName(table[2], schema: table[1], catalog: table[0])
                // The number of each row is part of it: the same rows in another order are another source.
                let content: SQL =
                    "SELECT concat_ws(' ', count(*), bit_xor(hash(rowid, content))) FROM \(table: full) AS content"
                parts.insert("\(full) " + (try connection.value(content).text ?? ""))
            }
            if views.isEmpty, tables.isEmpty { try addFiles(name, connection) }
        }

        private mutating func addFiles(_ pattern: String, _ connection: borrowing Connection) throws {
            guard pattern.contains("/") || pattern.contains(".") else { return }
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

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int?
        init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
        init(intValue: Int) { (stringValue, self.intValue) = (String(intValue), intValue) }
    }

    private static let keys: Set<String> = ["table_name", "value"]

    init(from decoder: any Decoder) throws {
        var names: Set<String> = []
        if let object = try? decoder.container(keyedBy: Key.self) {
            for key in object.allKeys {
                if Self.keys.contains(key.stringValue), let text = try? object.decode(String.self, forKey: key) {
                    names.insert(text)
                } else if let part = try? object.decode(SyntaxTree.self, forKey: key) {
                    names.formUnion(part.names)
                }
            }
        } else if var list = try? decoder.unkeyedContainer() {
            while !list.isAtEnd { names.formUnion(try list.decode(SyntaxTree.self).names) }
        }
        self.names = names
    }
}

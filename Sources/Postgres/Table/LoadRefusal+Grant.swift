package import DuckDB

extension LoadRefusal {
    /// The statement that gives the user what a load of the table lacks.
    package func grant(_ privilege: String, on what: Grantable = .table) -> String {
        let right = SQL(verbatim: privilege)
        let statement: SQL =
            switch what {
            case .table: "GRANT \(right) ON \(Self.name(of: table)) TO \(grantee)"
            case .schema(let name): "GRANT \(right) ON SCHEMA \(Self.quoted(name)) TO \(grantee)"
            case .database(let name): "GRANT \(right) ON DATABASE \(Self.quoted(name)) TO \(grantee)"
            }
        return statement.text
    }

    /// The same for another table.
    package func grant(_ privilege: String, on table: TableName) -> String {
        let statement: SQL = "GRANT \(SQL(verbatim: privilege)) ON \(Self.name(of: table)) TO \(grantee)"
        return statement.text
    }

    private var grantee: SQL { user.map(Self.quoted) ?? "the user" }

    private static func name(of table: TableName) -> SQL {
        "\([table.schema, table.name].compactMap(\.self).map(quoted), separator: ".")"
    }

    /// Quotes where they are needed, as a person writes them.
    private static func quoted(_ name: String) -> SQL {
        let isPlain = name.wholeMatch(of: /[a-z_][a-z0-9_]*/) != nil
        return isPlain ? SQL(verbatim: name) : "\(identifier: name)"
    }
}

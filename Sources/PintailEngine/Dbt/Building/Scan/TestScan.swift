import DuckDB
import Jinja
import PintailProject

/// One query that counts what several built-in tests would find, in one pass over what they test.
struct TestScan {
    let world: BuildWorld
    let warehouse: Warehouse

    /// What one test contributes to the query.
    fileprivate struct Claim {
        let node: Node
        let model: String
        /// How many rows it would find, or only whether there are any: those of `unique` and `accepted_values` take a table
        /// of all values, a large one however few they are.
        let count: SQL
        /// Rows it has to be compared with.
        let join: SQL?
        let isOnlySign: Bool
    }

    /// Asks for all tests of a group; those that the answer does not name have to be run by themselves.
    func answers(for ids: [String]) throws -> [String: SharedScans.Answer] {
        do {
            let claims = try ids.enumerated().compactMap { place, id in
                try world.manifest.nodes[id].flatMap { try claim(of: $0, place) }
            }
            guard let first = claims.first else { return [:] }
            return try answers(of: claims.filter { $0.model == first.model })
        } catch let error where error.databaseCause?.kind != .interrupted {
            // One by one they tell which of them is wrong, and where.
            return [:]
        }
    }

    private func answers(of claims: [Claim]) throws -> [String: SharedScans.Answer] {
        guard claims.count > 1 else { return [:] }
        let query = query(of: claims)
        guard let row = try warehouse.rows(query).first else { return [:] }
        var answers: [String: SharedScans.Answer] = [:]
        for (place, claim) in claims.enumerated() {
            guard case .integer(let found) = row[place * 3], found == 0 || !claim.isOnlySign else { continue }
            answers[claim.node.uniqueID] = SharedScans.Answer(
                failures: Int(found),
                isWarning: row[place * 3 + 1] == .boolean(true),
                isError: row[place * 3 + 2] == .boolean(true),
                sql: query.text
            )
        }
        return answers
    }

    private func query(of claims: [Claim]) -> SQL {
        let counts: [SQL] = claims.enumerated().map { "\($1.count) AS \(Self.name("n", $0))" }
        let verdicts: [SQL] = claims.enumerated().map { place, claim in
            let count = Self.name("n", place)
            let (warn, error) = (Self.condition("warn_if", claim.node), Self.condition("error_if", claim.node))
            return "\(count), \(count) \(warn), \(count) \(error)"
        }
        return """
            SELECT \(list: verdicts)
            FROM (
                SELECT \(counts, separator: ",\n           ")
                FROM \(SQL(verbatim: claims[0].model))\(claims.compactMap(\.join), separator: "")
            )
            """
    }

    private static func condition(_ key: String, _ node: Node) -> SQL {
        SQL(verbatim: node.config[key]?.string ?? "!= 0")
    }

    private static func name(_ stem: String, _ place: Int) -> SQL { SQL(verbatim: "__pintail_\(stem)\(place)") }

    private func claim(of node: Node, _ place: Int) throws -> Claim? {
        let compilation = NodeCompilation(world: world, node: node, warehouse: warehouse)
        let (context, _) = try compilation.context()
        defer { context.close() }
        guard case .dict(let given) = try compilation.testArguments(context), let model = try given["model"]?.text,
            let name = try given["column_name"]?.text
        else { return nil }
        let column: SQL = "(\(SQL(verbatim: name)))"
        switch node.test?.name {
        case "not_null":
            return Claim(node, model, "count(*) FILTER (WHERE \(column) IS NULL)")
        case "unique":
            return Claim(node, model, "count(\(column)) - count(DISTINCT \(column))", isOnlySign: true)
        case "accepted_values":
            guard let values = try Self.values(given) else { return nil }
            return Claim(node, model, "count(*) FILTER (WHERE \(column) NOT IN (\(list: values)))", isOnlySign: true)
        case "relationships":
            guard let parent = try given["to"]?.text, let field = try given["field"]?.text else { return nil }
            let (alias, key) = (Self.name("t", place), Self.name("k", place))
            return Claim(
                node,
                model,
                "count(*) FILTER (WHERE \(column) IS NOT NULL AND \(key) IS NULL)",
                join: """

                    LEFT JOIN (SELECT DISTINCT \(SQL(verbatim: field)) AS \(key) FROM \(SQL(verbatim: parent))) \(alias)
                    ON \(column) = \(key)
                    """
            )
        default: return nil
        }
    }

    /// The accepted values as the test itself writes them; nil where there are none.
    private static func values(_ given: DictObject) throws -> [SQL]? {
        guard case .list(let list)? = given["values"], !list.values.isEmpty else { return nil }
        let isQuoted = try given["quote"]?.isTrue ?? true
        return try list.values.map { value in
            let text = SQL(verbatim: try value.text)
            return isQuoted ? "'\(text)'" : text
        }
    }
}

extension TestScan.Claim {
    fileprivate init(_ node: Node, _ model: String, _ count: SQL, join: SQL? = nil, isOnlySign: Bool = false) {
        self.init(node: node, model: model, count: count, join: join, isOnlySign: isOnlySign)
    }
}

import DuckDB
import Jinja
import PintailOrchestrator
package import PintailProject

/// The first rows that a node, or SQL of the command line, answers with.
package struct DbtPreview: Sendable {
    /// A column's heading, and whether it holds numbers.
    package struct Column: Sendable {
        /// The heading.
        package let name: String
        /// Whether it holds numbers.
        package let isNumeric: Bool
    }

    /// The node's name.
    package let name: String
    /// What the query answers with.
    package let columns: [Column]
    /// Values as text; nil stands for NULL.
    package let rows: [[String?]]
    /// The rows as a list of objects.
    package let json: String

    /// Asks for the rows of nodes.
    ///
    /// - Parameters:
    ///   - ids: the nodes.
    ///   - inline: SQL with templates, instead of nodes.
    ///   - limit: how many rows at most; nil for all.
    package static func of(
        _ project: DbtProject,
        _ ids: [String],
        inline: String?,
        limit: Int?,
        options: BuildOptions
    ) async throws -> [DbtPreview] {
        let world = try await DbtBuild.world(of: project, options, selecting: Set(ids))
        return try await offPool {
            let warehouse = try Warehouse(world.database, relations: world.relations)
            var nodes = ids.compactMap { project.manifest.nodes[$0] }
            if let inline { nodes.append(Self.node(inline, in: project)) }
            return try nodes.map { try preview($0, world, warehouse, limit) }
        }
    }

    /// The SQL that a template of the command line becomes.
    package static func compiled(_ sql: String, in project: DbtProject, options: BuildOptions) async throws -> String {
        let world = try await DbtBuild.world(of: project, options, selecting: [])
        return try await offPool {
            let warehouse = try Warehouse(world.database, relations: world.relations)
            let node = Self.node(sql, in: project)
            do {
                let compilation = NodeCompilation(world: world, node: node, warehouse: warehouse)
                let (context, names) = try compilation.context()
                defer { context.close() }
                return try compilation.compile(context, names).sql
            } catch {
                throw BuildFailure(error, node, compiled: nil, nil).asNodeFailure
            }
        }
    }

    private static func node(_ sql: String, in project: DbtProject) -> Node {
        var node = Node(
            .inline,
            uniqueID: "sql_operation.\(project.root.name).inline_query",
            name: "inline_query",
            package: project.root.name,
            path: "inline_query",
            originalFilePath: "inline_query",
            fqn: [project.root.name, "inline_query"],
            config: ["materialized": "view", "enabled": true],
            location: SourceLocation(file: "--inline", line: 1, column: 1)
        )
        node.rawCode = sql
        node.database = project.profile.database
        node.schema = project.profile.schema
        return node
    }

    private static func preview(
        _ node: Node,
        _ world: BuildWorld,
        _ warehouse: Warehouse,
        _ limit: Int?
    ) throws -> DbtPreview {
        var compiled: String?
        do {
            let compilation = NodeCompilation(world: world, node: node, warehouse: warehouse)
            let (context, names) = try compilation.context()
            defer { context.close() }
            var sql = "select * from \(Relation(of: node).sql)"
            if node.kind != .seed { sql = try compilation.compile(context, names).sql }
            compiled = sql
            // As `call set_sql_header(config)` leaves it, once the template has been rendered.
            let header = try context.node.config["sql_header"].map { try $0.isNone ? "" : $0.text + "\n" } ?? ""
            let asked = header + (limit.map { "select * from (\n\(sql)\n) limit \($0)" } ?? sql)
            return try DbtPreview(node.name, try warehouse.run(asked, fetching: true, begins: false).table)
        } catch {
            throw BuildFailure(error, node, compiled: compiled, nil).asNodeFailure
        }
    }

    /// The rows as an object, over as many lines as dbt prints; with the node's name where a node was asked for.
    package func object(isNamed: Bool) throws -> String {
        let object = DictObject()
        if isNamed { object["node"] = .string(name) }
        object["show"] = try JSONReader.value(of: json)
        return try JSONPrinter.text(of: .dict(object), indent: 2)
    }

    private init(name: String, columns: [Column], rows: [[String?]], json: String) {
        self.name = name
        self.columns = columns
        self.rows = rows
        self.json = json
    }

    private init(_ name: String, _ table: ResultTable) throws {
        self.init(
            name: name,
            columns: zip(table.names, table.kinds).map { name, kind in
                Column(name: name, isNumeric: kind == .integer || kind == .number)
            },
            rows: try table.rows.map { row in try row.map { try $0.isNone ? nil : $0.text } },
            json: try TablePrinting.json(of: table)
        )
    }
}

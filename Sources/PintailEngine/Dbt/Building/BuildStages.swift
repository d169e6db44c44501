import DuckDB
import Jinja
import PintailOrchestrator
import PintailProject

/// What happens before the nodes of a dbt project run, and after.
struct BuildStages {
    let world: BuildWorld
    /// The nodes that run, parents before their children.
    let order: [String]

    /// Schemas that nodes are built in, and hooks that come first.
    ///
    /// - Returns: whether the hooks went well.
    func prepare(_ pool: WarehousePool) throws -> Bool {
        guard world.options.verb != .compile else { return true }
        let warehouse = try pool.take()
        defer { pool.give(warehouse) }
        var known: Set<String> = []
        for id in order {
            guard let node = world.manifest.nodes[id], node.kind != .test || storesFailures(node) else { continue }
            let database = node.database ?? world.project.profile.database
            guard known.insert("\(database).\(node.schema)".lowercased()).inserted else { continue }
            try createSchema(node.schema, in: database, warehouse)
            // Asked before anything is made, so that no node takes an answer from the middle of another's work.
            let there = try warehouse.relations(in: node.schema, of: database)
            for leftover in there where StagedModel.isLeftover(leftover) {
                try StagedModel.drop(leftover, warehouse)
            }
        }
        guard world.options.verb.runsHooks else { return true }
        return ProjectHooks(world: world, warehouse: warehouse).run("on-run-start")
    }

    private func storesFailures(_ node: Node) -> Bool {
        node.config["store_failures"]?.bool ?? world.options.storesFailures
    }

    private func createSchema(_ schema: String, in database: String, _ warehouse: Warehouse) throws {
        let exists = try warehouse.texts(
            """
            SELECT schema_name FROM duckdb_schemas() WHERE lower(database_name) = \(literal: database.lowercased())
            AND lower(schema_name) = \(literal: schema.lowercased())
            """
        )
        guard exists.isEmpty else { return }
        let statement: SQL = "CREATE SCHEMA IF NOT EXISTS \(identifier: database).\(identifier: schema)"
        _ = try warehouse.run(statement.text, fetching: false, begins: false)
    }

    /// Hooks that come last.
    func finish(_ pool: WarehousePool) throws {
        // Most projects have none, and making the results for them takes as long as many a node.
        guard world.options.verb.runsHooks, ProjectHooks.areThere(for: "on-run-end", in: world.manifest) else { return }
        let warehouse = try pool.take()
        defer { pool.give(warehouse) }
        let built = order.compactMap { world.manifest.nodes[$0] }.filter { $0.kind != .test }
        var pairs: [(String, String)] = []
        for node in built {
            let pair = (node.database ?? "", node.schema)
            if !pairs.contains(where: { $0 == pair }) { pairs.append(pair) }
        }
        var schemas: [String] = []
        for pair in pairs where !schemas.contains(pair.1) { schemas.append(pair.1) }
        let extra: [String: Jinja.Value] = [
            "schemas": .list(of: schemas.map { .string($0) }),
            "database_schemas": .list(of: pairs.map { .tuple([.string($0.0), .string($0.1)]) }),
            "results": .list(
                of: world.results.filter { !$0.uniqueID.hasPrefix("operation.") }.map {
                    ResultsForHooks.value(of: $0, world.manifest)
                }
            ),
        ]
        _ = ProjectHooks(world: world, warehouse: warehouse).run("on-run-end", extra: extra)
    }

    /// Notes what did not run and what was not published.
    func settle(_ summary: RunSummary, _ ids: [NodeID: String], _ pool: WarehousePool) throws {
        noteSkipped(summary, ids)
        try HeldBack(world: world).settle(pool)
    }

    private func noteSkipped(_ summary: RunSummary, _ ids: [NodeID: String]) {
        let known = Set(world.results.map(\.uniqueID))
        for outcome in summary.nodes {
            guard let id = ids[outcome.node], !known.contains(id) else { continue }
            var result = DbtResult(id, .skipped)
            if let node = world.manifest.nodes[id], node.kind != .seed { result.relationName = node.relationName }
            world.note(result)
        }
    }
}

/// What `on-run-end` hooks see of results.
enum ResultsForHooks {
    static func value(of result: DbtResult, _ manifest: Manifest) -> Jinja.Value {
        let node = manifest.nodes[result.uniqueID].map { node in
            var node = node
            if result.compiled != nil || result.buildPath != nil { node.compilation = Node.Compilation(of: result) }
            return GraphValue.value(of: ArtifactEntry.bytes(of: node))
        }
        let dict = DictObject()
        dict["status"] = .string(result.status.rawValue)
        dict["message"] = result.message.map { .string($0) } ?? Jinja.Value.none
        dict["failures"] = result.failures.map { .integer($0) } ?? Jinja.Value.none
        dict["execution_time"] = .double(result.seconds)
        dict["thread_id"] = "Thread-1 (worker)"
        dict["adapter_response"] = .dict(result.response.templateDict)
        dict["timing"] = .list(
            of: result.timings.map { timing in
                value([
                    "name": .string(timing.name), "started_at": .string(timing.started.description),
                    "completed_at": .string(timing.completed.description),
                ])
            }
        )
        dict["unique_id"] = .string(result.uniqueID)
        if case .dict(let node)? = node {
            dict["node"] = .object(DictWithMethods(node))
        } else {
            dict["node"] = Jinja.Value.none
        }
        return .object(DictWithMethods(dict))
    }

    private static func value(_ facts: [String: Jinja.Value]) -> Jinja.Value {
        let dict = DictObject()
        for name in facts.keys.sorted() { dict[name] = facts[name] }
        return .object(DictWithMethods(dict))
    }
}

/// Facts that have a `to_dict()`, as dbt's results and nodes have.
private final class DictWithMethods: JinjaObject {
    private let facts: DictObject
    init(_ facts: DictObject) { self.facts = facts }

    var typeName: String { "RunResult" }
    var isMapping: Bool { true }

    /// The facts, and those of what is in them, as plain dictionaries.
    private var plain: DictObject {
        let plain = DictObject(copying: facts)
        for (key, value) in facts.items { if let key = try? DictObject.Key(of: key) { plain[key] = Self.plain(value) } }
        return plain
    }

    private static func plain(_ value: Jinja.Value) -> Jinja.Value {
        switch value {
        case .object(let object as DictWithMethods): .dict(object.plain)
        case .list(let list): .list(of: list.values.map(plain))
        default: value
        }
    }

    func attribute(named name: String) throws -> Jinja.Value? {
        switch name {
        case "to_dict": return .function(name) { _, _ in .dict(self.plain) }
        case "get":
            return .function(name) { arguments, _ in
                self.facts[try arguments[0, "key"]?.text ?? ""] ?? arguments[1, "default"] ?? .none
            }
        case "keys": return .function(name) { _, _ in .list(of: self.facts.keys) }
        case "values": return .function(name) { _, _ in .list(of: self.facts.values) }
        case "items": return .function(name) { _, _ in .list(of: self.facts.items.map { .tuple([$0.key, $0.value]) }) }
        default: return facts[name]
        }
    }
    func item(for key: Jinja.Value) throws -> Jinja.Value? { facts[try DictObject.Key(of: key)] }
    func contains(_ value: Jinja.Value) throws -> Bool? { facts[try DictObject.Key(of: value)] != nil }
    func iterate() throws -> ValueCursor? { ValueCursor(facts.keys) }
    func text() throws -> String { try Jinja.Value.dict(plain).text }
    func repr() throws -> String { try Jinja.Value.dict(plain).repr }
}

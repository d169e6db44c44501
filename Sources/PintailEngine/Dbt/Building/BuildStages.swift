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
    func prepare(_ pool: WarehousePool) throws {
        guard world.options.verb != .compile else { return }
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
        if world.options.verb.runsHooks { _ = ProjectHooks(world: world, warehouse: warehouse).run("on-run-start") }
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
        guard world.options.verb.runsHooks else { return }
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
            "results": .list(of: world.results.filter { !$0.uniqueID.hasPrefix("operation.") }.map { ResultsForHooks.value(of: $0, world.manifest) }),
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
            if case .skipped(.upstreamFailed(let culprit)) = outcome.status {
                result.message = "Skipped: \(culprit.name) failed"
            }
            world.note(result)
        }
    }
}

/// What `on-run-end` hooks see of results.
enum ResultsForHooks {
    static func value(of result: DbtResult, _ manifest: Manifest) -> Jinja.Value {
        let node = manifest.nodes[result.uniqueID].map { GraphValue.value(of: ArtifactEntry.bytes(of: $0)) }
        let dict = DictObject()
        dict["status"] = .string(result.status.rawValue)
        dict["message"] = result.message.map { .string($0) } ?? Jinja.Value.none
        dict["failures"] = result.failures.map { .integer($0) } ?? Jinja.Value.none
        dict["execution_time"] = .double(result.seconds)
        dict["thread_id"] = "Thread-1 (worker)"
        dict["adapter_response"] = .dict(result.response.templateDict)
        dict["timing"] = .list(
            of: result.timings.map { timing in
                .dict(of: [
                    "name": .string(timing.name), "started_at": .string(timing.started.description),
                    "completed_at": .string(timing.completed.description),
                ])
            }
        )
        dict["unique_id"] = .string(result.uniqueID)
        dict["node"] = node ?? Jinja.Value.none
        let plain = DictObject(copying: dict)
        dict["to_dict"] = .function("to_dict") { _, _ in .dict(plain) }
        return .dict(dict)
    }
}

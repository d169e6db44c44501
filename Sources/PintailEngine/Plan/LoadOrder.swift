import DuckDB
import PintailOrchestrator
import PintailProject
import Postgres

extension Plan.Node {
    /// Whether this node loads a table that a reference of the other's loads leads to.
    func makesParents(of other: Plan.Node) -> Bool {
        loads.contains { load in other.loads.contains { $0.refers(to: load) } }
    }
}

extension Load {
    /// Whether a reference of this load leads to the table of another one.
    func refers(to other: Load) -> Bool {
        guard case .table(let connection, let schema, let own) = destination,
            case .table(connection, let otherSchema, let name) = other.destination, (own, schema) != (name, otherSchema)
        else { return false }
        return references.contains { reference in
            let parent = TableName(dotted: reference.table)
            return parent.name == name && (parent.schema ?? schema) == otherSchema
        }
    }
}

extension [Plan.Node] {
    /// Makes one node of the loads of an atomic pipeline into one connection: their tables change together.
    mutating func joinAtomicLoads(of project: Project) {
        for pipeline in project.pipelines where pipeline.isAtomic {
            var groups: [String: [Plan.Node]] = [:]
            for node in self where node.pipeline == pipeline.name {
                guard case .load(let load) = node.step, case .table(let connection, _, _) = load.destination else {
                    continue
                }
                groups[connection, default: []].append(node)
            }
            for (_, members) in groups.sorted(by: { $0.key < $1.key }) where members.count > 1 { join(members) }
        }
    }

    private mutating func join(_ members: [Plan.Node]) {
        guard var joined = members.first, let place = firstIndex(where: { $0.id == joined.id }) else { return }
        let ids = Set(members.map(\.id))
        let name = NodeID("load:" + members.map(\.step.name).joined(separator: "+"))
        joined = Plan.Node(
            id: name,
            step: joined.step,
            pipeline: joined.pipeline,
            reads: members.flatMap(\.reads),
            after: members.flatMap(\.after).filter { !ids.contains($0) }.unique,
            publishes: nil,
            kind: joined.kind,
            connections: Set(members.flatMap(\.connections)).sorted(),
            companions: members.dropFirst().flatMap(\.loads)
        )
        self[place] = joined
        removeAll { ids.contains($0.id) }
        for index in indices {
            self[index].after = self[index].after.map { ids.contains($0) ? name : $0 }.unique
        }
    }
}

extension Array where Element: Hashable {
    /// Each element once, where it first stands.
    fileprivate var unique: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

/// The order that foreign keys ask for among loads, as the servers know it.
struct ForeignKeyOrder {
    /// The plan with loads waiting for those of the tables that theirs refer to.
    ///
    /// A server that does not answer is no reason to stop here: its loads will say so.
    static func applied(to plan: Plan, _ project: Project) async -> Plan {
        var plan = plan
        var targets: [String: [(node: NodeID, table: TableName, server: ConnectionParameters)]] = [:]
        for node in plan.nodes {
            for load in node.loads {
                guard case .table(let connection, _, _) = load.destination,
                    let (table, server) = LoadStep.target(of: load, in: project)
                else { continue }
                targets[connection, default: []].append((node.id, table, server))
            }
        }
        for (_, loads) in targets where Set(loads.map(\.node)).count > 1 {
            let tables = loads.map(\.table)
            guard let server = loads.first?.server,
                let pairs = try? await offPool({ try ForeignKeyPairs(of: tables, on: PostgresConnection(server)) })
            else { continue }
            for (child, parent) in pairs.places where loads[child].node != loads[parent].node {
                plan.wait(loads[child].node, for: loads[parent].node)
            }
        }
        return plan
    }
}

extension Plan {
    /// Has a node wait for another, unless that one waits for it.
    fileprivate mutating func wait(_ node: NodeID, for other: NodeID) {
        guard let graph = try? DAG(nodes.map { ($0.id, $0.after) }), !graph.ancestors(of: other).contains(node),
            let index = nodes.firstIndex(where: { $0.id == node }), !nodes[index].after.contains(other)
        else { return }
        nodes[index].after.append(other)
    }
}

import PintailOrchestrator
import Synchronization

/// Which steps of a replay need not be done again when it is stopped now.
///
/// What a step has made is there only when the last check of its table has published it, and what a model has made when its
/// tests have passed: such steps are done together or not at all.
final class ReplayProgress: Sendable {
    private let groups: [NodeID: Set<NodeID>]
    private let finished = Mutex<Set<NodeID>>([])

    init(_ plan: Plan) {
        let keys = Dictionary(plan.nodes.map { ($0.id, $0.groupKey) }) { first, _ in first }
        let members = Dictionary(grouping: plan.nodes.map(\.id)) { keys[$0] ?? "" }
        groups = keys.mapValues { Set(members[$0] ?? []) }
    }

    /// Notes a step that has succeeded, and tells the steps that are done with it: none while others of its group are not.
    func finish(_ node: NodeID) -> [NodeID] {
        let group = groups[node] ?? [node]
        return finished.withLock { finished in
            finished.insert(node)
            return group.isSubset(of: finished) ? group.sorted { $0.name < $1.name } : []
        }
    }
}

extension Plan.Node {
    /// What nodes have in common that are done together.
    fileprivate var groupKey: String {
        if model != nil { return "models" }
        switch step {
        case .check(let check): return "table " + check.table.lowercased()
        case .extract, .transform: return "table " + (step.makes ?? "").lowercased()
        case .build, .load, .command: return "node " + id.name
        }
    }
}

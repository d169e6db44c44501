package import PintailOrchestrator
import PintailProject

/// Which nodes of a plan a run takes: `articles`, `+articles` with what it needs, `articles+` with what needs it.
///
/// A pipeline's name selects all its steps, also where one of them has the same name: `transform:articles` is that one.
package struct Selection: Hashable, Sendable {
    /// What the user wrote, one node or pipeline each; empty selects everything.
    package let expressions: [String]

    /// Takes the expressions as the user wrote them.
    package init(_ expressions: [String] = []) { self.expressions = expressions }
}

extension Plan {
    /// The part of the plan that a selection names; what is not in it is not waited for.
    ///
    /// - Throws: `Diagnostics` with every expression that names nothing.
    package func selecting(_ selection: Selection) throws -> Plan {
        guard !selection.expressions.isEmpty else { return self }
        let graph = try DAG(nodes.map { ($0.id, $0.after) })
        var chosen: Set<NodeID> = []
        var problems: [Diagnostic] = []
        for expression in selection.expressions {
            let found = self.nodes(named: expression.trimming("+"))
            if found.isEmpty { problems.append(unknown(expression.trimming("+"))) }
            for id in found {
                chosen.insert(id)
                if expression.hasPrefix("+") { chosen.formUnion(graph.ancestors(of: id)) }
                if expression.hasSuffix("+") { chosen.formUnion(graph.descendants(of: id)) }
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return keeping(chosen)
    }

    /// The plan of some of its nodes; the last chosen check of a table, or its maker, publishes it.
    package func keeping(_ chosen: Set<NodeID>) -> Plan {
        var plan = self
        plan.nodes = nodes.filter { chosen.contains($0.id) }
        for index in plan.nodes.indices {
            plan.nodes[index].after = throughMissing(plan.nodes[index].after, chosen)
        }
        for index in plan.nodes.indices where plan.nodes[index].step.makes != nil {
            let table = plan.nodes[index].step.makes
            if !plan.nodes.contains(where: { $0.publishes == table }) { plan.nodes[index].publishes = table }
        }
        return plan
    }

    /// What a node waits for when some nodes between are left out: the nearest chosen ones above.
    private func throughMissing(_ after: [NodeID], _ chosen: Set<NodeID>) -> [NodeID] {
        var result: [NodeID] = []
        var seen: Set<NodeID> = []
        var open = Array(after.reversed())
        while let id = open.popLast() {
            guard seen.insert(id).inserted else { continue }
            if chosen.contains(id) { result.append(id) } else { open += self[id]?.after.reversed() ?? [] }
        }
        return result
    }

    private func nodes(named name: String) -> [NodeID] {
        let ofPipeline = nodes.filter { $0.pipeline == name }
        if !ofPipeline.isEmpty { return ofPipeline.map(\.id) }
        // Loads that are one transaction run together, whichever of them is named.
        let steps = nodes.filter { node in
            node.id.name == name || node.step.name == name
                || node.loads.contains { $0.name == name || "load:\($0.name)" == name }
        }
        guard steps.isEmpty, let colon = name.firstIndex(of: ":") else { return steps.map(\.id) }
        let (kind, rest) = (name[..<colon], name[name.index(after: colon)...])
        return nodes.filter { $0.step.kind.rawValue == kind && $0.step.name == rest }.map(\.id)
    }

    private func unknown(_ name: String) -> Diagnostic {
        let names = nodes.map(\.step.name) + nodes.map(\.id.name) + nodes.map(\.pipeline)
        return Diagnostic("there is no pipeline or step named '\(name)'", hint: didYouMean(name, among: names))
    }
}

extension String {
    fileprivate func trimming(_ mark: Character) -> String {
        var text = self[...]
        while text.first == mark { text.removeFirst() }
        while text.last == mark { text.removeLast() }
        return String(text)
    }
}

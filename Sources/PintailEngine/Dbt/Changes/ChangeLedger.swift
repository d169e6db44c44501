import DuckDB
import FoundationEssentials
import PintailOrchestrator
package import PintailProject

/// Notes what a run has built, so that a later one can tell what has changed since.
///
/// Made before the run: whether the database was left alone since the last one is seen then or never.
package struct ChangeLedger: Sendable {
    private let project: DbtProject
    private let plan: ChangePlan?
    private let isPartial: Bool
    private let wasUntouched: Bool
    /// What tells this run's tables from those of another.
    private let build = UUID().uuidString

    /// - Parameters:
    ///   - plan: what was decided, where it was asked.
    ///   - isPartial: whether what is built is not what the project says: with no rows, or from elsewhere.
    package init(_ project: DbtProject, plan: ChangePlan?, isPartial: Bool) {
        self.project = project
        self.plan = plan
        self.isPartial = isPartial
        let path = project.profile.databasePath
        let known = path.flatMap { BuildRecord.read(in: project.root.directory).databases[$0]?.stamp }
        wasUntouched = known != nil && known?.isSettled == true && known == path.flatMap { FileStamp(of: $0) }
    }

    /// Notes the results of a run whose database is closed.
    ///
    /// Contents are computed where changes were asked for: it means to read every table that was built.
    package func note(_ results: [DbtResult]) throws {
        guard let path = project.profile.databasePath else { return }
        let folder = project.root.directory
        var all = BuildRecord.read(in: folder)
        let surroundings = Surroundings.digest(of: project)
        // What was built in other surroundings is as if it had never been.
        let before = all.databases[path].flatMap { $0.surroundings == surroundings ? $0 : nil }
        var nodes = before.map { stillKnown($0) } ?? [:]
        var built: [Node] = []
        for result in results {
            guard let node = project.manifest.nodes[result.uniqueID] else { continue }
            nodes[node.uniqueID] = nil
            guard !isPartial, [.success, .pass].contains(result.status) else { continue }
            nodes[node.uniqueID] = entry(of: node, result)
            built.append(node)
        }
        if plan != nil { try fill(&nodes, built) }
        guard let stamp = FileStamp(of: path) else { return }
        let sources = (wasUntouched ? before?.sources ?? [:] : [:]).merging(plan.map { held(by: $0) } ?? [:]) { $1 }
        for node in built {
            let inputs = inputs(of: node, nodes, sources, stamp)
            nodes[node.uniqueID]?.inputs = inputs
        }
        if let old = before?.stamp.text {
            for id in nodes.keys { nodes[id]?.follow(from: old, to: stamp.text, sources) }
        }
        all.databases[path] = BuildRecord.Database(
            stamp: stamp,
            surroundings: surroundings,
            nodes: nodes,
            sources: sources
        )
        try all.write(in: folder)
    }

    /// What was noted of nodes and is still true: of what was written to since, only what was compared.
    private func stillKnown(_ before: BuildRecord.Database) -> [String: BuildRecord.Entry] {
        guard !wasUntouched else { return before.nodes }
        let compared = Set(plan?.decisions.filter { !$0.runs }.map(\.id) ?? [])
        return before.nodes.filter { compared.contains($0.key) }
    }

    private func held(by plan: ChangePlan) -> [String: String] {
        plan.contents.filter { project.manifest.sources[$0.key] != nil }
    }

    private func entry(of node: Node, _ result: DbtResult) -> BuildRecord.Entry {
        let print = NodeFingerprint(node, sql: node.kind == .seed ? nil : result.compiled ?? "", in: project)
        return BuildRecord.Entry(
            build: build,
            relation: ProjectBinding.relation(of: node).sql,
            code: print.code,
            sql: print.sql,
            config: print.config,
            macros: print.macros,
            vars: print.vars,
            inputs: [:],
            file: print.file,
            contents: nil
        )
    }

    private func inputs(
        of node: Node,
        _ nodes: [String: BuildRecord.Entry],
        _ sources: [String: String],
        _ stamp: FileStamp
    ) -> [String: String] {
        var inputs: [String: String] = [:]
        for id in project.manifest.inputs(of: node) {
            // A hook may have changed a source after it was read: only what it held before says which version that was.
            let version =
                project.manifest.nodes[id] == nil
                ? sources[id] ?? (project.manifest.hasHooks ? nil : stamp.text) : nodes[id]?.build
            inputs[id] = version
        }
        return inputs
    }

    /// Computes what the tables hold that were built.
    private func fill(_ nodes: inout [String: BuildRecord.Entry], _ built: [Node]) throws {
        guard built.contains(where: { $0.kind != .test }) else { return }
        let tables = try StoredTables(DbtDatabase.open(project.profile.readOnly))
        for node in built where node.kind != .test {
            nodes[node.uniqueID]?.contents = try tables.contents(of: ProjectBinding.relation(of: node))
        }
    }
}

extension BuildRecord.Entry {
    /// A version that was that of the whole file goes on as what the file is now, after a run that changed no source.
    fileprivate mutating func follow(from old: String, to new: String, _ sources: [String: String]) {
        for (id, version) in inputs where version == old { inputs[id] = sources[id] ?? new }
    }
}

extension Manifest {
    /// What a node reads, with what ephemeral models read in their place.
    func inputs(of node: Node) -> [String] {
        var found: [String] = []
        var open = Array(node.dependsOnNodes.reversed())
        var seen: Set<String> = []
        while let id = open.popLast() {
            guard seen.insert(id).inserted else { continue }
            if let parent = nodes[id], parent.kind == .model, parent.isEphemeral {
                open += parent.dependsOnNodes.reversed()
            } else {
                found.append(id)
            }
        }
        return found
    }

    /// Whether anything runs beside the nodes themselves.
    var hasHooks: Bool {
        nodes.all.contains { node in
            node.kind == .operation || !(node.config["pre-hook"]?.items ?? []).isEmpty
                || !(node.config["post-hook"]?.items ?? []).isEmpty
        }
    }
}

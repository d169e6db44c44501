import DuckDB
import PintailOrchestrator
package import PintailProject

/// Which columns of a dbt project are made of which.
package struct ProjectLineage: Sendable {
    /// A column of a node or source.
    package struct Column: Hashable, Sendable {
        /// The node's or source's unique id; a table's full name where nothing of the project makes or declares it.
        package let node: String
        /// The column's name.
        package let name: String

        /// Names a column, whose case does not matter.
        package init(_ node: String, _ name: String) {
            self.node = node
            self.name = name
        }

        package static func == (one: Column, other: Column) -> Bool {
            one.node == other.node && one.name.lowercased() == other.name.lowercased()
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(node)
            hasher.combine(name.lowercased())
        }
    }

    /// One column that another is made of.
    package struct Link: Hashable, Sendable {
        package let from: Column
        package let to: Column
        /// What becomes of its values.
        package let manner: Manner
    }

    /// A column at a distance from the one that was asked for.
    package struct Step: Sendable {
        package let link: Link
        /// 0 for direct neighbours.
        package let depth: Int
    }

    /// The columns of nodes and sources in order, with their types.
    package private(set) var columns: [String: [(name: String, type: String)]] = [:]
    /// Nodes of which nothing can be said, and why.
    package private(set) var unknown: [(id: String, reason: String)] = []
    private var made: [Column: [Link]] = [:]
    private var read: [Column: [Link]] = [:]

    private init() {}
}

extension ProjectLineage {
    /// Follows the columns of nodes through everything that they are made of and that is made of them.
    ///
    /// Nothing is run; the database is only looked at for the columns of sources.
    package static func around(
        _ ids: Set<String>,
        in project: DbtProject,
        options: BuildOptions
    ) async throws -> ProjectLineage {
        try await offPool {
            let kinds: Set<ResourceKind> = [.model, .seed, .snapshot, .analysis]
            let all = Set(project.manifest.nodes.all.filter { kinds.contains($0.kind) }.map(\.uniqueID))
            let order = BuildGraph(project.manifest, running: all, waitsForTests: false).order
            let near = neighbours(of: ids, order, project.manifest)
            let binding = try ProjectBinding(project, options)
            var lineage = ProjectLineage()
            var plans: [(id: String, plan: String)] = []
            binding.onBound = { node, sql in
                guard near.contains(node.uniqueID) else { return }
                let asked: SQL = "SELECT json_serialize_plan(\(literal: sql), skip_null := true)"
                plans.append((node.uniqueID, try binding.scratch.warehouse.texts(asked).first ?? ""))
            }
            try binding.bind(order)
            for (id, found) in binding.columns { lineage.columns[id] = found.map { ($0.name, $0.type.description) } }
            let names = RelationNames(project)
            for (id, plan) in plans { lineage.add(id, plan, names) }
            for skipped in binding.skipped where near.contains(skipped.id) {
                let words = skipped.reason.words ?? "it reads what is not known"
                lineage.unknown.append((skipped.id, words))
            }
            for id in near where lineage.columns[id] != nil && project.manifest.nodes[id] != nil {
                let isKnown = plans.contains { $0.id == id } || project.manifest.nodes[id]?.kind == .seed
                if !isKnown, !lineage.unknown.contains(where: { $0.id == id }) {
                    lineage.unknown.append((id, "its SQL does not bind: pintail validate tells why"))
                }
            }
            return lineage
        }
    }

    /// Nodes with all that they are made of and all that is made of them.
    private static func neighbours(of ids: Set<String>, _ order: [String], _ manifest: Manifest) -> Set<String> {
        var above = ids
        for id in order.reversed() where above.contains(id) {
            above.formUnion(manifest.nodes[id]?.dependsOnNodes ?? [])
        }
        var below = ids
        for id in order where manifest.nodes[id]?.dependsOnNodes.contains(where: { below.contains($0) }) ?? false {
            below.insert(id)
        }
        return above.union(below)
    }

    private mutating func add(_ id: String, _ plan: String, _ names: RelationNames) {
        do {
            let tree = try JSONTree.reading(Array(plan.utf8), depthLimit: Self.depthLimit)
            guard let query = tree["plans"]?.items.first else {
                unknown.append((id, tree["error_message"]?.text ?? "DuckDB does not tell its plan"))
                return
            }
            for (column, origins) in zip(columns[id] ?? [], try PlanLineage.columns(of: query)) {
                let to = Column(id, column.name)
                for origin in origins.all {
                    let from = Column(names.id(of: origin.column), origin.column.column)
                    let link = Link(from: from, to: to, manner: origin.manner)
                    made[to, default: []].append(link)
                    read[from, default: []].append(link)
                }
            }
        } catch let error as PlanLineage.UnknownOperator {
            unknown.append((id, "its plan has an operator that is not known here: \(error.name)"))
        } catch {
            unknown.append((id, "its plan cannot be read"))
        }
    }

    /// A query of a hundred common table expressions takes two levels for each.
    private static let depthLimit = 600

    // MARK: Asking

    /// The columns that a column is made of, and what those are made of, each before its own.
    package func upstream(of column: Column) -> [Step] { walk(column, made, \.from) }

    /// The columns that are made of a column, and what is made of those.
    package func downstream(of column: Column) -> [Step] { walk(column, read, \.to) }

    private func walk(_ start: Column, _ links: [Column: [Link]], _ next: KeyPath<Link, Column>) -> [Step] {
        var steps: [Step] = []
        var seen: Set<Link> = []
        var open = (links[start] ?? []).reversed().map { Step(link: $0, depth: 0) }
        while let step = open.popLast() {
            guard seen.insert(step.link).inserted else { continue }
            steps.append(step)
            open += (links[step.link[keyPath: next]] ?? []).reversed().map { Step(link: $0, depth: step.depth + 1) }
        }
        return steps
    }
}

/// Which node or source a table of a plan is.
private struct RelationNames {
    private var ids: [String: String] = [:]
    private let home: String

    init(_ project: DbtProject) {
        home = project.profile.database
        for node in project.manifest.nodes.all where node.isReferable {
            add(ProjectBinding.relation(of: node), node.uniqueID)
        }
        for source in project.manifest.sources.all {
            if let relation = try? ProjectBinding.relation(of: source) { add(relation, source.uniqueID) }
        }
    }

    private mutating func add(_ relation: Relation, _ id: String) {
        ids[key(relation.database ?? home, relation.schema ?? "main", relation.identifier ?? "")] = id
    }

    private func key(_ catalog: String, _ schema: String, _ table: String) -> String {
        "\(catalog)\u{0}\(schema)\u{0}\(table)".lowercased()
    }

    func id(of column: PlanColumn) -> String {
        ids[key(column.catalog, column.schema, column.table)] ?? "\(column.catalog).\(column.schema).\(column.table)"
    }
}

import DuckDB
import PintailOrchestrator
package import PintailProject

/// Finds out what every step of a project reads, and so in which order steps can run.
///
/// Pure but for DuckDB's parser: nothing is read, opened or run.
package struct PlanBuilder: ~Copyable {
    private let project: Project
    private let existing: Set<String>
    private let leftOut: Set<String>?
    /// Opened for the first query: many projects have none.
    private var parser: Connection?
    private var problems: [Diagnostic] = []
    /// The nodes that something is wrong with.
    private var unsound: Set<NodeID> = []
    /// The models that steps build, and what their nodes are called.
    private var models: PipelineModels?
    private var titles = NodeTitles()

    /// - Parameters:
    ///   - existing: lower-case names of tables that are in the database already: steps may read them too.
    ///   - leftOut: lower-case names of steps that the project has beside these; `nil` when nobody knows them.
    package init(_ project: Project, existing: Set<String> = [], leftOut: Set<String>? = []) {
        self.project = project
        self.existing = existing
        self.leftOut = leftOut
    }

    /// Plans all steps of all pipelines.
    ///
    /// - Throws: `Diagnostics` with every mistake at once: queries that do not parse, tables nobody makes, cycles.
    package consuming func plan() throws -> Plan {
        let directory = project.directory
        let survey = try survey()
        guard survey.problems.isEmpty else { throw Diagnostics(survey.problems, in: directory) }
        return survey.plan
    }

    /// Plans all steps, those too with which something is wrong.
    package consuming func survey() throws -> PlanSurvey {
        models = try PipelineModels.load(for: project)
        var nodes = project.pipelines.flatMap { pipeline in
            pipeline.steps.filter { $0.keyword != "build" }.map { draft($0, in: pipeline) }
        }
        titles = NodeTitles(models?.graph.order ?? [], models?.project.manifest, besides: Set(nodes.map(\.id)))
        nodes += models?.graph.order.compactMap { drafted($0) } ?? []
        reportTwins(nodes)
        let makers = Dictionary(
            nodes.compactMap { node in node.step.makes.map { ($0.lowercased(), node.id) } },
            uniquingKeysWith: { first, _ in first }
        )
        let gates = chainChecks(&nodes, makers: makers)
        for index in nodes.indices { connect(&nodes[index], makers: makers, gates: gates, names: nodes) }
        reportModelsInPlaceOfTables(makers)
        nodes.joinAtomicLoads(of: project)
        reportCycle(nodes)
        let plan = Plan(
            nodes: nodes,
            retries: Dictionary(
                project.pipelines.map { ($0.name, $0.retries) },
                uniquingKeysWith: { first, _ in first }
            ),
            timeouts: Dictionary(
                project.pipelines.compactMap { pipeline in pipeline.timeout.map { (pipeline.name, $0) } },
                uniquingKeysWith: { first, _ in first }
            ),
            models: models
        )
        return PlanSurvey(plan: plan, problems: problems, unsound: unsound)
    }

    // MARK: What a step reads

    private mutating func draft(_ step: Step, in pipeline: Pipeline) -> Plan.Node {
        let reads = references(of: step)
        let outside = reads.compactMap { connection(of: $0.name) }
        return Plan.Node(
            id: NodeID(id(of: step)),
            step: step,
            pipeline: pipeline.name,
            reads: reads,
            after: [],
            publishes: step.makes,
            kind: step.kind,
            connections: Array(Set(outside)).sorted()
        )
    }

    /// The node of a model; what it reads as sources is made by other steps.
    private func drafted(_ id: String) -> Plan.Node? {
        guard let models, let place = models.steps[id] else { return nil }
        return Plan.Node(
            id: titles.title(of: id),
            step: .build(place.build),
            pipeline: place.pipeline,
            reads: models.sources(of: id).map { TableReference($0, offset: 0) },
            after: (models.graph.after[id] ?? []).map { titles.title(of: $0) },
            model: id,
            kind: titles.kind(of: id),
            connections: []
        )
    }

    private func id(of step: Step) -> String {
        switch step {
        case .extract, .transform: step.name
        case .check(let check): check.name
        case .build: "build:" + step.name
        case .load: "load:" + step.name
        case .command: "command:" + step.name
        }
    }

    private mutating func references(of step: Step) -> [TableReference] {
        switch step {
        case .extract, .build, .command: []
        case .transform(let transform): parse(transform.sql, field: "sql", of: step)
        case .load(let load):
            switch load.source {
            case .table(let name): [TableReference(TableName(dotted: name), offset: 0)]
            case .query(let sql): parse(sql, field: "from", of: step)
            }
        case .check(let check):
            [TableReference(TableName(dotted: check.table), offset: 0)] + claimed(by: check)
                + check.queries.enumerated().flatMap { parse($1.sql, field: "sql.\($0).sql", of: step) }
                + check.rows.enumerated().flatMap { parse($1, field: Check.path(ofRule: $0), of: check) }
        }
    }

    private func claimed(by check: Check) -> [TableReference] {
        check.columns.flatMap(\.claims).compactMap { claim in
            guard case .references(let table, _) = claim.kind else { return nil }
            return TableReference(TableName(dotted: table), offset: 0)
        }
    }

    /// The tables that a condition looks into.
    private mutating func parse(_ rule: RowRule, field: String, of check: Check) -> [TableReference] {
        let start = "SELECT ("
        do {
            return try references(in: "\(start)\(rule.condition)\n)")
        } catch {
            let offset = min(max(0, (error.offset ?? 0) - start.utf8.count), rule.condition.utf8.count)
            unsound.insert(NodeID(id(of: .check(check))))
            problems.append(
                Diagnostic(
                    "rule '\(rule.name)' of check '\(check.name)' cannot be read: \(error.message)",
                    at: check.locations.place(in: field, text: rule.condition, utf8Offset: offset),
                    hint: error.hint
                )
            )
            return []
        }
    }

    private mutating func parse(_ sql: String, field: String, of step: Step) -> [TableReference] {
        do {
            return try references(in: sql)
        } catch {
            unsound.insert(NodeID(id(of: step)))
            problems.append(
                Diagnostic(
                    "the query of \(step.keyword) '\(step.name)' cannot be read: \(error.message)",
                    at: step.locations.place(in: field, text: sql, utf8Offset: error.offset ?? 0),
                    hint: error.hint
                )
            )
            return []
        }
    }

    private mutating func references(in sql: String) throws(DuckDBError) -> [TableReference] {
        if parser == nil { parser = try Database().connect() }
        switch parser {
        case .some(let parser): return try TableReference.all(in: sql, parser)
        case nil: preconditionFailure("the parser was opened")
        }
    }

    // MARK: What a step waits for

    /// Lets the checks of one table run one after another, and publication wait for the last.
    ///
    /// - Returns: by table, the node that everybody else who reads it waits for.
    private func chainChecks(_ nodes: inout [Plan.Node], makers: [String: NodeID]) -> [String: NodeID] {
        var gates = makers
        for index in nodes.indices {
            guard case .check(let check) = nodes[index].step, let previous = gates[check.table.lowercased()] else {
                continue
            }
            nodes[index].after.append(previous)
            nodes[index].publishes = check.table
            if let before = nodes.firstIndex(where: { $0.id == previous }) { nodes[before].publishes = nil }
            gates[check.table.lowercased()] = nodes[index].id
        }
        return gates
    }

    private mutating func connect(
        _ node: inout Plan.Node,
        makers: [String: NodeID],
        gates: [String: NodeID],
        names: [Plan.Node]
    ) {
        var after = node.after
        for reference in node.reads {
            if let maker = made(reference.name, gates), maker != node.id {
                if !isOwnTable(reference.name, of: node) { after.append(maker) }
            } else if node.model != nil {
                continue  // A source that no step makes is there, or the model fails and says so.
            } else if let makers = models?.makers(of: reference.name), !makers.isEmpty {
                after += makers.map { titles.title(of: $0) }
            } else if made(reference.name, makers) == nil, !isKnown(reference.name) {
                problems.append(missing(reference, in: node, makers: makers))
            }
        }
        for name in node.step.after {
            if let other = names.first(where: { $0.step.name == name || $0.id.name == name }) {
                // Of a step that builds many models, what follows waits for all.
                let isMany = other.model != nil && other.id.name != name
                after += isMany ? names.filter { $0.step.name == name }.map(\.id) : [other.id]
            } else if mayBeLeftOut(name) {
                continue
            } else {
                problems.append(
                    Diagnostic(
                        "\(node.step.keyword) '\(node.step.name)' waits for '\(name)', which is no step",
                        at: node.step.locations["after"],
                        hint: didYouMean(name, among: names.map(\.step.name))
                    )
                )
            }
        }
        after += names.filter { $0.id != node.id && $0.makesParents(of: node) }.map(\.id)
        var seen: Set<NodeID> = []
        node.after = after.filter { seen.insert($0).inserted }
    }

    /// A check reads the table it judges before anybody else does.
    private func isOwnTable(_ name: TableName, of node: Plan.Node) -> Bool {
        guard case .check(let check) = node.step else { return false }
        return name.schema == nil && check.table.lowercased() == name.name.lowercased()
    }

    private func made(_ name: TableName, _ makers: [String: NodeID]) -> NodeID? {
        guard name.catalog == nil, name.schema == nil || name.schema?.lowercased() == "main" else { return nil }
        return makers[name.name.lowercased()]
    }

    private func isKnown(_ name: TableName) -> Bool {
        if connection(of: name) != nil || Self.isFile(name) { return true }
        // Quarantine tables come into being when rows go there; other schemas and catalogs are the user's own.
        if let schema = name.schema?.lowercased(), schema != "main" { return true }
        return existing.contains(name.name.lowercased()) || mayBeLeftOut(name.name)
    }

    private func mayBeLeftOut(_ name: String) -> Bool { leftOut?.contains(name.lowercased()) ?? true }

    private func connection(of name: TableName) -> String? {
        guard let first = name.catalog ?? name.schema else { return nil }
        return project.connections[first] == nil ? nil : first
    }

    /// DuckDB reads `FROM 'orders.csv'` as the file.
    private static func isFile(_ name: TableName) -> Bool {
        name.schema == nil && (name.name.contains("/") || name.name.contains("."))
    }

    // MARK: Mistakes

    private func missing(_ reference: TableReference, in node: Plan.Node, makers: [String: NodeID]) -> Diagnostic {
        let (field, text): (String, String) =
            switch node.step {
            case .transform(let step): ("sql", step.sql)
            case .load(let step):
                if case .query(let sql) = step.source { ("from", sql) } else { ("from", "") }
            case .check: ("check", "")
            case .extract, .build, .command: ("", "")
            }
        let known = Array(makers.keys) + existing
        var place = node.step.locations.place(in: field, text: text, utf8Offset: reference.offset)
        if !text.isEmpty { place?.length = reference.name.name.unicodeScalars.count }
        return Diagnostic(
            "\(node.step.keyword) '\(node.step.name)' reads '\(reference.name)', which no step makes",
            at: place,
            hint: didYouMean(reference.name.name, among: known)
        )
    }

    private mutating func reportTwins(_ nodes: [Plan.Node]) {
        var makers: [String: Plan.Node] = [:]
        var ids: [NodeID: Plan.Node] = [:]
        for node in nodes {
            if let table = node.step.makes?.lowercased() {
                if let first = makers[table] {
                    problems.append(
                        Diagnostic(
                            "\(node.step.keyword) '\(node.step.name)' makes a table that \(first.step.keyword) '\(first.step.name)' makes already",
                            at: node.step.locations[""],
                            hint: Self.seen(first)
                        )
                    )
                } else {
                    makers[table] = node
                }
            } else if let first = ids[node.id] {
                problems.append(
                    Diagnostic(
                        "two steps are named '\(node.id)'",
                        at: node.step.locations[""],
                        hint: Self.seen(first) ?? "give one of them a 'name:'"
                    )
                )
            }
            ids[node.id] = node
        }
    }

    private mutating func reportModelsInPlaceOfTables(_ makers: [String: NodeID]) {
        guard let models else { return }
        for (table, maker) in makers.sorted(by: { $0.key < $1.key }) {
            guard let id = models.makers(of: TableName(table)).first, let place = models.steps[id] else { continue }
            problems.append(
                Diagnostic(
                    "the model '\(models.project.manifest.nodes[id]?.name ?? id)' makes a table that the step '\(maker)' makes already",
                    at: place.build.locations["build"],
                    hint: "give the model another schema or alias, or the step another name"
                )
            )
        }
    }

    private static func seen(_ node: Plan.Node) -> String? {
        node.step.locations[""].map { "the other one stands at \($0.file):\($0.line)" }
    }

    private mutating func reportCycle(_ nodes: [Plan.Node]) {
        guard problems.isEmpty else { return }
        do {
            _ = try DAG(nodes.map { ($0.id, $0.after) })
        } catch {
            guard case .cycle(let path) = error else { return }
            let first = nodes.first { $0.id == path.first }
            problems.append(
                Diagnostic(
                    "steps wait for each other: " + path.map(\.name).joined(separator: " → "),
                    at: first?.step.locations["sql"],
                    hint: "one of them must read something else"
                )
            )
        }
    }
}

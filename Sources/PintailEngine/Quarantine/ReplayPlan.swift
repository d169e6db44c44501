import DuckDB
package import PintailOrchestrator
package import PintailProject

/// What one run of a replay does: where the rows enter, and the steps that they reach from there.
package struct ReplayPlan: Hashable, Sendable {
    /// Where rows enter the pipeline.
    package enum Entry: Hashable, Sendable {
        /// A table: its extract's settings and its checks judge them.
        case table(checks: [Check], extract: Extract?)
        /// A load, which is given them alone.
        case load
        /// They have entered: an earlier replay was stopped before its last step.
        case none
    }

    /// What was asked for.
    package let replay: Replay
    /// Where the rows enter.
    package let entry: Entry
    /// The step that takes them in; `nil` when they have entered.
    package let entryNode: NodeID?
    /// The steps of the run.
    package let plan: Plan
    /// The loads that get only what the rows add, by the step that does them.
    let additions: [Addition]
    /// The steps that an addition's rows pass through.
    let transforms: [Plan.Node]

    /// A load that adds rows to what is there, and so must not get those again that it has delivered.
    struct Addition: Hashable, Sendable {
        let node: NodeID
        let load: Load
        let connections: [String]

        /// Where its rows wait until they are delivered.
        var rows: TableName { ReplayLedger.added(for: load.name) }
    }
}

extension ReplayPlan {
    /// Plans for rows that enter a table.
    ///
    /// - Throws: ``StepError`` when a step on their way cannot take them.
    static func entering(_ replay: Replay, in plan: Plan) throws -> ReplayPlan {
        let table = replay.table.lowercased()
        let own = plan.nodes.filter { $0.step.isOf(table: table) }
        guard let gate = own.last(where: { $0.step.kind != .load }) else {
            throw StepError(
                "no step makes or checks '\(replay.table)' any more",
                hint: "the rows stay in \(replay.aside); 'pintail quarantine \(replay.table) --output FILE' writes them"
            )
        }
        let reached = try plan.reached(fromTable: table, entering: Set(own.map(\.id)))
        let rest = plan.nodes.filter { reached.contains($0.id) }
        try refuse(rest, of: replay)
        let id = NodeID("replay:" + replay.table)
        let entry = Plan.Node(
            id: id,
            step: gate.step,
            pipeline: gate.pipeline,
            reads: own.flatMap(\.reads),
            after: [],
            publishes: nil,
            kind: own.first { $0.step.makes != nil }?.kind ?? .check,
            connections: Set(own.filter { $0.step.kind == .check }.flatMap(\.connections)).sorted()
        )
        return ReplayPlan(
            replay: replay,
            entry: .table(checks: own.compactMap(\.step.check), extract: own.compactMap(\.step.extract).first),
            entryNode: id,
            plan: plan.replaying(reached, behind: entry),
            additions: additions(rest),
            transforms: rest.filter { $0.step.kind == .transform }
        )
    }

    /// Plans for rows that are given to a load.
    static func given(_ replay: Replay, in plan: Plan) throws -> ReplayPlan {
        let name = replay.table
        guard let node = plan.nodes.first(where: { $0.loads.contains { $0.name == name } }),
            var load = node.loads.first(where: { $0.name == name })
        else {
            throw StepError(
                "there is no load '\(name)' any more",
                hint: "the rows stay in \(replay.aside); 'pintail quarantine \(name) --output FILE' writes them"
            )
        }
        // The other rows are there, and none of them is missing.
        if !load.mode.needsKey { load.mode = .append }
        load.rules.missingRows = .keep
        load.source = .query(
            "SELECT * EXCLUDE (\(identifiers: ReplayLedger.givenColumns)) FROM \(table: ReplayLedger.given(to: name))"
                as SQL
        )
        let id = NodeID("load:" + name)
        let entry = Plan.Node(
            id: id,
            step: .load(load),
            pipeline: node.pipeline,
            reads: [],
            after: [],
            publishes: nil,
            kind: .load,
            connections: node.connections
        )
        let reached = try plan.reached(fromTable: nil, entering: [node.id])
        return ReplayPlan(
            replay: replay,
            entry: .load,
            entryNode: id,
            plan: plan.replaying(reached, behind: entry),
            additions: [],
            transforms: []
        )
    }

    /// Plans the steps that an earlier replay has not come to.
    static func unfinished(_ replay: Replay, steps: Set<NodeID>, in plan: Plan) throws -> ReplayPlan {
        let rest = plan.nodes.filter { steps.contains($0.id) }
        return ReplayPlan(
            replay: replay,
            entry: .none,
            entryNode: nil,
            plan: plan.replaying(steps, behind: nil),
            additions: additions(rest),
            transforms: []
        )
    }

    private static func additions(_ rest: [Plan.Node]) -> [Addition] {
        rest.flatMap { node in
            node.loads.filter { $0.mode == .append }
                .map { Addition(node: node.id, load: $0, connections: node.connections) }
        }
    }

    private static func refuse(_ rest: [Plan.Node], of replay: Replay) throws {
        for load in rest.flatMap(\.loads) where load.mode == .fail {
            throw StepError(
                "rows of \(replay.table) cannot be replayed: load '\(load.name)' has 'mode: fail' and takes rows only once",
                hint: "'mode: append', 'upsert' or 'replace' takes them; or run the pipeline anew"
            )
        }
    }
}

extension Plan {
    /// The steps that rows reach which enter a table, or a load when there is none.
    ///
    /// What reads a table that they reach is reached; a step that reads nothing, when it waits for one that is.
    fileprivate func reached(fromTable table: String?, entering entry: Set<NodeID>) throws -> Set<NodeID> {
        var tables = Set(table.map { [$0] } ?? [])
        var reached: Set<NodeID> = []
        for id in try DAG(nodes.map { ($0.id, $0.after) }).topologicalOrder where !entry.contains(id) {
            guard let node = self[id] else { continue }
            let readsOne = node.reads.contains { reference in
                reference.name.catalog == nil && tables.contains(reference.name.name.lowercased())
            }
            let isReached =
                switch node.step {
                case .check(let check): tables.contains(check.table.lowercased())
                case .transform, .load, .build: readsOne || node.after.contains { isModel($0, among: reached) }
                case .extract, .command: node.after.contains { reached.contains($0) || entry.contains($0) }
                }
            guard isReached else { continue }
            reached.insert(id)
            if let made = node.step.makes { tables.insert(made.lowercased()) }
        }
        return reached
    }

    private func isModel(_ id: NodeID, among reached: Set<NodeID>) -> Bool {
        reached.contains(id) && self[id]?.model != nil
    }

    /// The plan of some steps behind the one where rows enter; loads that add rows take them from where they wait.
    fileprivate func replaying(_ chosen: Set<NodeID>, behind entry: Node?) -> Plan {
        var plan = keeping(chosen)
        for index in plan.nodes.indices {
            if let entry { plan.nodes[index].after.append(entry.id) }
            guard case .load(let load) = plan.nodes[index].step else { continue }
            plan.nodes[index].step = .load(load.addingWaitingRows)
            plan.nodes[index].companions = plan.nodes[index].companions.map(\.addingWaitingRows)
        }
        if let entry { plan.nodes.insert(entry, at: 0) }
        return plan
    }
}

extension Load {
    fileprivate var addingWaitingRows: Load {
        guard mode == .append else { return self }
        var load = self
        load.source = .query(
            "SELECT * EXCLUDE (\(identifier: ReplayLedger.addedColumn)) FROM \(table: ReplayLedger.added(for: name))"
                as SQL
        )
        return load
    }
}

extension LoadSource {
    fileprivate static func query(_ sql: SQL) -> LoadSource { .query(sql.text) }
}

extension Step {
    /// Whether the step makes or judges a table.
    fileprivate func isOf(table: String) -> Bool { (makes ?? check?.table)?.lowercased() == table }

    fileprivate var check: Check? { if case .check(let check) = self { check } else { nil } }
    fileprivate var extract: Extract? { if case .extract(let extract) = self { extract } else { nil } }
}

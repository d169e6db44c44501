import DuckDB
import Jinja
import PintailProject

/// The binding of one model, snapshot or analysis.
struct NodeBinding {
    private let project: ProjectBinding
    private let node: Node

    init(_ project: ProjectBinding, _ node: Node) {
        self.project = project
        self.node = node
    }

    private var warehouse: Warehouse { project.scratch.warehouse }

    /// Compiles and binds the node, tells what is wrong with it, and puts a table in its place.
    func run() throws {
        guard node.language == "sql" else { return try project.skip(node, .language(node.language)) }
        if let unknown = node.dependsOnNodes.first(where: { project.knowledge[$0] == .nothing }) {
            return try project.skip(node, .reads(unknown))
        }
        let first: TracedSQL
        do {
            first = try compile(isIncremental: false)
        } catch {
            return try giveUp(error)
        }
        if node.materialization == "table_function" { return try makeFunction(first) }
        guard let mended = try bind(first) else { return }
        try stand(mended.columns, first.text, mended.isWhole ? .exact : .mended)
        if node.materialization == "incremental", mended.isWhole { try bindIncremental(first) }
        try ContractCheck(project, node).run()
    }

    // MARK: Compiling

    /// - Parameter isIncremental: whether the node's table is there already.
    private func compile(isIncremental: Bool) throws -> TracedSQL {
        let compilation = NodeCompilation(world: project.world, node: node, warehouse: warehouse)
        let (context, names) = try compilation.context()
        defer { context.close() }
        // A statement of a template may have begun a transaction.
        defer { do { try warehouse.commit() } catch { warehouse.rollback() } }
        for source in node.dependsOnNodes {
            guard let source = project.project.manifest.sources[source] else { continue }
            if Relation(of: source).externalText != nil {
                names.substitutes[source.uniqueID] = try ProjectBinding.relation(of: source)
            }
        }
        return try compilation.traced(context)
    }

    /// The second form of an incremental model: the one that reads the table it adds to.
    private func bindIncremental(_ first: TracedSQL) throws {
        let again: TracedSQL
        do {
            again = try compile(isIncremental: true)
        } catch {
            try rethrowInterruption(error)
            guard error.askedData == nil else { return }
            return project.report(error, node)
        }
        guard again.text != first.text else { return }
        _ = try bind(again, isAgain: true)
    }

    private func giveUp(_ error: any Error) throws {
        try rethrowInterruption(error)
        if error.askedData != nil { return try project.skip(node, .asksData) }
        project.report(error, node)
        try project.standEarlier(node)
    }

    // MARK: Binding

    /// The node's columns; nil where nothing can be said of them.
    private func bind(_ compiled: TracedSQL, isAgain: Bool = false) throws -> Mending.Outcome? {
        var mending = Mending(compiled.text, in: project.scratch)
        let outcome = try mending.run()
        try report(mending.mistakes, compiled)
        if let outcome { return outcome }
        if !isAgain { try project.standEarlier(node) }
        return nil
    }

    private func report(_ mistakes: [DuckDBError], _ compiled: TracedSQL) throws {
        guard let first = mistakes.first else { return }
        if Mending.dependsOnData(first, compiled.text) {
            return try project.skip(node, .makesColumnsOfValues)
        }
        // What does not go with a guessed type is no mistake of this node.
        if let unsure = node.dependsOnNodes.first(where: { project.knowledge[$0] == .stored }) {
            return project.note(node, .reads(unsure))
        }
        guard Self.known.contains(node.materialization) || node.kind != .model else {
            return project.note(node, .materialization(node.materialization))
        }
        let isGuessing = node.dependsOnNodes.contains { project.knowledge[$0] == .mended }
        for mistake in mistakes where !isGuessing || mistake.isAboutNames {
            project.report(mistake, node, compiled)
        }
    }

    /// What builds a model of a query and nothing else.
    private static let known: Set<String> = ["table", "view", "incremental", "ephemeral", "external"]

    // MARK: Functions

    /// A model that is a function of rows: its SQL names its parameters.
    private func makeFunction(_ compiled: TracedSQL) throws {
        let relation = ProjectBinding.relation(of: node)
        let names = (node.config["parameters"]?.items ?? []).map { SQL(verbatim: $0.plainText) }
        let query = SQL(verbatim: compiled.text)
        do {
            try project.scratch.makeSchema(of: relation)
            try project.scratch.execute(
                "CREATE OR REPLACE MACRO \(SQL(verbatim: relation.sql))(\(list: names)) AS TABLE (\n\(query)\n)"
            )
            project.settle(node, [], .exact)
        } catch {
            try rethrowInterruption(error)
            try project.skip(node, .materialization(node.materialization))
        }
    }

    // MARK: Standing

    private func stand(_ columns: [ResultColumn], _ sql: String, _ knowledge: ProjectBinding.Knowledge) throws {
        guard node.isReferable else { return project.settle(node, columns, knowledge) }
        let relation = ProjectBinding.relation(of: node)
        var (columns, sql) = (columns, sql)
        if node.kind == .snapshot {
            guard let history = try history(of: sql, knowledge) else { return }
            (columns, sql) = history
        }
        let isOpen = knowledge != .exact || node.materialization == "view" || node.isEphemeral
        try project.scratch.stand(for: relation, columns, isOpen: isOpen)
        warehouse.made(relation)
        project.settle(node, columns, knowledge)
        if knowledge == .exact { try project.onBound(node, sql) }
    }

    /// A snapshot's table, as the project's own macros make it of its query.
    private func history(
        of sql: String,
        _ knowledge: ProjectBinding.Knowledge
    ) throws -> (columns: [ResultColumn], sql: String)? {
        let compilation = NodeCompilation(world: project.world, node: node, warehouse: warehouse)
        do {
            let (context, _) = try compilation.context()
            defer { context.close() }
            defer { do { try warehouse.commit() } catch { warehouse.rollback() } }
            context.node.compiledSQL = sql
            context.node.model["compiled_code"] = .string(sql)
            let making = try Template(Self.makingSnapshot, name: compilation.shownPath, in: DbtEnvironment.sql)
            let whole = try context.compile(making)
            return (try warehouse.columns(of: whole), whole)
        } catch {
            try rethrowInterruption(error)
            if error.askedData == nil, knowledge == .exact {
                project.report(error, node)
            }
            try project.standEarlier(node)
            return nil
        }
    }

    private static let makingSnapshot = """
        {%- set strategy = strategy_dispatch(config.get('strategy'))(model, 'snapshotted_data', 'source_data', model['config'], false) -%}
        {{ build_snapshot_table(strategy, sql) }}
        """
}

import DuckDB
import Jinja
import PintailOrchestrator
import PintailProject

/// The binding of a project under way: every node's SQL is compiled and bound, parents first, and none of it is run.
///
/// DuckDB itself does the binding, against tables without rows that stand for what the parents would be: what it
/// accepts here it accepts in a run. Belongs to one thread.
final class ProjectBinding {
    /// What is known of a node's columns.
    enum Knowledge {
        /// As a run would make them.
        case exact
        /// All names, but not all types: the node's own mistakes were passed over.
        case mended
        /// Those of the table that an earlier run left.
        case stored
        case nothing
    }

    /// A node that could not be looked at.
    struct Skipped {
        let id: String
        let reason: SkipReason
    }

    let project: DbtProject
    let world: BuildWorld
    let scratch: ScratchWarehouse
    private let gate: DataGate
    private(set) var knowledge: [String: Knowledge] = [:]
    /// The columns of what was bound, by unique id.
    private(set) var columns: [String: [ResultColumn]] = [:]
    private(set) var problems: [Diagnostic] = []
    private(set) var skipped: [Skipped] = []
    /// How many nodes were bound.
    private(set) var bound = 0
    /// How many tests were.
    private(set) var tests = 0
    /// Takes the SQL of every node that binds, while its parents stand there.
    var onBound: (Node, String) throws -> Void = { _, _ in }

    /// Which node makes a relation, by its lower-cased SQL.
    private let makers: [String: String]

    /// Names of tables, lower-cased, that something else makes before the project reads them.
    private let madeElsewhere: Set<String>

    init(_ project: DbtProject, _ options: BuildOptions, madeElsewhere: Set<String> = []) throws {
        self.madeElsewhere = madeElsewhere
        self.project = project
        scratch = try ScratchWarehouse(project)
        let names = DbtBuild.runWorld(of: project, options, .now, selected: [])
        world = BuildWorld(project, names, scratch.database, options, selected: [], deferred: [:])
        gate = try DataGate(scratch.database)
        makers = Dictionary(
            project.manifest.nodes.all.filter(\.isReferable).map {
                (Self.relation(of: $0).sql.lowercased(), $0.uniqueID)
            }
        ) { first, _ in first }
        problems = scratch.warnings
        scratch.warehouse.gate = { [gate] sql in try gate.check(sql) }
    }

    // MARK: Going through the nodes

    /// Binds nodes, which come in an order of parents before children, and all sources that they read.
    func bind(_ ids: [String]) throws {
        let nodes = ids.compactMap { project.manifest.nodes[$0] }
        try makeFunctions()
        // Sources are often declared over the tables that seeds make.
        for node in nodes where node.kind == .seed { try standSeed(node) }
        for node in nodes {
            for source in node.dependsOnNodes where knowledge[source] == nil { try standSource(source) }
            switch node.kind {
            case .model, .snapshot: try NodeBinding(self, node).run()
            case .test: try TestBinding(self, node).run()
            case .analysis: try NodeBinding(self, node).run()
            default: break
            }
        }
    }

    /// Looks at the rows of all unit tests, when everything is bound.
    func bindUnitTests() throws {
        for test in project.manifest.unitTests.all { try UnitTestBinding(self, test).run() }
    }

    /// Functions and types that the project makes before everything else; other hooks are not run.
    private func makeFunctions() throws {
        for hook in project.manifest.nodes.all where hook.kind == .operation && hook.tags.contains("on-run-start") {
            let compilation = NodeCompilation(world: world, node: hook, warehouse: scratch.warehouse)
            let (context, _) = try compilation.context()
            defer { context.close() }
            // What cannot be rendered or made here is left to the run.
            guard let sql = try? compilation.traced(context).text, Self.makesFunction(sql) else { continue }
            do { try scratch.execute(SQL(verbatim: sql)) } catch { try rethrowInterruption(error) }
        }
    }

    private static func makesFunction(_ sql: String) -> Bool {
        sql.split(separator: ";").allSatisfy { statement in
            let words = statement.lowercased().split { " \n\t\r(".contains($0) }
                .filter { !["or", "replace", "temp", "temporary"].contains($0) }
            guard let first = words.first else { return true }
            return first == "create" && words.count > 1 && ["macro", "function", "type", "schema"].contains(words[1])
        }
    }

    /// Notes a mistake.
    func report(_ problem: Diagnostic) { problems.append(problem) }

    /// Notes what is wrong with a node.
    func report(_ error: any Error, _ node: Node, _ compiled: TracedSQL? = nil) {
        problems.append(diagnostic(of: error, node, compiled))
    }

    /// What is wrong with a node, at its place.
    func diagnostic(of error: any Error, _ node: Node, _ compiled: TracedSQL?) -> Diagnostic {
        let tables = node.dependsOnNodes.compactMap { id in columns[id].map { (title(of: id), $0.map(\.name)) } }
        return BindingProblem(node, error, compilation: compiled, tables: tables).diagnostic
    }

    /// What is wrong with a unit test itself.
    func diagnostic(of error: any Error, ofUnitTest test: UnitTestNode) -> Diagnostic {
        let failure = NodeFailure(error)
        return Diagnostic(failure.message, at: test.location, hint: failure.hint)
    }

    /// Notes that a node was not looked at; what reads it sees the table of an earlier run, if there is one.
    func skip(_ node: Node, _ reason: SkipReason) throws {
        skipped.append(Skipped(id: node.uniqueID, reason: reason))
        try standEarlier(node)
    }

    /// Notes that nothing could be said of a node.
    func note(_ node: Node, _ reason: SkipReason) { skipped.append(Skipped(id: node.uniqueID, reason: reason)) }

    /// Counts a test that was looked at.
    func countTest() { tests += 1 }

    /// A node or source as messages call it.
    func title(of id: String) -> String {
        if let node = project.manifest.nodes[id] { return "\(node.kind.rawValue) '\(node.name)'" }
        if let source = project.manifest.sources[id] { return "source '\(source.sourceName).\(source.name)'" }
        return "'\(id)'"
    }

    /// Whether a generic test is Pintail's own, and not one that the project puts in its place.
    func isBuiltIn(test name: String) -> Bool {
        guard let macro = world.world.macros.macro("test_" + name, from: project.root.name) else { return false }
        return macro.package == "dbt"
    }

    /// A node's columns are those that an earlier run made, or nobody knows them.
    func standEarlier(_ node: Node) throws {
        let relation = Self.relation(of: node)
        guard node.isReferable, try !node.isEphemeral && scratch.standStored(for: relation) else {
            knowledge[node.uniqueID] = .nothing
            return
        }
        columns[node.uniqueID] = try scratch.warehouse.columns(of: "SELECT * FROM \(relation.sql)")
        knowledge[node.uniqueID] = .stored
        scratch.warehouse.made(relation)
    }

    /// A node was bound.
    func settle(_ node: Node, _ columns: [ResultColumn], _ knowledge: Knowledge) {
        self.columns[node.uniqueID] = columns
        self.knowledge[node.uniqueID] = knowledge
        bound += 1
    }

    /// The name under which others read a node.
    static func relation(of node: Node) -> Relation {
        if node.kind == .model, node.isEphemeral { return Relation(ephemeral: node) }
        var relation = Relation(of: node)
        relation.kind = node.materialization == "view" ? .view : .table
        return relation
    }

    // MARK: Sources and seeds

    private func standSource(_ id: String) throws {
        guard let source = project.manifest.sources[id] else { return }
        let relation = try Self.relation(of: source)
        knowledge[id] = .nothing
        if let maker = makers[relation.sql.lowercased()], let made = columns[maker] {
            columns[id] = made
            knowledge[id] = knowledge[maker]
            return
        }
        if let external = Relation(of: source).externalText {
            do {
                let found = try scratch.warehouse.columns(of: "SELECT * FROM \(external)")
                try scratch.stand(for: relation, found)
                columns[id] = found
                knowledge[id] = .exact
            } catch {
                guard let cause = error.databaseCause else { throw error }
                problems.append(Self.unreadable(source, cause))
            }
            return
        }
        if try scratch.standStored(for: relation) {
            columns[id] = try scratch.warehouse.columns(of: "SELECT * FROM \(relation.sql)")
            knowledge[id] = .exact
        } else if scratch.isStored(source.database), !mayComeLater,
            !madeElsewhere.contains(source.identifier.lowercased())
        {
            let names = try scratch.storedNames(like: relation)
            problems.append(
                Diagnostic(
                    "source '\(source.sourceName).\(source.name)' is not in the database: there is no \(relation.sql)",
                    at: source.location,
                    hint: didYouMean(source.identifier, among: names)
                )
            )
        }
    }

    /// Whether something runs before everything else that may well make what is missing.
    private var mayComeLater: Bool {
        project.manifest.nodes.all.contains { $0.kind == .operation && $0.tags.contains("on-run-start") }
    }

    /// The name under which a source stands here; files have one too.
    static func relation(of source: SourceNode) throws -> Relation {
        var relation = Relation(of: source)
        relation.externalText = nil
        return relation
    }

    private static func unreadable(_ source: SourceNode, _ error: DuckDBError) -> Diagnostic {
        Diagnostic(
            "source '\(source.sourceName).\(source.name)' cannot be read: \(error.firstLine)",
            at: source.location,
            severity: .warning
        )
    }

    /// A seed's table has the columns that its file and its configuration give it; the project's own macro makes it.
    private func standSeed(_ node: Node) throws {
        do {
            let compilation = NodeCompilation(world: world, node: node, warehouse: scratch.warehouse)
            let (context, _) = try compilation.context()
            defer { context.close() }
            let making = try Template(Self.makingSeed, name: "seed", in: DbtEnvironment.sql)
            try scratch.warehouse.withoutGate {
                try scratch.execute(
                    "CREATE SCHEMA IF NOT EXISTS \(identifier: node.database ?? "").\(identifier: node.schema)"
                )
                _ = try context.compile(making)
                try scratch.warehouse.commit()
            }
            let relation = Self.relation(of: node)
            scratch.warehouse.made(relation)
            settle(node, try scratch.warehouse.columns(of: "SELECT * FROM \(relation.sql)"), .exact)
        } catch {
            scratch.warehouse.rollback()
            try rethrowInterruption(error)
            report(error, node)
            try standEarlier(node)
        }
    }

    private static let makingSeed = "{% do create_csv_table(model, load_agate_table()) %}"
}

/// Passes on that the user wants no more of it.
func rethrowInterruption(_ error: any Error) throws {
    if error is CancellationError || error.databaseCause?.kind == .interrupted { throw CancellationError() }
}

extension Error {
    /// The statement that asked for rows, under whatever templates made of it.
    var askedData: AskedData? {
        var next: (any Error)? = self
        while let error = next {
            if let found = error as? AskedData { return found }
            next = (error as? TemplateError)?.cause ?? (error as? any NodeError)?.cause
        }
        return nil
    }
}

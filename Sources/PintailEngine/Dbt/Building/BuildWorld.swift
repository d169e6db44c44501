import DuckDB
import Jinja
import PintailOrchestrator
package import PintailProject
import Synchronization

/// What all nodes of one run of a dbt project share.
final class BuildWorld: Sendable {
    let project: DbtProject
    let world: RunWorld
    let database: Database
    let relations = RelationCache()
    let options: BuildOptions
    let index: ReferenceIndex
    /// Unique ids of what the run selected.
    let selected: Set<String>
    /// Relations of an earlier manifest, for what is not built here.
    let deferred: [String: Relation]
    let artifacts: ArtifactFolder
    let notes = GraphNotes()
    let audits: Audits
    let scans: SharedScans
    /// What a killed run leaves of itself; nil where nothing is kept.
    private let journal = Mutex<RunJournal?>(nil)
    private let ephemerals = Mutex<[String: [CommonTableExpressions.Expression]]>([:])
    private let log = Mutex<[DbtResult]>([])

    init(
        _ project: DbtProject,
        _ world: RunWorld,
        _ database: Database,
        _ options: BuildOptions,
        selected: Set<String>,
        deferred: [String: Relation],
        audit: AuditPlan = .none,
        graph: BuildGraph? = nil
    ) {
        self.project = project
        self.world = world
        self.database = database
        self.options = options
        self.selected = selected
        self.deferred = deferred
        index = ReferenceIndex(project.manifest, root: project.root.name)
        artifacts = ArtifactFolder(options.targetPath, root: project.root.directory)
        audits = Audits(audit, project.manifest)
        scans = SharedScans(ScanPlan(project, graph, options, audit))
    }

    var manifest: Manifest { project.manifest }

    /// The results so far, in the order in which nodes ended.
    var results: [DbtResult] { log.withLock { $0 } }

    func note(_ result: DbtResult) { log.withLock { $0.append(result) } }

    /// From here on it is noted what is done, until the run has ended.
    func begin(_ journal: RunJournal?) { self.journal.withLock { $0 = journal } }

    /// A node, and what others need of it, is done.
    func finished(_ id: String) { journal.withLock { $0 }?.note(id) }

    /// The run's results are written.
    func end() {
        journal.withLock { journal in
            journal?.end()
            journal = nil
        }
    }

    /// Changes what was noted of a node.
    func amend(_ id: String, _ change: (inout DbtResult) -> Void) {
        log.withLock { log in
            if let place = log.lastIndex(where: { $0.uniqueID == id }) { change(&log[place]) }
        }
    }

    /// The relation that a node makes, where it is for the time being.
    func place(of node: Node) -> Relation { audits.place(of: node.uniqueID)?.staged ?? Relation(of: node) }

    /// The queries of an ephemeral model and of those it reads; made once.
    func expressions(
        of id: String,
        make: () throws -> [CommonTableExpressions.Expression]
    ) throws -> [CommonTableExpressions.Expression] {
        if let known = ephemerals.withLock({ $0[id] }) { return known }
        // Made outside of the lock: two that want it at once make the same.
        let made = try make()
        ephemerals.withLock { $0[id] = made }
        return made
    }

    /// What became of the templates of ephemeral models, which have no results of their own.
    var ephemeralCompilations: [String: Node.Compilation] {
        ephemerals.withLock { $0 }.compactMapValues { expressions in
            guard let own = expressions.last, let node = manifest.nodes[own.id] else { return nil }
            var result = DbtResult(own.id, .success)
            result.expressions = expressions.dropLast()
            result.compiled = CommonTableExpressions.adding(result.expressions, to: own.sql)
            result.compiledPath = artifacts.place(of: node, in: "compiled")
            return Node.Compilation(of: result)
        }
    }
}

/// What a run of a dbt project is told.
package struct BuildOptions: Sendable {
    /// What is done with the nodes.
    package var verb: BuildVerb
    /// Nodes at once; nil for one a core.
    package var threads: Int?
    /// Whether incremental models and seeds are made anew.
    package var isFullRefresh = false
    /// Whether nothing more is started once a node has failed.
    package var failsFast = false
    /// Whether the rows that tests find are kept in tables.
    package var storesFailures = false
    /// Whether tables are made without rows.
    package var isEmpty = false
    /// Whether models that do not say so themselves are judged by their tests before they replace what was there.
    package var audits = false
    /// Whether warnings are errors.
    package var warnsAreErrors = false
    /// Whether relations of an earlier manifest are preferred even to those that exist.
    package var favorsState = false
    /// What models and snapshots read of that which knows its event time; nil for all.
    package var sample: SampleSpan?
    /// Where microbatch models begin, instead of by themselves.
    package var eventTimeStart: String?
    /// Where microbatch models end.
    package var eventTimeEnd: String?
    /// The folder for artifacts.
    package var targetPath: String
    /// The command as the user gave it, for the history.
    package var command: String
    /// Values of the environment.
    package var environment: [String: String]
    /// What `run_results.json` says of the command.
    package var arguments: ConfigObject = [:]
    /// How long to wait for a database that another process has open.
    package var patience = Patience.none
    /// Takes what templates print.
    package var print: @Sendable (String) -> Void = { _ in }

    /// A run of a verb.
    package init(_ verb: BuildVerb, targetPath: String, command: String, environment: [String: String]) {
        self.verb = verb
        self.targetPath = targetPath
        self.command = command
        self.environment = environment
    }

    /// `flags` as templates see them.
    var flags: ConfigObject {
        [
            "FULL_REFRESH": .bool(isFullRefresh), "STORE_FAILURES": .bool(storesFailures), "EMPTY": .bool(isEmpty),
            "FAIL_FAST": .bool(failsFast), "WHICH": arguments["which"] ?? .string(verb.rawValue),
            "WARN_ERROR": .bool(warnsAreErrors),
        ]
    }
}

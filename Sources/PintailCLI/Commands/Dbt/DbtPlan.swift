import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// `plan` of a dbt project: what a build of what changed would build, and why.
struct DbtPlan: Sendable {
    static let why = Option.value("why", "NODE", .text, "Tell everything about one node: why it would be built, or not")

    private let options: DbtOptions
    private let selection: DbtSelection
    private let wanted: String?
    private let asJSON: Bool

    /// A plan for the words of a command line, which are selectors.
    init(_ arguments: ParsedArguments) throws(UsageError) {
        options = try DbtOptions(arguments)
        selection = DbtSelection(arguments, alsoSelecting: arguments.words)
        wanted = arguments[Self.why]
        asJSON = arguments.has(.json)
    }

    /// Whether a command line is about a dbt project alone, whatever words stand in it.
    static func isMeant(_ arguments: ParsedArguments) -> Bool {
        if arguments.has(DbtOptions.projectDirectory) { return true }
        func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: ProjectAccess.absolute(file)) }
        return exists("dbt_project.yml") && !exists("pintail.yml") && !exists("pintail.toml")
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try options.load(console)
        let graph = try selection.graph(of: project)
        let nodes = try selection.nodes(in: graph, of: project, kinds: BuildVerb.build.kinds, console)
        let settings = options.settings(.build, as: "plan", of: project, console)
        let plan = try await ChangePlan.of(
            project,
            selecting: Set(graph.ids(of: nodes)),
            options: settings,
            comparesContents: true
        )
        let text = ChangeText(plan, project.manifest)
        guard let wanted else {
            try text.print(to: console, asJSON: asJSON)
            return .success
        }
        try text.explain(wanted, to: console, asJSON: asJSON)
        return .success
    }

    // MARK: For builds

    /// What of a selection is built, told in a line.
    static func changes(
        in project: DbtProject,
        _ selected: Set<String>,
        _ options: BuildOptions,
        _ console: Console
    ) async throws -> ChangePlan {
        let plan = try await ChangePlan.of(
            project,
            selecting: selected,
            options: options,
            comparesContents: true,
            notesSources: true
        )
        let unchanged = plan.decisions.count { !$0.runs }
        if unchanged > 0 {
            let rest = plan.running.isEmpty ? ", and nothing was done" : ""
            console.note("\(counted(unchanged, "node")) unchanged\(rest)")
        }
        return plan
    }

    /// Notes what was built; without the note the next build builds it again, no more.
    static func note(_ outcome: DbtBuild.Outcome, in ledger: ChangeLedger, _ console: Console) {
        do {
            try ledger.note(outcome.results)
        } catch {
            console.warn("it was not noted what was built: \(NodeFailure(error).message)")
        }
    }
}

/// A plan of changes as a person or a program reads it.
private struct ChangeText {
    private let plan: ChangePlan
    private let manifest: Manifest

    init(_ plan: ChangePlan, _ manifest: Manifest) {
        self.plan = plan
        self.manifest = manifest
    }

    /// Prints a line for each node: whether it would come out as it is, or the first reason why not.
    func print(to console: Console, asJSON: Bool) throws {
        if asJSON { return try console.print(jsonText(ChangesFacts(nodes: plan.decisions.map { facts(of: $0) }))) }
        let width = min(40, plan.decisions.map { name(of: $0.id).displayWidth }.max() ?? 0)
        for decision in plan.decisions {
            var line = StyledLine(decision.runs ? "build" : "same ", decision.runs ? .bold : .dim)
            line.add(column: kind(of: decision.id).padded(to: 9), .dim)
            line.add(column: name(of: decision.id).padded(to: width), .bold)
            line.add(column: decision.reasons.first.map { words($0) } ?? "would come out as it is", .dim)
            let limit = console.output.isTerminal ? console.output.width : nil
            try console.print(line.text(console.output.palette, width: limit))
        }
        console.note(summary)
    }

    /// What commands would do: `build` alone makes everything anew.
    private var summary: String {
        let (all, same) = (plan.decisions.count, plan.decisions.count { !$0.runs })
        guard all > 0 else { return "nothing is selected" }
        let whole = "'pintail build' does all \(counted(all, "node"))"
        if same == 0 { return "\(all == 1 ? "'pintail build' does it" : whole), with --changed too" }
        let rest = same == all ? "nothing" : "\(all - same) of them"
        return "\(all == 1 ? "'pintail build' does it anyway" : whole); with --changed it does \(rest)"
    }

    /// Prints all that is known of one node.
    func explain(_ wanted: String, to console: Console, asJSON: Bool) throws {
        let found = plan.decisions.filter { $0.id == wanted || name(of: $0.id) == wanted }
        guard !found.isEmpty else {
            let names = plan.decisions.map { name(of: $0.id) }
            throw UsageError(.other("nothing called '\(wanted)' is selected", hint: didYouMean(wanted, among: names)))
        }
        for decision in found {
            if asJSON {
                try console.print(jsonText(facts(of: decision)))
                continue
            }
            let verdict =
                decision.runs
                ? "would be built, with --changed too" : "would come out as it is: nothing changed that it depends on"
            try console.print("\(kind(of: decision.id)) \(name(of: decision.id)) \(verdict)")
            for reason in decision.reasons { try console.print("  \(words(reason))") }
        }
    }

    private func words(_ reason: ChangeReason) -> String { reason.words { name(of: $0) } }

    private func name(of id: String) -> String {
        if let source = manifest.sources[id] { return "\(source.sourceName).\(source.name)" }
        return manifest.nodes[id]?.name ?? manifest.unitTests[id]?.name ?? id
    }

    private func kind(of id: String) -> String { manifest.nodes[id]?.kind.rawValue ?? "unit test" }

    private func facts(of decision: ChangePlan.Decision) -> ChangeFacts {
        ChangeFacts(
            node: name(of: decision.id),
            id: decision.id,
            kind: kind(of: decision.id),
            runs: decision.runs,
            reasons: decision.reasons.map { words($0) }
        )
    }
}

/// What `plan --json` prints of a dbt project.
private struct ChangesFacts: Encodable {
    let nodes: [ChangeFacts]
}

private struct ChangeFacts: Encodable {
    let node: String
    let id: String
    let kind: String
    let runs: Bool
    let reasons: [String]
}

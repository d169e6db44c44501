import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// What every verb of dbt takes: which project, profile and target, and variables.
struct DbtOptions: Sendable {
    static let projectDirectory = Option.value("project-dir", "DIR", .directory, "The folder with dbt_project.yml")
    static let profilesDirectory = Option.value("profiles-dir", "DIR", .directory, "The folder with profiles.yml")
    static let profile = Option.value(
        "profile",
        "NAME",
        .text,
        "The profile, instead of the one that the project names"
    )
    static let target = Option.value("target", short: "t", "NAME", .text, "The output of the profile")
    static let vars = Option.value("vars", "YAML", .text, "Variables, as in '{day: 2024-01-01}'")
    static let targetPath = Option.value("target-path", "DIR", .directory, "Where artifacts are written")
    static let ignoreVersion = Option.flag("no-version-check", "Go on where require-dbt-version asks for another dbt")
    static let all = [projectDirectory, profilesDirectory, profile, target, vars, targetPath, ignoreVersion]

    static let noWait = Option.flag("no-wait", "Fail at once where another process has the database open")
    static let wait = Option.value(
        "wait",
        "TIME",
        .text,
        "How long to wait for a process that has the database open, as in 10m; as long as it takes by itself"
    )
    /// What those take beside that open the database.
    static let waiting = [noWait, wait]

    /// The folder with `dbt_project.yml`.
    let folder: String
    /// How long to wait for another process; nil for as long as it takes.
    private let longestWait: Duration?
    private let targetPath: String?
    private var project: DbtProject.Options

    init(_ given: ParsedArguments) throws(UsageError) {
        let arguments = given.withDbtVariables()
        let environment = ProcessInfo.processInfo.environment
        folder = ProjectAccess.absolute(arguments[Self.projectDirectory] ?? ".")
        targetPath = arguments[Self.targetPath].map { ProjectAccess.absolute($0) }
        longestWait = try Self.longestWait(arguments)
        var options = DbtProject.Options(environment: environment)
        options.profile = arguments[Self.profile] ?? environment["DBT_PROFILE"]
        options.target = arguments[Self.target] ?? environment["DBT_TARGET"]
        options.profilesDirectory = arguments[Self.profilesDirectory].map { ProjectAccess.absolute($0) }
        let started = Timestamp.now.millisecondsSince1970 * 1000
        let flags: ConfigObject = [
            "FULL_REFRESH": .bool(arguments.has(DbtVerb.fullRefresh)), "EMPTY": .bool(arguments.has(DbtVerb.empty)),
            "STORE_FAILURES": .bool(arguments.has(DbtVerb.storeFailures)),
        ]
        options.flags = flags
        options.moreNames = { ParsingNames.value(named: $0, startedAt: started, flags: flags) }
        options.now = Double(Timestamp.now.millisecondsSince1970) / 1000
        options.checksVersion = !arguments.has(Self.ignoreVersion)
        if let text = arguments[Self.vars] {
            do throws(Diagnostic) {
                options.vars = try DbtProject.Options.variables(text)
            } catch {
                throw UsageError(.other(error.message, hint: error.hint ?? "as in --vars '{day: 2024-01-01}'"))
            }
        }
        project = options
    }

    /// How long a command line wants to wait; nil for as long as it takes.
    static func longestWait(_ arguments: ParsedArguments) throws(UsageError) -> Duration? {
        guard !arguments.has(noWait) else { return .zero }
        guard let text = arguments[wait] else { return nil }
        if let time = DurationText.parse(text) { return time }
        throw UsageError(.other("--wait: '\(text)' is no length of time", hint: "as in --wait 10m"))
    }

    /// How long the command waits for others, and how it tells of that.
    func patience(_ console: Console) -> Patience { Self.patience(for: longestWait, console) }

    /// Tells on the console for whom a command waits.
    static func patience(for longestWait: Duration?, _ console: Console) -> Patience {
        Patience(limit: longestWait) { notice in
            switch notice {
            case .waiting(let holder): console.note("waiting: \(holder.text); Ctrl-C leaves")
            case .goingOn(let time): console.note("going on after \(time.spoken)")
            }
        }
    }

    /// What a command of its own tells the engine, beside what it is about.
    func settings(
        _ verb: BuildVerb,
        as command: String,
        of project: DbtProject,
        _ console: Console
    ) -> BuildOptions {
        var settings = BuildOptions(
            verb,
            targetPath: artifacts(of: project),
            command: command,
            environment: environment
        )
        settings.patience = patience(console)
        return settings
    }

    /// Variables of the command line.
    var vars: ConfigObject { project.vars }

    /// Takes variables as an earlier run had them, in JSON.
    mutating func take(vars: String) throws(Diagnostic) { project.vars = try DbtProject.Options.variables(vars) }

    /// Values of the environment.
    var environment: [String: String] { project.environment }

    /// Reads the project, and prints what is doubtful about it.
    func load(_ console: Console) throws -> DbtProject {
        let loaded = try DbtProject.load(folder, project)
        console.warn(loaded.warnings, in: loaded.root.directory)
        return loaded
    }

    /// Reads what the project file alone says.
    func root() throws -> DbtPackage { try DbtProject.root(of: folder, project) }

    /// Writes the project's manifest, and prints what is doubtful about the project.
    func writeManifest(_ console: Console, isPartial: Bool) throws -> ManifestUpdate.Outcome {
        let metadata = ManifestArtifact.Metadata(
            generatedAt: Timestamp.now.description,
            invocationID: UUID().uuidString.lowercased()
        )
        let update = ManifestUpdate(of: folder, project, artifacts: namedArtifacts, metadata)
        let outcome = try update.run(isPartial: isPartial)
        console.warn(outcome.warnings, in: outcome.directory)
        return outcome
    }

    /// Where a run that was killed has noted what it did.
    var journal: String { folder + "/" + EarlierState.journalName }

    /// Where artifacts lie when nobody says otherwise.
    var usualArtifacts: String { targetPath ?? folder + "/target" }

    /// The folder for artifacts.
    func artifacts(of project: DbtProject) -> String {
        namedArtifacts ?? project.root.directory + "/" + project.root.targetPath
    }

    /// The folder for artifacts that was asked for; nil for the project's own.
    private var namedArtifacts: String? {
        targetPath ?? ProcessInfo.processInfo.environment["DBT_TARGET_PATH"].map { ProjectAccess.absolute($0) }
    }
}

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

    /// The folder with `dbt_project.yml`.
    let folder: String
    private let targetPath: String?
    private var project: DbtProject.Options

    init(_ arguments: ParsedArguments) throws(UsageError) {
        let environment = ProcessInfo.processInfo.environment
        folder = ProjectAccess.absolute(arguments[Self.projectDirectory] ?? environment["DBT_PROJECT_DIR"] ?? ".")
        targetPath = arguments[Self.targetPath].map { ProjectAccess.absolute($0) }
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

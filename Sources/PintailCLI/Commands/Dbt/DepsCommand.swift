import FoundationEssentials
import PintailEngine
import PintailProject

/// Installs the packages of a dbt project: `pintail deps`.
struct DepsCommand: Command {
    static let upgrade = Option.flag("upgrade", "Take the newest versions, whatever package-lock.yml says")
    static let lock = Option.flag("lock", "Write package-lock.yml, and install nothing")
    static let addPackage = Option.value("add-package", "NAME@VERSION", .text, "Ask for one more package first")
    static let source = Option.value("source", "KIND", .choice(["hub", "git", "local"]), "Where it is from")

    static let spec = CommandSpec(
        "deps",
        .tools,
        "Install the packages that a dbt project asks for in packages.yml or dependencies.yml",
        discussion: [
            "Packages come from the hub (DBT_PACKAGE_HUB_URL names another), from git repositories, archives and folders."
                + " package-lock.yml keeps which they were; it is used as long as packages.yml is the same."
        ],
        options: DbtOptions.all + [upgrade, lock, addPackage, source] + DbtVerb.passedBesideBuilds,
        examples: [
            .init("pintail deps", "Installs what packages.yml and package-lock.yml say."),
            .init(
                "pintail deps --add-package dbt-labs/dbt_utils@1.3.0",
                "Asks for one more package, and installs all."
            ),
        ]
    )

    private let folder: String
    private var options: PackageInstallation.Options
    private let addition: PackageAddition?

    init(_ arguments: ParsedArguments) throws(UsageError) {
        let dbt = try DbtOptions(arguments)
        folder = dbt.folder
        options = PackageInstallation.Options(environment: dbt.environment)
        options.vars = dbt.vars
        options.upgrades = arguments.has(Self.upgrade)
        options.locksOnly = arguments.has(Self.lock)
        options.ignoresDbtVersion = arguments.has(DbtOptions.ignoreVersion)
        do throws(Diagnostic) {
            addition = try arguments[Self.addPackage].map { text throws(Diagnostic) in
                try PackageAddition(text, source: arguments[Self.source] ?? "hub")
            }
        } catch {
            throw UsageError(.other(error.message, hint: error.hint ?? "as in --add-package dbt-labs/dbt_utils@1.3.0"))
        }
    }

    func run(_ console: Console) async throws -> ExitCode {
        try addition?.add(to: folder)
        let installed = try await offPool {
            try PackageInstallation.run(
                in: folder,
                options,
                tell: { console.note("installing \($0)") },
                warn: { console.warn($0) }
            )
        }
        if installed.isEmpty {
            console.note(options.locksOnly ? "package-lock.yml is written" : "this project asks for no packages")
        } else if !console.isQuiet {
            try console.print("\(counted(installed.count, "package")) installed")
        }
        return .success
    }
}

import Jinja

/// The project file, the profile and the packages: what must be known before anything else can be read.
struct ProjectOpening {
    let root: DbtPackage
    let packages: [DbtPackage]
    let profile: DbtProfile

    init(_ files: ProjectFiles, _ options: DbtProject.Options) throws(Diagnostics) {
        do throws(Diagnostic) {
            let document = try PropertyReader.read(try files.read("dbt_project.yml"))
            var names = ProjectContext(environment: options.environment, vars: options.vars)
            profile = try Self.profile(of: document, files, options, ValueRenderer(globals: names))
            names.target = profile.targetValue
            let rendering = ValueRenderer(globals: names)
            let root = try Self.package(document, files.root, rendering)
            self.root = root
            packages = try Self.packages(of: root, files, rendering) + [root]
        } catch {
            throw Diagnostics([error], in: files.root)
        }
    }

    private static func package(
        _ document: PropertyDocument,
        _ directory: String,
        _ rendering: ValueRenderer
    ) throws(Diagnostic) -> DbtPackage {
        do {
            return try DbtPackage(reading: document, directory: directory, rendering: rendering)
        } catch {
            throw error.all.first ?? Diagnostic("'\(document.file.path)' cannot be read")
        }
    }

    private static func profile(
        of document: PropertyDocument,
        _ files: ProjectFiles,
        _ options: DbtProject.Options,
        _ rendering: ValueRenderer
    ) throws(Diagnostic) -> DbtProfile {
        let node = document.root["profile"]
        var name = options.profile
        if name == nil, let node {
            do {
                name = try rendering.render(node.value, name: document.file.path).string
            } catch {
                throw Diagnostic(error, at: document.location(of: node))
            }
        }
        if let implied = options.impliedDatabase, profilesPath(files, options) == nil {
            return DbtProfile(implied: implied, name: name)
        }
        guard let name else {
            throw Diagnostic(
                "the project names no profile",
                at: SourceLocation(file: document.file.path, line: 1, column: 1),
                hint: "add 'profile: NAME', or name one with --profile"
            )
        }
        let file = try files.read(profilesFile(files, options))
        var profile = try DbtProfile(name, target: options.target, in: PropertyReader.read(file), rendering: rendering)
        if let implied = options.impliedDatabase, profile.settings["path"]?.string ?? ":memory:" == ":memory:" {
            profile.settings["path"] = .string(implied)
        }
        return profile
    }

    private static func profilesFile(_ files: ProjectFiles, _ options: DbtProject.Options) throws(Diagnostic) -> String
    {
        if let path = profilesPath(files, options) { return path }
        throw Diagnostic(
            "there is no profiles.yml in \(profileFolders(files, options).joined(separator: " or "))",
            hint: "write one with a duckdb output, or say where it is with --profiles-dir"
        )
    }

    private static func profilesPath(_ files: ProjectFiles, _ options: DbtProject.Options) -> String? {
        profileFolders(files, options).lazy.map { files.absolute($0 + "/profiles.yml") }.first(where: FileBytes.exists)
    }

    private static func profileFolders(_ files: ProjectFiles, _ options: DbtProject.Options) -> [String] {
        let named = options.profilesDirectory ?? options.environment["DBT_PROFILES_DIR"]
        let home = options.environment["HOME"].map { $0 + "/.dbt" }
        return named.map { [$0] } ?? [files.root] + [home].compactMap { $0 }
    }

    /// The packages that are installed, by name.
    private static func packages(
        of root: DbtPackage,
        _ files: ProjectFiles,
        _ rendering: ValueRenderer
    ) throws(Diagnostic) -> [DbtPackage] {
        var packages: [DbtPackage] = []
        for folder in files.names(in: root.packagesPath) {
            let directory = root.directory + "/" + root.packagesPath + "/" + folder
            let path = directory + "/dbt_project.yml"
            guard FileBytes.exists(path) else { continue }
            let document = try PropertyReader.read(try files.read(path))
            let package = try package(document, directory, rendering)
            guard package.name != root.name else { continue }
            packages.append(package)
        }
        return packages.sorted { $0.name < $1.name }
    }
}

import Jinja

/// The project file, the profile and the packages: what must be known before anything else can be read.
///
/// Mistakes are collected: where the profile cannot be had, another takes its place, so that the rest can be read and
/// told in the same breath.
struct ProjectOpening {
    private(set) var root: DbtPackage
    private(set) var packages: [DbtPackage] = []
    let profile: DbtProfile
    let selectors: SelectorFile
    private(set) var problems: [Diagnostic] = []
    /// Whether packages are asked for that are not installed.
    private(set) var lacksPackages = false

    private let files: ProjectFiles
    private let options: DbtProject.Options

    /// - Throws: ``Diagnostics`` when there is no project file that could be read.
    init(_ files: ProjectFiles, _ options: DbtProject.Options, _ asked: AskedNames? = nil) throws(Diagnostics) {
        self.files = files
        self.options = options
        let document: PropertyDocument
        do throws(Diagnostic) {
            document = try PropertyReader.read(try Self.projectFile(files))
        } catch {
            throw Diagnostics([error], in: files.root)
        }
        var names = ProjectContext(environment: options.environment, vars: options.vars)
        names.asked = asked
        names.moreNames = options.moreNames
        let (chosen, problem) = Self.profile(of: document, files, options, ValueRenderer(globals: names))
        profile = chosen
        names.target = chosen.targetValue
        let rendering = ValueRenderer(globals: names)
        selectors = SelectorFile(files, rendering)
        problems = [problem].compactMap { $0 } + selectors.problems
        do throws(Diagnostics) {
            root = try DbtPackage(reading: document, directory: files.root, rendering: rendering, &problems)
        } catch {
            throw Diagnostics(problems + error.all, in: files.root)
        }
        check(root, document)
        readPackages(rendering)
        checkInstallation()
        packages.append(root)
    }

    private static func projectFile(_ files: ProjectFiles) throws(Diagnostic) -> SourceFile {
        guard FileBytes.exists(files.root + "/dbt_project.yml") else {
            throw Diagnostic(
                "there is no dbt_project.yml in \(files.root)",
                hint: "go to the project's folder, or name it with --project-dir"
            )
        }
        return try files.read("dbt_project.yml")
    }

    private static func document(_ path: String, _ files: ProjectFiles) throws(Diagnostics) -> PropertyDocument {
        do throws(Diagnostic) {
            return try PropertyReader.read(try files.read(path))
        } catch {
            throw Diagnostics([error], in: files.root)
        }
    }

    /// The packages that are installed, by name.
    private mutating func readPackages(_ rendering: ValueRenderer) {
        // What begins with two underscores is being put there at this moment.
        for folder in files.names(in: root.packagesPath) where !folder.hasPrefix("__") {
            let directory = files.absolute(root.packagesPath + "/" + folder)
            guard FileBytes.exists(directory + "/dbt_project.yml") else { continue }
            do throws(Diagnostics) {
                let document = try Self.document(directory + "/dbt_project.yml", files)
                let package = try DbtPackage(
                    reading: document,
                    directory: directory,
                    rendering: rendering,
                    &problems
                )
                guard package.name != root.name else { continue }
                check(package, document)
                packages.append(package)
            } catch {
                problems += error.all
            }
        }
        packages.sort { $0.name < $1.name }
    }

    /// Whether a package is made for the dbt whose behaviour Pintail has.
    private mutating func check(_ package: DbtPackage, _ document: PropertyDocument) {
        guard options.checksVersion, root.flags["version_check"] != false,
            let unmet = DbtRequirement.unmet(package.requiredVersions)
        else { return }
        let place = document.root["require-dbt-version"].map { document.location(of: $0) }
        let isMalformed = VersionBound.all(in: unmet) == nil
        problems.append(
            Diagnostic(
                isMalformed
                    ? "'\(unmet)' is no version of dbt"
                    : "'\(package.name)' needs dbt \(package.requiredVersions.joined(separator: ", ")), and Pintail does what dbt"
                        + " \(SemanticVersion.ofDbt) does",
                at: place,
                hint: isMalformed
                    ? "as in [\">=1.5.0\", \"<2.0.0\"]"
                    : "take another version of it, or pass --no-version-check to try it all the same"
            )
        )
    }

    /// Says what is asked for and not installed.
    private mutating func checkInstallation() {
        do throws(Diagnostics) {
            let required = try PackageRequirements(of: files.root, files, nil)
            guard required.specs.count > packages.count, let file = required.file else { return }
            let missing = required.specs.filter { spec in !packages.contains { spec.probableNames.contains($0.name) } }
            lacksPackages = true
            let first = missing.first ?? required.specs[packages.count]
            let names = missing.map { "'\($0.shown)'" }.joined(separator: ", ")
            problems.append(
                Diagnostic(
                    "\(file) asks for \(required.specs.count) package\(required.specs.count == 1 ? "" : "s"), and"
                        + " \(packages.count == 0 ? "none" : String(packages.count)) \(packages.count < 2 ? "is" : "are") installed in \(root.packagesPath)"
                        + (names.isEmpty ? "" : ": \(names) \(missing.count == 1 ? "is" : "are") missing"),
                    at: first.location,
                    hint: "run 'pintail deps'"
                )
            )
        } catch {
            problems += error.all
        }
    }
}

extension ProjectOpening {
    /// The profile, or one in its place with the reason.
    private static func profile(
        of document: PropertyDocument,
        _ files: ProjectFiles,
        _ options: DbtProject.Options,
        _ rendering: ValueRenderer
    ) -> (DbtProfile, Diagnostic?) {
        do throws(Diagnostic) {
            return (try namedProfile(of: document, files, options, rendering), nil)
        } catch {
            let target = options.target ?? "default"
            return (DbtProfile(name: "", target: target, settings: ["type": "duckdb", "path": ":memory:"]), error)
        }
    }

    private static func namedProfile(
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
            var settings = profile.settings
            settings["path"] = .string(implied)
            profile = DbtProfile(name: profile.name, target: profile.target, settings: settings)
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

    /// The folders where profiles are looked for, nearest first.
    static func profileFolders(_ files: ProjectFiles, _ options: DbtProject.Options) -> [String] {
        let named = options.profilesDirectory ?? options.environment["DBT_PROFILES_DIR"]
        let home = options.environment["HOME"].map { $0 + "/.dbt" }
        return named.map { [$0] } ?? [files.root] + [home].compactMap { $0 }
    }
}

extension PackageSpec {
    /// What its project may be called, as far as the requirement tells.
    fileprivate var probableNames: Set<String> {
        let written: String =
            switch origin {
            case .hub(let name): name
            case .git(let url, let folder): folder ?? url
            case .tarball(let url): url
            case .local(let path): path
            }
        var last = written.split(separator: "/").last.map(String.init) ?? written
        if last.hasSuffix(".git") { last = String(last.dropLast(4)) }
        let plain = last.split(separator: "-").joined(separator: "_")
        return [last, plain, name ?? last]
    }
}

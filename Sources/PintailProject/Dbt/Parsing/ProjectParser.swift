import Jinja

/// Makes the manifest of a project: reads its files and those of its packages, and resolves what they say of each other.
///
/// Mistakes are collected; what could be understood is there all the same.
final class ProjectParser {
    let root: DbtPackage
    /// Packages in the order of their names, the project last.
    let packages: [DbtPackage]
    let profile: DbtProfile
    let environment: [String: String]
    let vars: VariableScopes
    /// Names beside those that are known here.
    let moreNames: @Sendable (String) -> Value?
    let files: ProjectFiles
    /// When the project was read, in seconds since 1970.
    let now: Double
    private let asked: AskedNames?

    var manifest: Manifest
    var macros: MacroIndex
    var problems: [Diagnostic] = []
    /// Property entries about nodes, by section, package and name.
    var patches: [PatchKey: PropertyPatch] = [:]
    /// Property entries that declare something themselves, in the order of files.
    var declarations: [PropertyPatch] = []
    /// What the project says of the sources of its packages.
    var sourceOverrides: [String: PropertyPatch] = [:]
    /// Which patches found what they describe.
    var usedPatches: Set<PatchKey> = []
    /// What another reading is to know of this one; nil where there is none.
    var notes: ParseNotes?
    /// Names of nodes that packages have files of, by package, once they were asked for.
    var fileNames: [String: Set<String>] = [:]
    private var contexts: [String: ParseContext] = [:]

    init(
        root: DbtPackage,
        packages: [DbtPackage],
        profile: DbtProfile,
        environment: [String: String],
        vars: ConfigObject,
        moreNames: @escaping @Sendable (String) -> Value?,
        asked: AskedNames? = nil,
        now: Double
    ) {
        self.moreNames = moreNames
        self.root = root
        self.packages = packages
        self.profile = profile
        self.environment = environment
        self.now = now
        self.asked = asked
        self.vars = VariableScopes(
            given: vars,
            root: root.name,
            packages: Dictionary(packages.map { ($0.name, $0.vars) }) { $1 }
        )
        files = ProjectFiles(root: root.directory)
        manifest = Manifest(projectName: root.name, directory: root.directory)
        macros = MacroIndex(root: root.name)
        macros.dispatchOrders = root.dispatch
    }

    var hasErrors: Bool { problems.contains { $0.severity == .error } }

    /// Reads everything.
    func parse() {
        for package in packages { readMacros(of: package) }
        MacroCalls.resolve(in: &macros)
        for package in packages { readProperties(of: package) }
        for package in packages { readMarkdown(of: package) }
        for package in packages { readNodes(of: package) }
        for package in packages { readHooks(of: package) }
        findSourceOverrides()
        for declaration in declarations { declare(declaration) }
        describeMacros()
        warnOfUnusedPatches()
        resolve()
    }

    /// The names that templates of a package find.
    func context(of package: String) -> ParseContext {
        if let context = contexts[package] { return context }
        let context = ParseContext(
            package: package,
            ParseContext.Surroundings(
                macros: macros,
                environment: environment,
                target: profile.targetValue,
                projectName: root.name,
                vars: vars,
                moreNames: moreNames,
                asked: asked
            )
        )
        contexts[package] = context
        return context
    }

    /// How a package's file is shown to the user, who stands in the project's folder.
    func shown(_ path: String, of package: DbtPackage) -> String {
        package.name == root.name ? path : files.shown(package.directory + "/" + path)
    }

    /// Reads a text file, and notes why it cannot be read.
    func read(_ path: String, of package: DbtPackage) -> SourceFile? {
        do {
            let whole = package.directory + "/" + path
            let file = try files.read(whole)
            notes?.note(file, at: whole)
            return file
        } catch {
            problems.append(error)
            return nil
        }
    }

    /// The files with an ending under folders of a package, each with the path within its folder.
    func list(_ folders: [String], of package: DbtPackage, endings: [String]) -> [FoundFile] {
        DbtPackage.unique(folders).flatMap { folder in
            listing(of: folder, package)
                .filter { path in endings.contains { path.hasSuffix($0) } }
                .map { FoundFile(folder: folder, path: $0) }
        }
    }

    private var listings: [String: [String]] = [:]

    /// A folder is gone through once, though models, property files and Markdown are looked for in it.
    private func listing(of folder: String, _ package: DbtPackage) -> [String] {
        let whole = package.directory + "/" + folder
        if let known = listings[whole] { return known }
        var found = FolderWalk.files(in: whole)
        notes?.note(found, in: whole)
        if !package.ignored.isEmpty { found.removeAll { package.ignored.ignores(folder + "/" + $0) } }
        listings[whole] = found
        return found
    }

    /// Notes a template's mistake.
    func note(_ error: any Error, _ subject: String, at location: SourceLocation?) {
        switch error {
        case let error as TemplateError:
            problems.append(Diagnostic(error, at: error.place.map { SourceLocation($0) } ?? location, in: subject))
        case let error as Diagnostic: problems.append(error)
        default: problems.append(Diagnostic("\(subject): \(error)", at: location))
        }
    }
}

/// A file within one of a package's folders.
struct FoundFile {
    let folder: String
    let path: String

    /// The path within the package.
    var original: String { folder + "/" + path }
    /// The file's name without its ending.
    var stem: String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }
    /// The folders that lead to it.
    var folders: [String] { path.split(separator: "/").dropLast().map(String.init) }
}

/// By what a property entry is found.
struct PatchKey: Hashable {
    let section: String
    let package: String
    let name: String
}

/// An entry of a property file.
struct PropertyPatch {
    /// The key that it stands under, as in `models`.
    let section: String
    let package: String
    let file: FoundFile
    let document: PropertyDocument
    let node: PropertyNode

    var name: String { node["name"]?.value.plainText ?? "" }
    var location: SourceLocation { document.location(of: node["name"] ?? node) }
}

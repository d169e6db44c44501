package import Jinja

/// A `dbt_project.yml` that was read: the project itself or a package it uses.
package struct DbtPackage: Sendable {
    /// The name that macros, nodes and configurations are found by.
    package var name: String
    /// Its folder, absolute.
    package var directory: String
    /// The profile it is run with.
    package var profile: String?
    /// The version that it says it has.
    package var version: String?
    /// Folders with models.
    package var modelPaths = ["models"]
    /// Folders with seeds.
    package var seedPaths = ["seeds"]
    /// Folders with singular tests.
    package var testPaths = ["tests"]
    /// Folders with analyses.
    package var analysisPaths = ["analyses"]
    /// Folders with macros.
    package var macroPaths = ["macros"]
    /// Folders with snapshots.
    package var snapshotPaths = ["snapshots"]
    /// Folders with Markdown; nil for all folders with resources.
    package var docsPaths: [String]?
    /// The folder that artifacts are written to.
    package var targetPath = "target"
    /// The folder that packages are installed in.
    package var packagesPath = "dbt_packages"
    /// Folders that cleaning empties.
    package var cleanTargets: [String] = []
    /// Which parts of names are quoted.
    package var quoting: ConfigObject = [:]
    /// SQL that runs before everything else.
    package var onRunStart: [String] = []
    /// SQL that runs after everything else.
    package var onRunEnd: [String] = []
    /// Packages to search, by the namespace that `adapter.dispatch` names.
    package var dispatch: [String: [String]] = [:]
    /// Configurations by section (`models`, `seeds`, …), rendered.
    package var configurations: [String: ConfigObject] = [:]
    /// The same as they are written.
    package var unrenderedConfigurations: [String: ConfigObject] = [:]
    /// Variables, as they are written.
    package var vars: ConfigObject = [:]
    /// Settings that the command line can also give.
    package var flags: ConfigObject = [:]
    /// What is said at the top of every statement.
    package var queryComment: ConfigValue = .null
    /// Versions of dbt that it asks for.
    package var requiredVersions: [String] = []
    /// Whether others may read protected models only through it.
    package var restrictsAccess = false
    /// `dbt_project.yml` as its place is shown.
    package var file: String
    /// Files that are as if they were not there.
    let ignored: IgnoreRules

    init(name: String, directory: String, file: String) {
        self.name = name
        self.directory = directory
        self.file = file
        ignored = IgnoreRules(of: directory)
    }

    /// All folders in which property files are looked for.
    var propertyPaths: [String] {
        Self.unique(modelPaths + seedPaths + snapshotPaths + analysisPaths + macroPaths + testPaths)
    }

    /// All folders in which Markdown is looked for.
    var markdownPaths: [String] {
        docsPaths ?? propertyPaths
    }

    static func unique(_ paths: [String]) -> [String] {
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted }
    }
}

extension DbtPackage {
    /// Sections whose entries are configurations of folders.
    static let configurationSections = [
        "models", "seeds", "snapshots", "tests", "data_tests", "sources", "unit_tests", "exposures", "metrics",
        "semantic-models", "saved-queries", "analyses", "functions",
    ]

    /// Reads what a project file says, and adds to `problems` what is wrong in it.
    ///
    /// - Throws: ``Diagnostics`` when it has no name, without which it is no package.
    init(
        reading document: PropertyDocument,
        directory: String,
        rendering: ValueRenderer,
        _ problems: inout [Diagnostic]
    ) throws(Diagnostics) {
        let file = document.file.path
        guard document.root.entries != nil, let name = document.root["name"]?.string else {
            throw Diagnostics([
                Diagnostic(
                    "the project has no name",
                    at: SourceLocation(file: file, line: 1, column: 1),
                    hint: "add 'name: my_project'"
                )
            ])
        }
        self.init(name: name, directory: directory, file: file)
        for entry in document.root.entries ?? [] { take(entry, document, rendering, &problems) }
    }

    private mutating func take(
        _ entry: PropertyEntry,
        _ document: PropertyDocument,
        _ rendering: ValueRenderer,
        _ problems: inout [Diagnostic]
    ) {
        let raw = entry.value.value
        if entry.key == "vars" {
            vars = raw.object ?? [:]
            return
        }
        if Self.unrendered.contains(entry.key) {
            takeUnrendered(entry.key, raw)
            return
        }
        let value = Self.rendered(entry.value, document, rendering, &problems)
        if Self.configurationSections.contains(entry.key) {
            configurations[entry.key] = value.object ?? [:]
            unrenderedConfigurations[entry.key] = raw.object ?? [:]
        } else {
            takePlain(entry.key, value)
        }
    }

    private static let unrendered: Set<String> = ["on-run-start", "on-run-end", "query-comment"]

    private mutating func takeUnrendered(_ key: String, _ value: ConfigValue) {
        switch key {
        case "on-run-start": onRunStart = value.items.compactMap(\.string)
        case "on-run-end": onRunEnd = value.items.compactMap(\.string)
        default: queryComment = value
        }
    }

    /// Every text rendered, each mistake at its own place; hooks in configurations are rendered when they run.
    private static func rendered(
        _ node: PropertyNode,
        _ document: PropertyDocument,
        _ rendering: ValueRenderer,
        _ problems: inout [Diagnostic]
    ) -> ConfigValue {
        switch node.content {
        case .sequence(let items):
            return .list(items.map { rendered($0, document, rendering, &problems) })
        case .mapping(let entries):
            var object = ConfigObject()
            for entry in entries {
                object[entry.key] =
                    hookKeys.contains(entry.key)
                    ? entry.value.value : rendered(entry.value, document, rendering, &problems)
            }
            return .object(object)
        case .scalar(let value):
            do throws(TemplateError) {
                return try rendering.render(value, name: document.file.path)
            } catch {
                problems.append(Diagnostic(error, at: document.location(of: node)))
                return value
            }
        }
    }

    private static let hookKeys: Set<String> = [
        "pre-hook", "post-hook", "+pre-hook", "+post-hook", "pre_hook", "post_hook", "+pre_hook", "+post_hook",
    ]

    private mutating func takePlain(_ key: String, _ value: ConfigValue) {
        var texts = value.items.compactMap(\.string)
        // `models/` is the same folder as `models`.
        if key.hasSuffix("-paths") {
            texts = texts.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        }
        switch key {
        case "profile": profile = value.string
        case "version": version = value.string ?? value.plainText
        case "model-paths", "source-paths": modelPaths = texts
        case "seed-paths", "data-paths": seedPaths = texts
        case "test-paths": testPaths = texts
        case "analysis-paths": analysisPaths = texts
        case "macro-paths": macroPaths = texts
        case "snapshot-paths": snapshotPaths = texts
        case "docs-paths": docsPaths = texts
        case "target-path": targetPath = value.string ?? targetPath
        case "packages-install-path", "modules-path": packagesPath = value.string ?? packagesPath
        case "clean-targets": cleanTargets = texts
        case "quoting": quoting = value.object ?? [:]
        case "flags": flags = value.object ?? [:]
        case "require-dbt-version": requiredVersions = texts
        case "restrict-access": restrictsAccess = value.bool ?? false
        case "dispatch":
            for item in value.items {
                guard let namespace = item["macro_namespace"].string else { continue }
                dispatch[namespace] = item["search_order"].items.compactMap(\.string)
            }
        default: break
        }
    }
}

extension Diagnostic {
    /// The mistake that a template's error tells of, at its own place or, where it has none, at `location`.
    init(_ error: TemplateError, at location: SourceLocation?, in subject: String? = nil) {
        let calls = error.calls.map { call in
            let place = call.place.map { " at \($0.template):\($0.line):\($0.column)" } ?? ""
            return "in macro '\(call.macro)', called\(place)"
        }
        self.init(
            (subject.map { $0 + ": " } ?? "") + error.message,
            at: location ?? error.place.map { SourceLocation($0) },
            hint: calls.isEmpty ? nil : calls.joined(separator: "\n")
        )
    }
}

extension SourceLocation {
    /// A place in a template, in the file that the template is named after.
    package init(_ place: TemplateError.Place) {
        self.init(file: place.template, line: place.line, column: place.column, length: place.length)
    }
}

extension TextStart {
    init(_ location: SourceLocation) { self.init(line: location.line, column: location.column) }
}

extension SourceFile {
    /// Where what is not blank begins.
    var startOfText: TextStart {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D]
        return TextStart(location(offset: bytes.firstIndex { !blanks.contains($0) } ?? 0))
    }
}

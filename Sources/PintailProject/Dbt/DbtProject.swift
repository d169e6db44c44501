package import Jinja

/// A dbt project that was read whole: what it consists of and how it is to be run.
package struct DbtProject: Sendable {
    /// The project itself.
    package let root: DbtPackage
    /// The packages and the project, in the order they were read.
    package let packages: [DbtPackage]
    /// The chosen output.
    package var profile: DbtProfile
    /// Everything in it, resolved.
    package var manifest: Manifest
    /// How macros are found.
    package let macros: MacroIndex
    /// Which value a variable has for whom.
    package let vars: VariableScopes
    /// What `--selector` can name, and what holds where nobody selects.
    package let selectors: NamedSelectors
    /// What is doubtful and no mistake.
    package let warnings: [Diagnostic]
}

extension DbtProject {
    /// What is chosen when a project is read.
    package struct Options: Sendable {
        /// The profile; nil for the one that the project names.
        package var profile: String?
        /// The output; nil for the profile's own.
        package var target: String?
        /// Where `profiles.yml` lies; nil for the project's folder, then `~/.dbt`.
        package var profilesDirectory: String?
        /// Variables of the command line.
        package var vars: ConfigObject = [:]
        /// Environment variables.
        package var environment: [String: String]
        /// What the command was told, by names in capitals.
        package var flags: ConfigObject = [:]
        /// Names that whoever runs projects adds to those that templates find here: `modules`, `run_started_at`.
        package var moreNames: @Sendable (String) -> Value? = { _ in nil }
        /// Whether `require-dbt-version` counts.
        package var checksVersion = true
        /// The database file where there is no `profiles.yml`, and for a profile in memory; nil where one is needed.
        package var impliedDatabase: String?
        /// The time that artifacts give for the reading, in seconds since 1970.
        package var now: Double = 0

        /// The project as it stands, seen from an environment.
        package init(environment: [String: String]) { self.environment = environment }
    }

    /// Reads the project of a folder with `dbt_project.yml`, without opening a database.
    ///
    /// - Throws: ``Diagnostics`` with every mistake that could be found at once.
    package static func load(_ folder: String, _ options: Options) throws(Diagnostics) -> DbtProject {
        let opening = try ProjectOpening(ProjectFiles(root: folder), options)
        return try project(opening, parser(of: opening, options))
    }

    /// Reads it and notes from what.
    static func read(
        _ folder: String,
        _ options: Options,
        _ asked: AskedNames
    ) throws(Diagnostics) -> (DbtProject, ParseNotes) {
        let opening = try ProjectOpening(ProjectFiles(root: folder), options, asked)
        let parser = parser(of: opening, options, asked)
        parser.notes = ParseNotes()
        return (try project(opening, parser), parser.notes ?? ParseNotes())
    }

    /// What the project file alone says: neither nodes nor packages are looked at.
    package static func root(of folder: String, _ options: Options) throws(Diagnostics) -> DbtPackage {
        try ProjectOpening(ProjectFiles(root: folder), options).root
    }

    /// A parser that has read nothing yet but the project file, the profile and Pintail's own macros.
    static func parser(
        of opening: ProjectOpening,
        _ options: Options,
        _ asked: AskedNames? = nil
    ) -> ProjectParser {
        let parser = ProjectParser(
            root: opening.root,
            packages: opening.packages,
            profile: opening.profile,
            environment: options.environment,
            vars: options.vars,
            moreNames: options.moreNames,
            asked: asked,
            now: options.now
        )
        for macro in BuiltInMacros.all { parser.macros.add(macro) }
        parser.problems = opening.problems
        return parser
    }

    private static func project(
        _ opening: ProjectOpening,
        _ parser: ProjectParser
    ) throws(Diagnostics) -> DbtProject {
        // Whatever is wrong without them may well be right with them.
        guard !opening.lacksPackages else { throw Diagnostics(opening.problems, in: opening.root.directory) }
        parser.manifest.selectors = opening.selectors.entries
        parser.parse()
        guard !parser.hasErrors else { throw Diagnostics(parser.problems, in: opening.root.directory) }
        return DbtProject(
            root: opening.root,
            packages: opening.packages,
            profile: opening.profile,
            manifest: parser.manifest,
            macros: parser.macros,
            vars: parser.vars,
            selectors: opening.selectors.selectors,
            warnings: parser.problems
        )
    }
}

extension DbtProject.Options {
    /// Reads variables as the command line gives them: a mapping in YAML, `{day: 2024-01-01}`.
    package static func variables(_ text: String) throws(Diagnostic) -> ConfigObject {
        let document = try PropertyReader.read(SourceFile(path: "--vars", text: text))
        if document.root.isNull { return [:] }
        guard case .object(let vars) = document.root.value else {
            throw Diagnostic("variables are given as a mapping", hint: "as in --vars '{day: 2024-01-01}'")
        }
        return vars
    }
}

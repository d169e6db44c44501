package import Jinja

/// A macro, generic test or materialization of the project, a package or Pintail's own library.
package struct MacroEntry: Sendable {
    /// `macro.package.name`; tests and materializations carry `test_` and `materialization_` before their name.
    package var uniqueID: String
    /// The name that calls it.
    package var name: String
    /// The project or package it belongs to.
    package var package: String
    /// Its file, as dbt names it within its folder.
    package var path: String
    /// Its file within its package.
    package var originalFilePath: String
    /// Its text, from its first tag to its last.
    package var text: String
    /// What runs when it is called.
    package var definition: Definition
    /// Unique ids of the macros it calls.
    package var dependsOnMacros: [String] = []
    package var description = ""
    /// Whatever the project notes about it.
    package var meta: ConfigObject = [:]
    /// Whether and how documentation shows it.
    package var docs: ConfigObject = ["show": true, "node_color": nil]
    /// The property file that describes it, with its package.
    package var patchPath: String?
    /// What a property file says of its arguments.
    package var arguments: [ConfigValue] = []
    /// Languages of a materialization.
    package var supportedLanguages: [String]?
    /// When it was read, in seconds since 1970.
    package var createdAt: Double = 0

    /// A macro that stands in a file.
    package init(
        name: String,
        package: String,
        path: String,
        text: String,
        definition: Definition
    ) {
        self.name = name
        self.package = package
        self.path = path
        self.text = text
        self.definition = definition
        originalFilePath = path
        uniqueID = "macro.\(package).\(name)"
    }
}

/// A `docs` block of a Markdown file.
package struct DocBlock: Sendable {
    /// `doc.package.name`.
    package var uniqueID: String
    /// Its name.
    package var name: String
    /// The project or package it belongs to.
    package var package: String
    /// Its file, as dbt names it within its folder.
    package var path: String
    /// Its file within its package.
    package var originalFilePath: String
    /// What stands between its tags, without blanks around it.
    package var contents: String

    /// A block that stands in a file.
    package init(name: String, package: String, path: String, originalFilePath: String, contents: String) {
        self.name = name
        self.package = package
        self.path = path
        self.originalFilePath = originalFilePath
        self.contents = contents
        uniqueID = "doc.\(package).\(name)"
    }
}

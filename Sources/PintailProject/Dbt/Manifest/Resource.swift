/// What is declared in property files and kept as it was written: exposures, metrics, semantic models, saved queries,
/// groups.
package struct Resource: Sendable {
    /// Which of them it is.
    package var kind: ResourceKind
    /// `exposure.package.name`.
    package var uniqueID: String
    /// Its name.
    package var name: String
    /// The project or package it belongs to.
    package var package: String
    /// The property file within its folder.
    package var path: String
    /// The property file within its package.
    package var originalFilePath: String
    /// The names that selectors take: package, folders, name.
    package var fqn: [String]
    package var description = ""
    /// What applies in the end.
    package var config: ConfigObject = [:]
    /// What was configured, before it was rendered.
    package var unrenderedConfig: ConfigObject = [:]
    /// Words that select it.
    package var tags: [String] = []
    /// Whatever the project notes about it.
    package var meta: ConfigObject = [:]
    /// What it reads by `ref`, in the order of calls.
    package var refs: [RefCall] = []
    /// What it reads by `source`, in the order of calls.
    package var sources: [[String]] = []
    /// What it names as metrics.
    package var metrics: [[String]] = []
    /// Unique ids of what it reads.
    package var dependsOnNodes: [String] = []
    /// Unique ids of the macros it calls.
    package var dependsOnMacros: [String] = []
    /// Everything else that its kind has, in dbt's order.
    package var properties: ConfigObject = [:]
    /// When it was read, in seconds since 1970.
    package var createdAt: Double = 0
    /// Where it is declared, for messages.
    package var location: SourceLocation

    /// A resource of which the rest is filled in later.
    package init(
        _ kind: ResourceKind,
        name: String,
        package: String,
        path: String,
        originalFilePath: String,
        fqn: [String],
        location: SourceLocation
    ) {
        self.kind = kind
        self.name = name
        self.package = package
        self.path = path
        self.originalFilePath = originalFilePath
        self.fqn = fqn
        self.location = location
        uniqueID = "\(kind.rawValue).\(package).\(name)"
    }
}

/// A test of a model's SQL against rows that are written down.
package struct UnitTestNode: Sendable {
    /// A column that rows name.
    package struct NamedColumn: Sendable {
        /// Its name.
        package let name: String
        /// Where it is named.
        package let location: SourceLocation

        /// A column at its place.
        package init(name: String, location: SourceLocation) {
            self.name = name
            self.location = location
        }
    }

    /// Rows that stand for a table.
    package struct Rows: Sendable {
        /// `ref('x')`, `source('a', 'b')` or `this`; nil for what is expected.
        package var input: String?
        /// `dict`, `csv` or `sql`.
        package var format: String
        /// Rows as they are written, a list of objects or a text; null where a fixture file holds them.
        package var rows: ConfigValue
        /// The name of the fixture file.
        package var fixture: String?
        /// The columns that the rows have, each where it is named first; none for SQL.
        package var columns: [NamedColumn] = []

        /// Rows of one of the formats.
        package init(input: String?, format: String, rows: ConfigValue, fixture: String?) {
            self.input = input
            self.format = format
            self.rows = rows
            self.fixture = fixture
        }
    }

    /// `unit_test.package.model.name`.
    package var uniqueID: String
    /// Its name.
    package var name: String
    /// The name of the model under test.
    package var model: String
    /// The project or package it belongs to.
    package var package: String
    /// Its file, as dbt names it within its folder.
    package var path: String
    /// Its file within its package.
    package var originalFilePath: String
    /// The names that selectors take: package, folders, name.
    package var fqn: [String]
    package var description = ""
    /// What the model reads instead of its parents.
    package var given: [Rows] = []
    /// What the model must make of it.
    package var expect: Rows
    /// `macros`, `vars` and `env_vars` that the model sees instead of the real ones.
    package var overrides: ConfigValue = .null
    /// What applies in the end.
    package var config: ConfigObject = ["tags": [], "meta": [:], "enabled": true, "static_analysis": nil]
    /// Words that select it.
    package var tags: [String] { config["tags"]?.items.compactMap(\.string) ?? [] }
    /// Which versions of the model it is for, as written.
    package var versions: ConfigValue = .null
    /// The version that it says it has.
    package var version: ConfigValue = .null
    /// A fingerprint of what it says.
    package var checksum: String?
    /// The schema it lies in.
    package var schema: String?
    /// Unique ids of what it reads.
    package var dependsOnNodes: [String] = []
    /// When it was read, in seconds since 1970.
    package var createdAt: Double = 0
    /// Where it is declared, for messages.
    package var location: SourceLocation

    /// A unit test of which the rest is filled in later.
    package init(
        uniqueID: String,
        name: String,
        model: String,
        package: String,
        path: String,
        originalFilePath: String,
        fqn: [String],
        expect: Rows,
        location: SourceLocation
    ) {
        self.uniqueID = uniqueID
        self.name = name
        self.model = model
        self.package = package
        self.path = path
        self.originalFilePath = originalFilePath
        self.fqn = fqn
        self.expect = expect
        self.location = location
    }
}

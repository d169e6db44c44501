/// What is declared in property files and kept as it was written: exposures, metrics, semantic models, saved queries,
/// groups.
package struct Resource: Sendable {
    /// Which of them it is.
    package var kind: ResourceKind
    /// `exposure.package.name`.
    package var uniqueID: String
    package var name: String
    package var package: String
    /// The property file within its folder.
    package var path: String
    /// The property file within its package.
    package var originalFilePath: String
    package var fqn: [String]
    package var description = ""
    package var config: ConfigObject = [:]
    package var unrenderedConfig: ConfigObject = [:]
    package var tags: [String] = []
    package var meta: ConfigObject = [:]
    package var refs: [RefCall] = []
    package var sources: [[String]] = []
    package var metrics: [[String]] = []
    package var dependsOnNodes: [String] = []
    package var dependsOnMacros: [String] = []
    /// Everything else that its kind has, in dbt's order.
    package var properties: ConfigObject = [:]
    package var createdAt: Double = 0
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
    package var name: String
    /// The name of the model under test.
    package var model: String
    package var package: String
    package var path: String
    package var originalFilePath: String
    package var fqn: [String]
    package var description = ""
    package var given: [Rows] = []
    package var expect: Rows
    /// `macros`, `vars` and `env_vars` that the model sees instead of the real ones.
    package var overrides: ConfigValue = .null
    package var config: ConfigObject = ["tags": [], "meta": [:], "enabled": true, "static_analysis": nil]
    package var tags: [String] { config["tags"]?.items.compactMap(\.string) ?? [] }
    package var versions: ConfigValue = .null
    package var version: ConfigValue = .null
    package var checksum: String?
    package var schema: String?
    package var dependsOnNodes: [String] = []
    package var createdAt: Double = 0
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

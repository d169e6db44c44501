package import Jinja

/// What is rendered to SQL and run, or loaded from a CSV file: models, seeds, snapshots, tests, analyses and hooks.
package struct Node: Sendable {
    /// Which of them it is.
    package var kind: ResourceKind
    /// `model.package.name`; the identity in every list and artifact.
    package var uniqueID: String
    /// The name that `ref` takes.
    package var name: String
    /// The project or package it belongs to.
    package var package: String
    /// The file within its `models` (`seeds`, `tests`, …) folder; for generic tests the name of their compiled file.
    package var path: String
    /// The file within its package.
    package var originalFilePath: String
    /// The names that selectors and `dbt_project.yml` take: package, folders, name.
    package var fqn: [String]

    /// The relation's database, as `generate_database_name` answers.
    package var database: String?
    /// The relation's schema, as `generate_schema_name` answers.
    package var schema: String
    /// The relation's name, as `generate_alias_name` answers.
    package var alias: String
    /// Quoted and qualified; nil where there is none, as for ephemeral models and tests that store nothing.
    package var relationName: String?

    /// What applies in the end, with dbt's defaults and in dbt's order.
    package var config: ConfigObject
    /// What was configured, before it was rendered.
    package var unrenderedConfig: ConfigObject = [:]
    /// Sorted out of all places that give tags.
    package var tags: [String] = []
    /// Whatever the project notes about it.
    package var meta: ConfigObject = [:]
    package var description = ""
    /// What is said of its columns.
    package var columns: [ColumnEntry] = []
    /// `{show, node_color}`.
    package var docs: ConfigObject = ["show": true, "node_color": nil]
    /// `package://file` of the property file that describes it.
    package var patchPath: String?
    /// SHA-256 of the file, or the path of a large seed; nil for what has no file of its own.
    package var checksum: String?
    /// Whether the checksum is a path.
    package var isKnownByPath = false

    /// The template.
    package var rawCode = ""
    /// `sql` or `python`.
    package var language = "sql"
    /// What it reads by `ref`, in the order of calls.
    package var refs: [RefCall] = []
    /// What it reads by `source`, in the order of calls.
    package var sources: [[String]] = []
    /// What it names as metrics.
    package var metrics: [[String]] = []
    /// Unique ids of the nodes and sources it reads, in the order of calls.
    package var dependsOnNodes: [String] = []
    /// Unique ids of the macros it calls.
    package var dependsOnMacros: [String] = []
    /// Unique ids of the blocks that its description uses.
    package var docBlocks: [String] = []

    /// `private`, `protected` or `public`; models only.
    package var access: String?
    /// The group that owns it.
    package var group: String?
    /// The version that it says it has.
    package var version: ConfigValue = .null
    /// The version that `ref` means when none is named.
    package var latestVersion: ConfigValue = .null
    /// When it will go away.
    package var deprecationDate: String?
    /// What its rows promise, as written.
    package var constraints: [ConfigValue] = []
    /// A fingerprint of the columns that its contract promises; nil where none is enforced.
    package var contractChecksum: String?
    /// Columns that tell its rows apart.
    package var primaryKey: [String] = []
    /// What makes it a calendar of the semantic layer.
    package var timeSpine: ConfigValue = .null

    /// What a generic test was made from; nil for singular tests and everything else.
    package var test: TestMetadata?
    /// The column that a generic test is about.
    package var columnName: String?
    /// `models.orders`: where in its property file a generic test stands.
    package var fileKeyName: String?
    /// The node that a generic test is about.
    package var attachedNode: String?

    /// The folder of the package that a seed's path starts from.
    package var rootPath: String?
    /// The place of a hook among those of its kind.
    package var hookIndex: Int?
    /// When it was parsed, in seconds since 1970.
    package var createdAt: Double = 0
    /// What a run made of its template; nil until one has.
    package var compilation: Compilation?
    /// Where it is declared, for messages.
    package var location: SourceLocation
    /// Where `rawCode` begins in its file.
    package var codeStart = TextStart()

    /// A node of which the rest is filled in later.
    package init(
        _ kind: ResourceKind,
        uniqueID: String,
        name: String,
        package: String,
        path: String,
        originalFilePath: String,
        fqn: [String],
        config: ConfigObject,
        location: SourceLocation
    ) {
        self.kind = kind
        self.uniqueID = uniqueID
        self.name = name
        self.package = package
        self.path = path
        self.originalFilePath = originalFilePath
        self.fqn = fqn
        self.config = config
        self.location = location
        schema = ""
        alias = name
    }

    /// SQL that was made of a template.
    package struct Compilation: Sendable {
        /// The SQL; nil for what has none, as seeds.
        package var code: String?
        /// Where it was written, from the project's folder on.
        package var path: String?
        /// Where the statement that ran was written.
        package var buildPath: String?
        /// The ephemeral models in front of it, by unique id.
        package var expressions: [(id: String, sql: String)]

        /// SQL that was made of a template.
        package init(code: String?, path: String?, buildPath: String?, expressions: [(id: String, sql: String)]) {
            self.code = code
            self.path = path
            self.buildPath = buildPath
            self.expressions = expressions
        }
    }

    /// How it is built, as in `table` or `incremental`.
    package var materialization: String { config["materialized"]?.string ?? "view" }
    /// Whether others read it as a common table expression and nothing is built.
    package var isEphemeral: Bool { materialization == "ephemeral" }
    /// Whether there is nothing to run: its file holds not one word.
    package var isEmpty: Bool { kind != .seed && language == "sql" && rawCode.trimmed.isEmpty }
    /// Whether `ref` can name it.
    package var isReferable: Bool { kind == .model || kind == .seed || kind == .snapshot }
}

/// A call of `ref`.
package struct RefCall: Hashable, Sendable {
    /// The name of the model, seed or snapshot.
    package var name: String
    /// The package it was asked of.
    package var package: String?
    /// The model version that was asked for.
    package var version: ConfigValue = .null

    /// A call of `ref`.
    package init(_ name: String, package: String? = nil, version: ConfigValue = .null) {
        self.name = name
        self.package = package
        self.version = version
    }
}

/// What a property file says about a column.
package struct ColumnEntry: Sendable {
    /// The column's name.
    package var name: String
    package var description = ""
    /// Whatever the project notes about it.
    package var meta: ConfigObject = [:]
    /// Words that select it.
    package var tags: [String] = []
    /// The type that it is declared with.
    package var dataType: String?
    /// What its rows promise, as written.
    package var constraints: [ConfigValue] = []
    /// Whether its name is quoted.
    package var quote: Bool?
    /// The steps of time that it counts in.
    package var granularity: String?
    /// Unique ids of the blocks that its description uses.
    package var docBlocks: [String] = []
    /// What applies in the end.
    package var config: ConfigObject = ["meta": [:], "tags": []]
    /// Where it is declared, for messages.
    package var location: SourceLocation?

    /// A column of which nothing is said yet.
    package init(_ name: String) { self.name = name }
}

/// What a generic test was made from.
package struct TestMetadata: Sendable {
    /// `unique`, without the package.
    package var name: String
    /// `dbt_utils` of `dbt_utils.equality`.
    package var namespace: String?
    /// The test's arguments as they are written, the model among them.
    package var arguments: ConfigObject

    /// A test called `name` with its arguments.
    package init(name: String, namespace: String?, arguments: ConfigObject) {
        self.name = name
        self.namespace = namespace
        self.arguments = arguments
    }
}

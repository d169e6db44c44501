import Jinja
import PintailProject

/// What all nodes of one run have in common.
struct RunWorld: Sendable {
    /// The macros that can be called.
    var macros: MacroIndex
    /// The project's name.
    var projectName: String
    /// `target`: the profile's output, as templates see it.
    var target: ConfigObject
    /// `flags`, by their names in capitals.
    var flags: ConfigObject
    /// The id of this run.
    var invocationID: String
    /// When the run began, in microseconds since 1970.
    var startedAt: Int64
    /// `invocation_args_dict`: what the command was told.
    var invocation: ConfigObject = [:]
    /// `dbt_metadata_envs`: variables of the environment that describe the run.
    var metadata: ConfigObject = [:]
    /// Versions of packages by their names; the project itself is one.
    var packages: ConfigObject = [:]
    /// The project's variables.
    var vars: ConfigObject = [:]
    /// Which parts of names stand in quotes, as the project has it.
    var quoting: ConfigObject = [:]
    /// Unique ids of what was selected.
    var selected: [String] = []
    /// Where files of external models lie: `external_root` of the profile.
    var externalRoot = "."
    /// The project's folder; relative paths of files start there.
    var directory = "."
    /// The version of dbt that templates are told.
    static let dbtVersion = "1.11.16"
    /// Values of the environment.
    var environment: @Sendable (String) -> String?
    /// Takes what templates log or print; `isPrinted` for `print` and `log(info=true)`.
    var log: @Sendable (_ text: String, _ isPrinted: Bool) -> Void

    /// A run of a project.
    init(
        macros: MacroIndex,
        projectName: String,
        target: ConfigObject,
        flags: ConfigObject = [:],
        invocationID: String,
        startedAt: Int64,
        environment: @escaping @Sendable (String) -> String?,
        log: @escaping @Sendable (_ text: String, _ isPrinted: Bool) -> Void
    ) {
        self.macros = macros
        self.projectName = projectName
        self.target = target
        self.flags = flags
        self.invocationID = invocationID
        self.startedAt = startedAt
        self.environment = environment
        self.log = log
    }
}

/// What one node's templates can ask of the project around them.
protocol NodeReferences: AnyObject {
    /// The relation that `ref` means; throws what the user is told.
    func ref(_ name: String, package: String?, version: Value?) throws -> Relation
    /// The relation that `source` means.
    func source(_ source: String, _ table: String) throws -> Relation
    /// The value of a var; nil where there is none.
    func variable(_ name: String) -> Value?
    /// `graph`: all nodes, made when a template asks for it.
    func graph() -> Value
    /// The rows of the seed being loaded, typed as dbt types them.
    func seedTable() throws -> ResultTable
}

/// The node whose templates are rendered.
struct NodeScope {
    /// The package it belongs to: whose macros its bare names mean first.
    var package: String
    /// `model`: the node as its artifact shows it; made when a template asks for it, as few do.
    var model: DictObject { lateModel.value }
    private let lateModel: LateDict
    /// What is configured.
    var config: DictObject
    /// The relation it makes.
    var this: Relation?
    /// The relation that it will be, where it is built under another name first.
    var published: Relation?
    /// Its SQL, compiled; empty until it is.
    var compiledSQL = ""
    /// Hooks before and after, as dictionaries with `sql` and `transaction`.
    var preHooks: [Value] = []
    var postHooks: [Value] = []
    /// Names besides: a generic test's arguments.
    var extra: [String: Value] = [:]
    /// Whether the database may be asked; false while parsing.
    var executes = true

    /// A node of a package.
    init(package: String, model: @escaping @autoclosure () -> DictObject, config: DictObject, this: Relation?) {
        self.package = package
        lateModel = LateDict(model)
        self.config = config
        self.this = this
    }

    /// Its template has become SQL.
    mutating func note(compiled sql: String) {
        compiledSQL = sql
        lateModel.change { model in
            model["compiled"] = true
            model["compiled_code"] = .string(sql)
        }
    }
}

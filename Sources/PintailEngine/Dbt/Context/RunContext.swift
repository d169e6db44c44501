import Jinja
import PintailProject

/// The names that a node's templates find while the project runs: macros first, then dbt's own.
///
/// One for each node, on the one thread that renders it. Calls that ask the database block.
final class RunContext: Globals, RenderOutput {
    /// What all nodes have in common.
    let world: RunWorld
    /// The node's own.
    var node: NodeScope
    /// The database; nil where nothing may be asked of it.
    let warehouse: Warehouse?
    /// The project around the node.
    let references: any NodeReferences
    /// Results of statements by name: what `load_result` finds.
    var results: [String: StatementResult] = [:]
    /// What was sent to the database as the node's main statement.
    private(set) var written = ""
    /// What is left to do with its files once its tests have passed; external models only.
    var publication: ExternalPublication?
    /// Files that are being written and have no place yet; what is left of them when the node fails takes up room.
    var draft: ExternalDraft?
    /// Takes warnings in place of the printed output.
    var tellWarning: ((String) -> Void)?
    private var known: [String: Value] = [:]
    /// Macros by unique id: one that is asked for twice, or by two names, is the same.
    private var macros: [String: Value] = [:]

    /// The names of one node.
    init(_ world: RunWorld, _ node: NodeScope, _ warehouse: Warehouse?, _ references: any NodeReferences) {
        self.world = world
        self.node = node
        self.warehouse = warehouse
        self.references = references
    }

    /// Lets go of what refers to it: macros find their names here, and are kept here.
    func close() { (known, macros) = ([:], [:]) }

    /// What `print` and `print_table` write.
    func print(_ text: String) { world.log(text, true) }

    /// What templates warn of: told with the node where there is one.
    func warn(_ text: String) {
        if let tellWarning { tellWarning(text) } else { print("[WARNING]: " + text) }
    }

    func value(named name: String) -> Value? {
        if let value = node.extra[name] { return value }
        if let value = known[name] { return value }
        guard let value = macro(named: name) ?? packageNames(name) ?? builtIn(name) else { return nil }
        known[name] = value
        return value
    }

    /// The macro that a name means here.
    func macro(named name: String) -> Value? {
        world.macros.macro(name, from: node.package).map { value(of: $0) }
    }

    /// A macro that finds its names here.
    func value(of entry: MacroEntry) -> Value {
        if let made = macros[entry.uniqueID] { return made }
        let made: Value = .object(Macro(entry.definition, self))
        macros[entry.uniqueID] = made
        return made
    }

    /// Lets another value stand for a macro.
    func replace(_ entry: MacroEntry, by value: Value) { macros[entry.uniqueID] = value }

    private func packageNames(_ name: String) -> Value? {
        world.macros.isNamespace(name) ? .object(PackageObject(name, self)) : nil
    }

    /// dbt's own names, whatever macros are called.
    func builtIn(_ name: String) -> Value? {
        switch name {
        case "this": node.this.map { .object(RelationObject($0)) } ?? Value.none
        case "model": .dict(node.model)
        case "config": .object(ConfigNames(self))
        case "database": node.this.map { .optional($0.database) } ?? node.model["database"]
        case "schema": node.this.map { .optional($0.schema) } ?? node.model["schema"]
        case "sql", "compiled_code": .string(node.compiledSQL)
        case "pre_hooks": .list(of: node.preHooks)
        case "post_hooks": .list(of: node.postHooks)
        case "execute": .bool(node.executes)
        case "target", "env": .dict(world.target.runDict)
        case "flags": .object(FlagNames(world.flags))
        case "adapter": .object(AdapterObject(self))
        case "api":
            .dict(of: ["Relation": .object(RelationClass(quoting: world.quoting)), "Column": .object(ColumnClass())])
        case "column": .object(ColumnClass())
        case "exceptions": ExceptionNames.all(in: self)
        case "modules": PythonModules.all()
        case "graph": references.graph()
        case "selected_resources": .list(of: world.selected.map { .string($0) })
        case "project_name": .string(world.projectName)
        case "dbt_version": .string(RunWorld.dbtVersion)
        case "invocation_id": .string(world.invocationID)
        case "run_started_at": .object(DateTimeValue(microseconds: world.startedAt, zone: .utc))
        case "thread_id": "MainThread"
        case "context": .object(ContextNames(self))
        case "builtins": .object(BuiltInNames(self))
        case "dbt_metadata_envs": .dict(world.metadata.templateDict)
        case "invocation_args_dict": .dict(world.invocation.templateDict)
        case "defer_relation": Value.none
        case "validation": .dict(of: ["any": .function("any") { _, _ in .none }])
        default: function(name)
        }
    }

    /// The name's function; nil where there is none of that name.
    private func function(_ name: String) -> Value? {
        if name == "ref" { return .object(RefFunction(self)) }
        if let body = ContextFunctions.plain[name] {
            return .function(name) { arguments, _ in try body(arguments) }
        }
        guard let body = ContextFunctions.all[name] else { return nil }
        return .function(name) { [unowned self] arguments, interpreter in try body(self, arguments, interpreter) }
    }

    /// Keeps the main statement's text.
    func write(_ text: String) { written = text }

    /// Renders text that came from a configuration or a hook.
    func render(_ text: String, name: String, in interpreter: Interpreter) throws -> String {
        guard text.contains("{") else { return text }
        return try interpreter.render(Template(text, name: name, in: DbtEnvironment.sql), in: self)
    }
}

/// Where templates print to.
protocol RenderOutput: AnyObject {
    /// Shows a line to the user.
    func print(_ text: String)
}

/// What a statement left behind.
final class StatementResult {
    /// What the adapter said.
    let response: Value
    /// The rows, where they were fetched.
    let table: ResultTable?
    var isLoaded = false

    init(response: Value, table: ResultTable?) {
        self.response = response
        self.table = table
    }

    /// As `load_result` gives it.
    var value: Value {
        .dict(of: [
            "response": response,
            "data": .list(of: table?.rows.map { .tuple($0) } ?? []),
            "table": table.map { .object($0) } ?? Value.none,
        ])
    }
}

extension ConfigObject {
    /// The entries as a dictionary of templates.
    var runDict: DictObject { templateDict }
}

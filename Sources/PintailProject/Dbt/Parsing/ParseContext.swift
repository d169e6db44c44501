import Jinja

/// The names that templates of one package find while the project is parsed: `execute` is false, `ref`, `source` and
/// `config` are recorded, and whatever would ask a database answers with nothing.
///
/// One is made for each package and used for all of its nodes, one after the other.
final class ParseContext: Globals {
    /// What does not change from node to node.
    struct Surroundings {
        let macros: MacroIndex
        let environment: [String: String]
        let target: ConfigObject
        let projectName: String
        let vars: VariableScopes
        let moreNames: @Sendable (String) -> Value?
        /// Takes down what is asked of the world outside.
        let asked: AskedNames?
    }

    let package: String
    let surroundings: Surroundings
    /// What the template that is rendered asked for so far.
    var recording = Recording()
    /// The node that is rendered, as relation (`this`) and as value (`model`).
    var this = RelationStub(database: nil, schema: "", identifier: "")
    var model: () -> ConfigObject = { [:] }
    /// Arguments of the generic test that is rendered.
    var testArguments: Value?
    private var found: [String: Value?] = [:]

    init(package: String, _ surroundings: Surroundings) {
        self.package = package
        self.surroundings = surroundings
    }

    /// Forgets the node before.
    func begin(_ this: RelationStub, model: @escaping () -> ConfigObject) {
        recording = Recording()
        self.this = this
        self.model = model
        testArguments = nil
    }

    func value(named name: String) -> Value? {
        switch name {
        case "this": return .object(this)
        case "model": return .dict(model().templateDict)
        case "_dbt_generic_test_kwargs": return testArguments
        default: break
        }
        if let known = found[name] { return known }
        let value = macro(name) ?? constant(name) ?? moreName(name)
        found[name] = .some(value)
        return value
    }

    private func moreName(_ name: String) -> Value? {
        surroundings.asked?.note(name: name)
        return surroundings.moreNames(name)
    }

    private func macro(_ name: String) -> Value? {
        if let macro = surroundings.macros.macro(name, from: package) { return callable(macro) }
        guard surroundings.macros.isNamespace(name) else { return nil }
        return .object(MacroNamespace(name, self))
    }

    /// A macro as a value that notes its calls.
    func callable(_ macro: MacroEntry) -> Value {
        if let known = callables[macro.uniqueID] { return .object(known) }
        let callable = RecordedMacro(macro, self)
        callables[macro.uniqueID] = callable
        return .object(callable)
    }

    private var callables: [String: RecordedMacro] = [:]

    static let recordedNames: Set<String> = ["ref", "source", "config"]

    /// Whether `ref`, `source` and `config` mean what they mean in every project: no macro is called like them.
    private(set) lazy var recordsCalls = Self.recordedNames.allSatisfy {
        surroundings.macros.macro($0, from: package) == nil
    }
}

/// A macro whose calls are noted for the node that is rendered.
final class RecordedMacro: JinjaObject {
    private let entry: MacroEntry
    private let macro: Macro
    private unowned let context: ParseContext

    init(_ entry: MacroEntry, _ context: ParseContext) {
        self.entry = entry
        self.context = context
        macro = Macro(entry.definition, context)
    }

    var typeName: String { "MacroGenerator" }
    var isCallable: Bool { true }
    func attribute(named name: String) throws -> Value? { try macro.attribute(named: name) }
    func repr() throws -> String { "<\(entry.uniqueID)>" }

    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        context.recording.note(macro: entry.uniqueID)
        context.recording.depth += 1
        defer { context.recording.depth -= 1 }
        return try macro.call(arguments, in: interpreter)
    }
}

/// A package as templates name it: `dbt_utils.star`.
final class MacroNamespace: JinjaObject {
    private let name: String
    private unowned let context: ParseContext

    init(_ name: String, _ context: ParseContext) {
        self.name = name
        self.context = context
    }

    var typeName: String { "MacroNamespace" }

    func attribute(named macro: String) throws -> Value? {
        let packages = name == "dbt" ? MacroIndex.builtIn : [name]
        for package in packages {
            if let entry = context.surroundings.macros.macro(macro, in: package) { return context.callable(entry) }
        }
        return nil
    }
}

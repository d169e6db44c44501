import Jinja
import PintailProject

/// `adapter`: what templates ask of the database.
final class AdapterObject: JinjaObject {
    unowned let context: RunContext
    init(_ context: RunContext) { self.context = context }

    var typeName: String { "RuntimeDatabaseWrapper" }

    func attribute(named name: String) throws -> Value? {
        if name == "behavior" { return .object(BehaviorFlags()) }
        if name == "config" { return configuration }
        if name == "Relation" { return .object(RelationClass(quoting: context.world.quoting)) }
        if name == "Column" { return .object(ColumnClass()) }
        guard AdapterMethods.all[name] != nil else { return nil }
        return .function(name) { arguments, interpreter in try self.callMethod(name, arguments, in: interpreter) }
    }

    /// `adapter.config`: what of the project's settings packages ask for.
    private var configuration: Value {
        var quoting: ConfigObject = ["database": true, "schema": true, "identifier": true]
        quoting = quoting.merging(context.world.quoting)
        return .dict(of: [
            "quoting": .dict(quoting.templateDict), "project_name": .string(context.world.projectName),
            "target_name": context.world.target["name"]?.templateValue ?? .none,
        ])
    }

    func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        guard let body = AdapterMethods.all[name] else {
            throw TemplateError(.attribute, "'adapter' object has no attribute '\(name)'")
        }
        return try body(AdapterCall(context, arguments, interpreter))
    }

    /// What `adapter.dispatch` finds.
    func dispatched(_ name: String, _ namespace: String?) throws -> Value {
        if name.contains(".") {
            throw TemplateError(
                .raised,
                "adapter.dispatch takes the macro's name and its package apart: dispatch('\(name.split(separator: ".").last ?? "")', '\(name.split(separator: ".").first ?? "")')"
            )
        }
        switch context.world.macros.dispatch(name, namespace: namespace, from: context.node.package) {
        case .success(let entry): return context.value(of: entry)
        case .failure(let failure):
            let tried = failure.tried.map { "'\($0)'" }.joined(separator: ", ")
            throw TemplateError(
                .raised,
                "adapter.dispatch finds no macro for '\(name)'; looked for \(tried)"
            )
        }
    }
}

/// One call of a method of `adapter`.
struct AdapterCall {
    let context: RunContext
    let arguments: Arguments
    let interpreter: Interpreter

    init(_ context: RunContext, _ arguments: Arguments, _ interpreter: Interpreter) {
        self.context = context
        self.arguments = arguments
        self.interpreter = interpreter
    }

    func text(_ place: Int, _ name: String) throws -> String {
        guard let value = arguments[place, name], !value.isNone, !value.isUndefined else { return "" }
        return try value.text
    }

    func relation(_ place: Int, _ name: String) throws -> Relation {
        guard let relation = optionalRelation(place, name) else {
            throw TemplateError(.type, "'\(name)' is no relation")
        }
        return relation
    }

    func optionalRelation(_ place: Int, _ name: String) -> Relation? {
        guard case .object(let object)? = arguments[place, name] else { return nil }
        return (object as? RelationObject)?.relation
    }

    func warehouse() throws -> Warehouse {
        guard let warehouse = context.warehouse, context.node.executes else {
            throw TemplateError(.raised, "the database cannot be asked while the project is read")
        }
        return warehouse
    }

    /// Calls a macro by its name.
    func macro(_ name: String, _ values: Value...) throws -> Value {
        guard let macro = context.macro(named: name) else {
            throw TemplateError(.raised, "there is no macro '\(name)'")
        }
        return try interpreter.call(macro, Arguments(values))
    }
}

/// Switches of dbt's adapters; all off.
private final class BehaviorFlags: JinjaObject {
    var typeName: String { "Behavior" }
    func attribute(named name: String) throws -> Value? {
        .object(NamedParts("BehaviorFlag", [("no_warn", false), ("setting", false)]))
    }
}

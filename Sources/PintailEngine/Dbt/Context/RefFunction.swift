import Jinja
import PintailProject

/// `ref`: called, the relation of a model; `ref.config` is what packages learn of the whole run from.
final class RefFunction: JinjaObject {
    private unowned let context: RunContext
    init(_ context: RunContext) { self.context = context }

    var typeName: String { "RuntimeRefResolver" }
    var isCallable: Bool { true }

    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        guard let body = ContextFunctions.all["ref"] else { return .none }
        return try body(context, arguments, interpreter)
    }

    func attribute(named name: String) throws -> Value? {
        guard name == "config" else { return nil }
        let world = context.world
        let dependencies = DictObject()
        var packages: ConfigObject = [world.projectName: .null, "dbt_duckdb": .null, "dbt": .null]
        for (name, version) in world.packages { packages[name] = version }
        for (name, version) in packages {
            dependencies[name] = .dict(of: ["project_name": .string(name), "version": version.templateValue])
        }
        let vars = DictObject()
        let plain = world.vars
        vars["to_dict"] = .function("to_dict") { _, _ in .dict(plain.templateDict) }
        vars["vars"] = .dict(plain.templateDict)
        return .dict(of: [
            "project_name": .string(world.projectName),
            "profile_name": world.target["profile_name"]?.templateValue ?? .none,
            "target_name": world.target["name"]?.templateValue ?? .none,
            "threads": world.target["threads"]?.templateValue ?? .none,
            "version": world.packages[world.projectName]?.templateValue ?? .none,
            "dependencies": .dict(dependencies), "args": .dict(world.invocation.templateDict),
            "cli_vars": world.invocation["vars"]?.templateValue ?? .dict(DictObject()), "vars": .dict(vars),
            "project_root": .string(world.directory),
        ])
    }
}

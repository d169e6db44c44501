import Jinja
import PintailProject

/// Functions that templates call by their bare names.
enum ContextFunctions {
    typealias Body = @Sendable (RunContext, Arguments, Interpreter) throws -> Value

    /// Those that depend on nothing but their arguments, and mean the same while the project is read.
    static let plain: [String: @Sendable (Arguments) throws -> Value] = [
        "fromjson": { arguments in
            do {
                return try JSONReader.value(of: arguments[0, "string"]?.text ?? "")
            } catch {
                return arguments[1, "default"] ?? .none
            }
        },
        "tojson": { arguments in
            do {
                return .string(
                    try JSONPrinter.text(
                        of: arguments[0, "value"] ?? .none,
                        sortsKeys: arguments.named("sort_keys")?.isTrue ?? false
                    )
                )
            } catch {
                return arguments[1, "default"] ?? .none
            }
        },
        "fromyaml": { arguments in
            do {
                return try YAMLText.value(of: arguments[0, "value"]?.text ?? "")
            } catch {
                return arguments[1, "default"] ?? .none
            }
        },
        "toyaml": { arguments in
            do {
                let sortsKeys = try arguments.named("sort_keys")?.isTrue ?? false
                return .string(try YAMLText.text(of: arguments[0, "value"] ?? .none, sortsKeys: sortsKeys))
            } catch {
                return arguments[1, "default"] ?? .none
            }
        },
        "set": { arguments in (try? uniqued(arguments[0, "value"] ?? .none)) ?? arguments[1, "default"] ?? .none
        },
        "set_strict": { arguments in try uniqued(arguments[0, "value"] ?? .none) },
        "zip": { arguments in (try? zipped(arguments.positional)) ?? arguments.named("default") ?? .none },
        "zip_strict": { arguments in try zipped(arguments.positional) },
        "diff_of_two_dicts": { arguments in try difference(arguments) },
        "local_md5": { arguments in .string(Digest.md5(Array(try arguments[0, "value"]?.text.utf8 ?? "".utf8))) },
    ]

    static let all: [String: Body] = [
        "ref": ref,
        "source": { context, arguments, _ in
            guard arguments.positional.count == 2 else {
                throw TemplateError(
                    .raised,
                    "source() takes a source and a table, two arguments and not \(arguments.positional.count)"
                )
            }
            let names = try arguments.positional.map { try $0.text }
            return .object(RelationObject(try context.references.source(names[0], names[1])))
        },
        "metric": { _, arguments, _ in arguments.positional.last ?? .none },
        "function": { _, arguments, _ in arguments.positional.last ?? .none },
        "var": { context, arguments, interpreter in
            let name = try arguments[0, "var_name"]?.text ?? ""
            if let value = context.references.variable(name) {
                guard let text = value.asString else { return value }
                return .string(try context.render(text, name: "the variable '\(name)'", in: interpreter))
            }
            if let fallback = arguments[1, "default"] { return fallback }
            throw TemplateError(
                .raised,
                "there is no var '\(name)': give it with --vars, or a default: var('\(name)', …)"
            )
        },
        "env_var": { context, arguments, _ in
            let name = try arguments[0, "var"]?.text ?? ""
            if let value = context.world.environment(name) { return .string(value) }
            if let fallback = arguments[1, "default"] { return fallback.isNone ? fallback : .string(try fallback.text) }
            throw TemplateError(.raised, "the environment has no '\(name)', and env_var was given no default")
        },
        "return": { _, arguments, interpreter in throw interpreter.returning(arguments[0, "data"] ?? .none) },
        "log": { context, arguments, _ in
            context.world.log(try arguments[0, "msg"]?.text ?? "", try arguments[1, "info"]?.isTrue ?? false)
            return ""
        },
        "print": { context, arguments, _ in
            context.print(try arguments[0, "msg"]?.text ?? "")
            return ""
        },
        "render": { context, arguments, interpreter in
            .string(try context.render(arguments[0, "string"]?.text ?? "", name: "render", in: interpreter))
        },
        "write": { context, arguments, _ in
            context.write(try arguments[0, "payload"]?.text ?? "")
            return ""
        },
        "load_result": { context, arguments, _ in try context.load(arguments[0, "name"]?.text ?? "") },
        "store_result": { context, arguments, _ in
            let name = try arguments[0, "name"]?.text ?? ""
            var table: ResultTable?
            if case .object(let object)? = arguments[2, "agate_table"] { table = object as? ResultTable }
            context.results[name] = StatementResult(response: arguments[1, "response"] ?? .none, table: table)
            return ""
        },
        "store_raw_result": { context, arguments, _ in
            let name = try arguments[0, "name"]?.text ?? ""
            let response = AdapterResponse(
                message: try arguments[1, "message"].map { try $0.text } ?? "OK",
                code: arguments[2, "code"] ?? .none,
                rowsAffected: arguments[3, "rows_affected"] ?? .none
            )
            var table: ResultTable?
            if case .object(let object)? = arguments[4, "agate_table"] { table = object as? ResultTable }
            context.results[name] = StatementResult(response: .object(response), table: table)
            return ""
        },
        "load_agate_table": { context, _, _ in .object(try context.references.seedTable()) },
        "try_or_compiler_error": { _, arguments, interpreter in
            let rest = Arguments(Array(arguments.positional.dropFirst(2)), keyword: arguments.keyword)
            do {
                return try interpreter.call(arguments[1, "func"] ?? .none, rest)
            } catch let error as TemplateError where error.kind != .raised {
                throw TemplateError(
                    .raised,
                    try arguments[0, "message_if_exception"]?.text ?? error.message,
                    cause: error
                )
            }
        },
        "submit_python_job": { _, _, _ in
            throw TemplateError(.raised, "Python models are not run; write the model in SQL")
        },
        "adapter_macro": { context, arguments, interpreter in
            let name = try arguments[0, "name"]?.text ?? ""
            let found = try AdapterObject(context).dispatched(name, nil)
            return try interpreter.call(
                found,
                Arguments(Array(arguments.positional.dropFirst()), keyword: arguments.keyword)
            )
        },
    ]

    private static let ref: Body = { context, arguments, _ in
        let given = arguments.positional
        guard given.count == 1 || given.count == 2 else {
            throw TemplateError(
                .raised,
                "ref() takes a name, or a package and a name, and not \(given.count) arguments"
            )
        }
        let version = arguments.named("version") ?? arguments.named("v")
        let relation = try context.references.ref(
            given[given.count - 1].text,
            package: given.count == 2 ? given[0].text : nil,
            version: version
        )
        return .object(RelationObject(relation))
    }

    private static func uniqued(_ value: Value) throws -> Value {
        .object(try SetObject(try value.elements()))
    }

    private static func zipped(_ lists: [Value]) throws -> Value {
        let lists = try lists.map { try $0.elements() }
        return .list(of: (0..<(lists.map(\.count).min() ?? 0)).map { place in .tuple(lists.map { $0[place] }) })
    }

    /// What the first dictionary's lists hold that the second's do not, keys without regard to case.
    private static func difference(_ arguments: Arguments) throws -> Value {
        guard case .dict(let one)? = arguments[0, "dict_a"], case .dict(let other)? = arguments[1, "dict_b"] else {
            throw TemplateError(.type, "diff_of_two_dicts() takes two dictionaries")
        }
        let difference = DictObject()
        for (key, value) in one.items {
            let match = try other.items.first { try $0.key.text.lowercased() == key.text.lowercased() }
            let known = Set(try match?.value.elements().map { try $0.text.lowercased() } ?? [])
            let rest = try value.elements().filter { try !known.contains($0.text.lowercased()) }
            if match == nil || !rest.isEmpty {
                difference[try DictObject.Key(of: key)] = match == nil ? value : .list(of: rest)
            }
        }
        return .dict(difference)
    }
}

extension RunContext {
    /// A statement's result; all but the main one can be taken once.
    func load(_ name: String) throws -> Value {
        guard let result = results[name] else { return .none }
        guard !result.isLoaded || name == "main" else {
            throw TemplateError(
                .raised,
                "the result of statement '\(name)' was taken before; it can be taken once"
            )
        }
        result.isLoaded = true
        return result.value
    }
}

/// What the adapter says of a statement: printed as its message.
final class AdapterResponse: JinjaObject {
    let message: String
    let code: Value
    let rowsAffected: Value

    init(message: String, code: Value = .none, rowsAffected: Value = .none) {
        self.message = message
        self.code = code
        self.rowsAffected = rowsAffected
    }

    var typeName: String { "AdapterResponse" }
    func text() throws -> String { message }
    func repr() throws -> String {
        try NamedParts(
            "AdapterResponse",
            [("_message", .string(message)), ("code", code), ("rows_affected", rowsAffected), ("query_id", .none)]
        ).repr()
    }
    func attribute(named name: String) throws -> Value? {
        switch name {
        case "_message", "message": .string(message)
        case "code": code
        case "rows_affected": rowsAffected
        case "query_id": Value.none
        default: nil
        }
    }
}

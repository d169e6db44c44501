/// Filters that choose values or change each of them.
enum SelectionFilters {
    static let all: [String: FilterFunction] = [
        "map": map,
        "select": { try chosen("select", $0, $1, $2, wanted: true, byAttribute: false) },
        "reject": { try chosen("reject", $0, $1, $2, wanted: false, byAttribute: false) },
        "selectattr": { try chosen("selectattr", $0, $1, $2, wanted: true, byAttribute: true) },
        "rejectattr": { try chosen("rejectattr", $0, $1, $2, wanted: false, byAttribute: true) },
    ]

    private static func map(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        guard try value.isTrue else { return .object(Generator("sync_do_map", ValueCursor([]))) }
        let change = try mapping(arguments, interpreter)
        var cursor = try value.cursor()
        return .object(
            Generator("sync_do_map", ValueCursor { try cursor.next().map { try change($0) } })
        )
    }

    /// An attribute of each value, or what a filter makes of it.
    private static func mapping(
        _ arguments: Arguments,
        _ interpreter: Interpreter
    ) throws -> (Value) throws -> Value {
        if arguments.positional.isEmpty, let attribute = arguments.named("attribute") {
            for (name, _) in arguments.keyword where name != "attribute" && name != "default" {
                throw TemplateError(.filterArgument, "Unexpected keyword argument \(ValuePrinter.quoted(name))")
            }
            let path = try AttributePath(attribute, fallback: arguments.named("default"))
            return { try path.value(of: $0, interpreter) }
        }
        guard let name = try arguments.positional.first?.text else {
            throw TemplateError(.filterArgument, "map requires a filter argument")
        }
        guard let filter = interpreter.environment.filters[name] else {
            throw TemplateError(.runtime, "No filter named '\(name)'.")
        }
        let rest = Arguments(Array(arguments.positional.dropFirst()), keyword: arguments.keyword)
        return { value in
            try interpreter.step()
            return try filter(value, rest, interpreter)
        }
    }

    private static func chosen(
        _ name: String,
        _ value: Value,
        _ arguments: Arguments,
        _ interpreter: Interpreter,
        wanted: Bool,
        byAttribute: Bool
    ) throws -> Value {
        guard try value.isTrue else { return .object(Generator("select_or_reject", ValueCursor([]))) }
        var positional = arguments.positional[...]
        var path: AttributePath?
        if byAttribute {
            guard let attribute = positional.popFirst() else {
                throw TemplateError(.filterArgument, "Missing parameter for attribute name")
            }
            path = try AttributePath(attribute)
        }
        let claim = try claim(positional, arguments, interpreter)
        var cursor = try value.cursor()
        return .object(
            Generator(
                "select_or_reject",
                ValueCursor {
                    while let item = try cursor.next() {
                        try interpreter.step()
                        let asked = try path.map { try $0.value(of: item, interpreter) } ?? item
                        if try claim(asked) == wanted { return item }
                    }
                    return nil
                }
            )
        )
    }

    /// The test that is named, or whether a value is true.
    private static func claim(
        _ positional: ArraySlice<Value>,
        _ arguments: Arguments,
        _ interpreter: Interpreter
    ) throws -> (Value) throws -> Bool {
        guard let name = try positional.first?.text else { return { try $0.isTrue } }
        guard let test = interpreter.environment.tests[name] else {
            throw TemplateError(.runtime, "No test named '\(name)'.")
        }
        let rest = Arguments(Array(positional.dropFirst()), keyword: arguments.keyword)
        return { try test($0, rest, interpreter) }
    }
}

import Jinja

/// A column of a relation, as templates see it.
final class ColumnObject: JinjaObject {
    let name: String
    /// The type as DuckDB spells it, or as it was given.
    let type: String
    let size: Value
    let precision: Value
    let scale: Value
    /// The parts of a structure.
    let fields: [ColumnObject]

    init(
        _ name: String,
        _ type: String,
        size: Value = .none,
        precision: Value = .none,
        scale: Value = .none,
        fields: [ColumnObject] = []
    ) {
        self.name = name
        self.type = type
        self.size = size
        self.precision = precision
        self.scale = scale
        self.fields = fields
    }

    var typeName: String { "DuckDBColumn" }

    func repr() throws -> String {
        try NamedParts(
            "DuckDBColumn",
            [
                ("column", .string(name)), ("dtype", .string(type)), ("char_size", size),
                ("numeric_precision", precision),
                ("numeric_scale", scale), ("fields", .list(of: fields.map { .object($0) })),
            ]
        ).repr()
    }

    func isEqual(to other: Value) -> Bool {
        guard case .object(let object) = other, let other = object as? ColumnObject else { return false }
        return other.name == name && other.type == type && other.size.isEqual(to: size)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(type)
    }

    func attribute(named attribute: String) throws -> Value? {
        switch attribute {
        case "name", "column": return .string(name)
        case "quoted": return .string(Relation.quote(name))
        case "dtype": return .string(type)
        case "data_type", "expanded_data_type": return .string(try dataType())
        case "char_size": return size
        case "numeric_precision": return precision
        case "numeric_scale": return scale
        case "fields": return .list(of: fields.map { .object($0) })
        default: break
        }
        if let value = ColumnClass.member(attribute) { return value }
        guard Self.methods.contains(attribute) else { return nil }
        return .function(attribute) { arguments, interpreter in
            try self.callMethod(attribute, arguments, in: interpreter)
        }
    }

    private static let methods: Set<String> = [
        "is_string", "is_number", "is_numeric", "is_float", "is_integer", "is_struct", "string_size", "can_expand_to",
        "literal", "flatten",
    ]

    func callMethod(_ method: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        switch method {
        case "is_string": .bool(isString)
        case "is_number": .bool(isNumeric || isInteger || isFloat)
        case "is_numeric": .bool(isNumeric)
        case "is_float": .bool(isFloat)
        case "is_integer": .bool(isInteger)
        case "is_struct": .bool(type.lowercased().hasPrefix("struct"))
        case "string_size": try stringSize()
        case "can_expand_to": try canExpand(to: arguments[0, "other_column"])
        case "literal": .string("\(try arguments[0, "value"]?.text ?? "")::\(try dataType())")
        case "flatten": .list(of: flattened.map { .object($0) })
        default: try interpreter.call(interpreter.attribute(method, of: .object(self)), arguments)
        }
    }

    private var kind: String { type.lowercased() }
    private var isString: Bool { ["text", "character varying", "character", "varchar"].contains(kind) }
    private var isNumeric: Bool { ["numeric", "decimal"].contains(kind) }
    private var isFloat: Bool {
        ["real", "float4", "float", "double", "double precision", "float8"].contains(kind)
    }
    private var isInteger: Bool {
        [
            "tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint",
            "int1", "int2", "int4", "int8", "short", "int", "signed", "long", "smallserial", "serial", "bigserial",
            "serial2", "serial4", "serial8",
        ].contains(kind)
    }

    private func stringSize() throws -> Value {
        guard isString else { throw TemplateError(.runtime, "string_size() is for columns of text") }
        return kind == "text" || size.isNone ? 256 : size
    }

    private func dataType() throws -> String {
        if isString { return "character varying(\(try stringSize().text))" }
        if isNumeric { return try ColumnClass.numericType(type, precision, scale) }
        return type
    }

    private func canExpand(to other: Value?) throws -> Value {
        guard case .object(let object)? = other, let other = object as? ColumnObject, isString, other.isString else {
            return false
        }
        return .bool(try other.stringSize().asInteger ?? 0 > stringSize().asInteger ?? 0)
    }

    private var flattened: [ColumnObject] {
        guard !fields.isEmpty else { return [self] }
        return fields.flatMap(\.flattened).map { field in
            ColumnObject("\(name).\(field.name)", field.type)
        }
    }
}

/// `api.Column`: makes columns, and knows the names of types.
final class ColumnClass: JinjaObject {
    var typeName: String { "type" }
    func repr() throws -> String { "<class 'dbt.adapters.duckdb.column.DuckDBColumn'>" }
    var isCallable: Bool { true }

    func attribute(named name: String) throws -> Value? { Self.member(name) }

    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value { try Self.create(arguments) }

    /// What the class and each column answer to.
    static func member(_ name: String) -> Value? {
        switch name {
        case "create": .function(name) { arguments, _ in try create(arguments) }
        case "translate_type":
            .function(name) { arguments, _ in
                let type = try arguments[0, "dtype"]?.text ?? ""
                return .string(type.uppercased() == "STRING" ? "TEXT" : type)
            }
        case "string_type":
            .function(name) { arguments, _ in .string("character varying(\(try arguments[0, "size"]?.text ?? "256"))") }
        case "numeric_type":
            .function(name) { arguments, _ in
                .string(
                    try numericType(
                        arguments[0, "dtype"]?.text ?? "",
                        arguments[1, "precision"] ?? .none,
                        arguments[2, "scale"] ?? .none
                    )
                )
            }
        case "TYPE_LABELS": .dict(of: ["STRING": "TEXT"])
        default: nil
        }
    }

    static func numericType(_ type: String, _ precision: Value, _ scale: Value) throws -> String {
        precision.isNone || scale.isNone ? type : "\(type)(\(try precision.text),\(try scale.text))"
    }

    private static func create(_ arguments: Arguments) throws -> Value {
        let name = try (arguments[0, "column"] ?? arguments.named("name"))?.text ?? ""
        return .object(
            ColumnObject(
                name,
                try (arguments[1, "dtype"] ?? arguments.named("label_or_dtype"))?.text ?? "",
                size: arguments[2, "char_size"] ?? .none,
                precision: arguments[3, "numeric_precision"] ?? .none,
                scale: arguments[4, "numeric_scale"] ?? .none
            )
        )
    }
}

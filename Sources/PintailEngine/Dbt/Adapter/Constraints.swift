import Jinja

/// Constraints of contracts as the lines of CREATE TABLE.
enum Constraints {
    /// A line for each column: name, type, constraints.
    static func columns(_ call: AdapterCall) throws -> Value {
        guard case .dict(let columns)? = call.arguments[0, "raw_columns"] else { return [] }
        return .list(
            of: try columns.values.map { column in
                guard case .dict(let column) = column else { return "" }
                let name = try column["name"]?.text ?? ""
                var parts = [
                    try column["quote"]?.isTrue ?? false ? Relation.quote(name) : name,
                    try column["data_type"]?.text ?? "",
                ]
                for constraint in try column["constraints"]?.elements() ?? [] {
                    guard case .dict(let constraint) = constraint else { continue }
                    if let text = try columnConstraint(constraint, call) { parts.append(text) }
                }
                return .string(parts.joined(separator: " "))
            }
        )
    }

    private static func columnConstraint(_ constraint: DictObject, _ call: AdapterCall) throws -> String? {
        let expression = try expression(constraint, call)
        switch try constraint["type"]?.text {
        case "check" where !expression.isEmpty: return "check (\(expression))"
        case "not_null": return trimmed("not null \(expression)")
        case "unique": return trimmed("unique \(expression)")
        case "primary_key": return trimmed("primary key \(expression)")
        case "foreign_key": return try foreignKey(constraint, call, expression).map { "references " + $0 }
        case "custom" where !expression.isEmpty: return expression
        default: return nil
        }
    }

    /// A line for each constraint of the model as a whole.
    static func model(_ call: AdapterCall) throws -> Value {
        guard let constraints = call.arguments[0, "raw_constraints"] else { return [] }
        return .list(
            of: try constraints.elements().compactMap { constraint in
                guard case .dict(let constraint) = constraint else { return nil }
                return try modelConstraint(constraint, call).map { .string($0) }
            }
        )
    }

    private static func modelConstraint(_ constraint: DictObject, _ call: AdapterCall) throws -> String? {
        let expression = try expression(constraint, call)
        let columns = try constraint["columns"]?.elements().map { try $0.text }.joined(separator: ", ") ?? ""
        var prefix = ""
        if let name = constraint["name"], !name.isNone { prefix = "constraint \(try name.text) " }
        switch try constraint["type"]?.text {
        case "check" where !expression.isEmpty: return "\(prefix)check (\(expression))"
        case "unique": return trimmed("\(prefix)unique (\(columns)) \(expression)")
        case "primary_key": return trimmed("\(prefix)primary key (\(columns)) \(expression)")
        case "foreign_key":
            return try foreignKey(constraint, call, expression).map {
                "\(prefix)foreign key (\(columns)) references \($0)"
            }
        case "custom" where !expression.isEmpty: return prefix + expression
        default: return nil
        }
    }

    private static func foreignKey(_ constraint: DictObject, _ call: AdapterCall, _ expression: String) throws
        -> String?
    {
        if let to = constraint["to"], !to.isNone, let columns = try constraint["to_columns"]?.elements(),
            !columns.isEmpty
        {
            let target = try call.context.render(to.text, name: "constraint", in: call.interpreter)
            return "\(target) (\(try columns.map { try $0.text }.joined(separator: ", ")))"
        }
        return expression.isEmpty ? nil : expression
    }

    private static func expression(_ constraint: DictObject, _ call: AdapterCall) throws -> String {
        guard let value = constraint["expression"], !value.isNone else { return "" }
        return try call.context.render(value.text, name: "constraint", in: call.interpreter)
    }

    private static func trimmed(_ text: String) -> String { text.hasSuffix(" ") ? String(text.dropLast()) : text }
}

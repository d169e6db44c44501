import Jinja

/// A few named values that print as Python's data classes do: `Path(database='a', schema='b')`.
final class NamedParts: JinjaObject {
    let typeName: String
    let parts: [(String, Value)]

    init(_ typeName: String, _ parts: [(String, Value)]) {
        self.typeName = typeName
        self.parts = parts
    }

    func repr() throws -> String {
        "\(typeName)(" + (try parts.map { "\($0)=\(try $1.repr)" }).joined(separator: ", ") + ")"
    }

    func attribute(named name: String) throws -> Value? {
        if let value = parts.first(where: { $0.0 == name })?.1 { return value }
        switch name {
        case "to_dict": return .function(name) { _, _ in .dict(self.dictionary) }
        case "get":
            return .function(name) { arguments, _ in
                try self.attribute(named: arguments[0, "key"]?.asString ?? "") ?? arguments[1, "default"] ?? .none
            }
        default: return nil
        }
    }

    func isEqual(to other: Value) -> Bool {
        guard case .object(let object) = other, let other = object as? NamedParts, other.typeName == typeName else {
            return false
        }
        return Value.dict(dictionary).isEqual(to: .dict(other.dictionary))
    }

    var dictionary: DictObject {
        let dict = DictObject()
        for (name, value) in parts { dict[name] = value }
        return dict
    }
}

/// The views that describe a database, as a relation names them.
final class InformationSchema: JinjaObject {
    let relation: Relation
    let view: String?

    init(_ relation: Relation, view: String?) {
        self.relation = relation
        self.view = view
    }

    var typeName: String { "InformationSchema" }

    func text() throws -> String {
        let database = relation.database.map { Relation.quote($0) + "." } ?? ""
        return database + "INFORMATION_SCHEMA" + (view.map { "." + $0 } ?? "")
    }

    func repr() throws -> String { "<InformationSchema \(try text())>" }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "database": .optional(relation.database)
        case "schema": "INFORMATION_SCHEMA"
        case "identifier", "information_schema_view": .optional(view)
        case "replace":
            .function(name) { arguments, _ in
                .object(InformationSchema(self.relation, view: arguments.named("information_schema_view")?.asString))
            }
        default: nil
        }
    }
}

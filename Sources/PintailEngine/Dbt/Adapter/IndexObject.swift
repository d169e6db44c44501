import Jinja
import PintailProject

/// An index that a model asks for.
final class IndexObject: JinjaObject {
    let columns: [String]
    let isUnique: Bool

    init(_ columns: [String], isUnique: Bool) {
        self.columns = columns
        self.isUnique = isUnique
    }

    var typeName: String { "DuckDBIndexConfig" }

    /// Reads `{columns: […], unique: true}`.
    static func parse(_ value: Value) throws -> Value {
        guard case .dict(let given) = value, let columns = given["columns"] else {
            throw TemplateError(
                .raised,
                "an index has 'columns', a list of names, not \(try value.repr)"
            )
        }
        let names = try columns.asString.map { [$0] } ?? columns.elements().map { try $0.text }
        return .object(IndexObject(names, isUnique: try given["unique"]?.isTrue ?? false))
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "columns": .list(of: columns.map { .string($0) })
        case "unique": .bool(isUnique)
        case "type": Value.none
        case "render": .function(name) { arguments, _ in .string(Self.name(of: self, arguments[0, "relation"])) }
        default: nil
        }
    }

    /// A name that no other index has: of what it is on, and when it was made.
    private static func name(of index: IndexObject, _ relation: Value?) -> String {
        let parts = index.columns + [(try? relation?.text) ?? "", String(index.isUnique), String(PythonModules.now())]
        return Digest.md5(Array(parts.joined(separator: "_").utf8))
    }
}

/// An object whose attributes templates may set: what `namespace()` makes.
package final class Namespace: JinjaObject {
    private let attributes: DictObject

    /// A namespace with these attributes.
    package init(_ attributes: DictObject) { self.attributes = attributes }

    /// What Python would call the type.
    package var typeName: String { "Namespace" }
    /// What stands behind the dot.
    package func attribute(named name: String) throws -> Value? { attributes[name] }
    /// What stands in brackets.
    package func item(for key: Value) throws -> Value? { attributes[try DictObject.Key(of: key)] }
    /// Gives an attribute a new value.
    package func setAttribute(named name: String, to value: Value) throws { attributes[name] = value }
    /// How it is printed inside of lists.
    package func repr() throws -> String { "<Namespace \(try Value.dict(attributes).repr)>" }
}

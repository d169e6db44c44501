/// An object whose attributes templates may set: what `namespace()` makes.
package final class Namespace: JinjaObject {
    private let attributes: DictObject

    /// A namespace with these attributes.
    package init(_ attributes: DictObject) { self.attributes = attributes }

    package var typeName: String { "Namespace" }
    package func attribute(named name: String) throws -> Value? { attributes[name] }
    package func item(for key: Value) throws -> Value? { attributes[try DictObject.Key(of: key)] }
    package func setAttribute(named name: String, to value: Value) throws { attributes[name] = value }
    package func repr() throws -> String { "<Namespace \(try Value.dict(attributes).repr)>" }
}

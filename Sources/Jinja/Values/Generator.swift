/// Values that are made while somebody goes through them, once.
package final class Generator: JinjaObject {
    private let name: String
    private var cursor: ValueCursor

    /// Values of a cursor; `name` is what `repr` calls it.
    package init(_ name: String, _ cursor: ValueCursor) {
        self.name = name
        self.cursor = cursor
    }

    /// What Python would call the type.
    package var typeName: String { "generator" }
    /// How it is printed inside of lists.
    package func repr() throws -> String { "<generator object \(name)>" }
    /// Its values one after the other.
    package func iterate() throws -> ValueCursor? { ValueCursor { try self.cursor.next() } }
}

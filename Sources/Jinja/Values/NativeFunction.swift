/// A function written in Swift that templates can call.
package final class NativeFunction: JinjaObject {
    /// What messages call it.
    package let name: String
    private let body: (Arguments, Interpreter) throws -> Value

    /// A function that runs `body` on the rendering thread.
    package init(_ name: String, _ body: @escaping (Arguments, Interpreter) throws -> Value) {
        self.name = name
        self.body = body
    }

    /// What Python would call the type.
    package var typeName: String { "function" }
    /// Whether `is callable` says yes.
    package var isCallable: Bool { true }

    /// What a call of it gives.
    package func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        try body(arguments, interpreter)
    }

    /// What stands behind the dot.
    package func attribute(named attribute: String) throws -> Value? {
        attribute == "__name__" ? .string(name) : nil
    }

    /// How it is printed inside of lists.
    package func repr() throws -> String { "<function \(name)>" }
}

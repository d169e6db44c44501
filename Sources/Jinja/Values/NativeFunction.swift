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

    package var typeName: String { "function" }
    package var isCallable: Bool { true }

    package func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        try body(arguments, interpreter)
    }

    package func attribute(named attribute: String) throws -> Value? {
        attribute == "__name__" ? .string(name) : nil
    }

    package func repr() throws -> String { "<function \(name)>" }
}

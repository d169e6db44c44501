/// The names that a template finds outside of itself: whoever renders it answers for them, as late as it likes.
package protocol Globals {
    /// The value of a name; nil where there is none.
    func value(named name: String) -> Value?
}

extension [String: Value]: Globals {
    /// The value of a name; nil where there is none.
    package func value(named name: String) -> Value? { self[name] }
}

extension DictObject: Globals {
    /// The value of a name; nil where there is none.
    package func value(named name: String) -> Value? { self[name] }
}

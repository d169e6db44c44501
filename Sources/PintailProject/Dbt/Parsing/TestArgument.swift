/// A text among the arguments of a generic test.
package enum TestArgument {
    /// Whether a text is a call of one of the functions that need no braces.
    package static func isCall(_ text: String) -> Bool {
        let trimmed = text.trimmed
        guard trimmed.hasSuffix(")"), let bracket = trimmed.firstIndex(of: "("), trimmed.utf8.count > 5 else {
            return false
        }
        return ["ref", "source", "var", "env_var", "doc"].contains(String(trimmed[..<bracket]).trimmed)
    }
}

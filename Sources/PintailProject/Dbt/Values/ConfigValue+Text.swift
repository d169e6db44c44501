import Jinja

extension ConfigValue {
    /// The value as Python's `str` prints it.
    package var plainText: String {
        if case .string(let text) = self { return text }
        return pythonText
    }

    /// The value as Python's `repr` prints it.
    package var pythonText: String { (try? templateValue.repr) ?? "" }
}

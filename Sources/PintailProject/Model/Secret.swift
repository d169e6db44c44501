/// A text that must not be shown: it prints as `***` wherever it is printed, logged or encoded.
public struct Secret: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    /// The text itself, for the one call that hands it to a server.
    package let reveal: String

    /// Hides a text.
    public init(_ text: String) { reveal = text }
    public init(stringLiteral text: String) { reveal = text }

    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret {
    /// Whether a variable is called like a secret, or holds an address with a password.
    package static func isSecret(variable name: String, value: String) -> Bool {
        SecretMask.isSecretName(name) || SecretMask.maskedAddresses(value) != value
    }
}

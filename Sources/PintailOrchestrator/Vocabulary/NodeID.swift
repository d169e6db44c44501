/// The name of a node, unique in its run.
public struct NodeID: Hashable, Comparable, Sendable, Codable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name as people read it.
    public let name: String

    /// Names a node.
    public init(_ name: String) { self.name = name }

    /// Names a node in source code.
    public init(stringLiteral name: String) { self.name = name }

    /// Reads the bare name.
    public init(from decoder: any Decoder) throws {
        name = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the bare name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    /// The name.
    public var description: String { name }

    /// Whether `left` comes before `right` in the order of their names.
    public static func < (left: NodeID, right: NodeID) -> Bool { left.name < right.name }
}

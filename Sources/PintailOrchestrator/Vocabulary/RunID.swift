/// The name of a run; names sort as their runs began: `20261121-090512-7f3a` (UTC).
public struct RunID: Hashable, Comparable, Sendable, Codable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name as people read and type it.
    public let name: String

    /// Takes up the name of a run that exists.
    public init(_ name: String) { self.name = name }

    /// Names a run in source code.
    public init(stringLiteral name: String) { self.name = name }

    /// Makes the name of a run that begins at `start`; two runs of one second differ by their last four digits.
    public init(startingAt start: Timestamp, using randomness: inout some RandomNumberGenerator) {
        let time = start.civil
        let date = padded(time.year, 4) + padded(time.month, 2) + padded(time.day, 2)
        let clock = padded(time.hour, 2) + padded(time.minute, 2) + padded(time.second, 2)
        let tail = String(UInt16.random(in: .min ... .max, using: &randomness), radix: 16)
        name = date + "-" + clock + "-" + String(repeating: "0", count: 4 - tail.count) + tail
    }

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

    /// Whether `left` began before `right`.
    public static func < (left: RunID, right: RunID) -> Bool { left.name < right.name }
}

/// An amount of memory or storage; reads as `1.2 GB`, in powers of 1000.
public struct Bytes: Hashable, Comparable, Sendable, Codable, AdditiveArithmetic, ExpressibleByIntegerLiteral,
    CustomStringConvertible
{
    /// The number of bytes.
    public let count: Int64

    /// Takes a number of bytes.
    public init(_ count: some BinaryInteger) { self.count = Int64(clamping: count) }

    /// Takes a number of bytes in source code.
    public init(integerLiteral count: Int64) { self.count = count }

    /// Reads the bare number.
    public init(from decoder: any Decoder) throws { count = try decoder.singleValueContainer().decode(Int64.self) }

    /// Writes the bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }

    /// The amount with the unit that leaves one to three digits before the point: `512 B`, `1.2 GB`, `390 MB`.
    public var description: String {
        guard count.magnitude >= 1000 else { return "\(count) B" }
        var value = Double(count.magnitude)
        var unit = 0
        // 999.5 would be printed as 1000, so that is where the next unit begins.
        while value >= 999.5, unit < Self.units.count - 1 {
            value /= 1000
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        let digits = tenths < 1000 ? "\(tenths / 10).\(tenths % 10)" : "\(Int(value.rounded()))"
        return (count < 0 ? "-" : "") + digits + " " + Self.units[unit]
    }

    private static let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]

    /// Whether `left` is the smaller amount.
    public static func < (left: Bytes, right: Bytes) -> Bool { left.count < right.count }

    /// The sum of two amounts.
    public static func + (left: Bytes, right: Bytes) -> Bytes { Bytes(left.count + right.count) }

    /// What is left of `left` without `right`.
    public static func - (left: Bytes, right: Bytes) -> Bytes { Bytes(left.count - right.count) }
}

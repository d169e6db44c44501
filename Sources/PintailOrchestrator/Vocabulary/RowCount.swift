/// A number of rows; reads as `336,776`.
public struct RowCount: Hashable, Comparable, Sendable, Codable, AdditiveArithmetic, ExpressibleByIntegerLiteral,
    CustomStringConvertible
{
    /// The number of rows.
    public let count: Int64

    /// Takes a number of rows.
    public init(_ count: some BinaryInteger) { self.count = Int64(clamping: count) }

    /// Takes a number of rows in source code.
    public init(integerLiteral count: Int64) { self.count = count }

    /// Reads the bare number.
    public init(from decoder: any Decoder) throws { count = try decoder.singleValueContainer().decode(Int64.self) }

    /// Writes the bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }

    /// The number with its thousands set apart.
    public var description: String {
        let digits = Array(String(count.magnitude))
        var text = count < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// Whether `left` is the smaller number.
    public static func < (left: RowCount, right: RowCount) -> Bool { left.count < right.count }

    /// The sum of two numbers.
    public static func + (left: RowCount, right: RowCount) -> RowCount { RowCount(left.count + right.count) }

    /// The difference of two numbers.
    public static func - (left: RowCount, right: RowCount) -> RowCount { RowCount(left.count - right.count) }
}

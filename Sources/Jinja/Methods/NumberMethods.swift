/// The methods of `int`, `bool` and `float`.
enum NumberMethods {
    static let integerNames: Set<String> = ["bit_length", "bit_count", "conjugate", "is_integer", "as_integer_ratio"]
    static let doubleNames: Set<String> = ["is_integer", "conjugate", "hex", "as_integer_ratio"]

    static func call(_ name: String, _ owner: Value, _ arguments: Arguments) throws -> Value? {
        guard let number = Number(owner) else { return nil }
        switch (name, number) {
        case ("is_integer", .double(let number)):
            _ = try arguments.bound(name)
            return .bool(number.isFinite && number.rounded(.towardZero) == number)
        case ("is_integer", .integer), ("is_integer", .big): return true
        case ("conjugate", _): return number.value
        case ("bit_length", .integer), ("bit_length", .big): return .integer(number.big.bitWidth)
        case ("bit_count", .integer), ("bit_count", .big):
            return .integer(number.big.magnitude.reduce(0) { $0 + $1.nonzeroBitCount })
        case ("as_integer_ratio", .integer), ("as_integer_ratio", .big): return .tuple([number.value, 1])
        default: return nil
        }
    }
}

import Jinja

/// A number with the digits it was written with: what Python's `Decimal` is in results.
final class DecimalNumber: JinjaObject {
    /// All digits, without the point.
    let mantissa: Int128
    /// How many of them stand behind the point.
    let scale: Int
    /// As it is printed.
    let description: String

    init(_ mantissa: Int128, scale: Int) {
        self.mantissa = mantissa
        self.scale = scale
        description = Self.text(mantissa, scale)
    }

    /// A floating number by its shortest digits.
    init(_ number: Double) {
        let text = number.description
        if let (mantissa, scale) = Self.parse(text) {
            self.mantissa = mantissa
            self.scale = scale
            description = Self.text(mantissa, scale)
        } else {
            mantissa = 0
            scale = 0
            description =
                number.isFinite ? Self.exponential(text) : number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity"
        }
    }

    var typeName: String { "Decimal" }
    func text() throws -> String { description }
    func repr() throws -> String { "Decimal('\(description)')" }
    func truth() throws -> Bool { Double(description) != 0 }
    var double: Double { Double(description) ?? .nan }

    /// With so many digits behind the point; halves go to the even neighbour.
    func rounded(to digits: Int) -> String {
        var (mantissa, scale) = (mantissa, scale)
        if mantissa == 0, scale == 0, let whole = Int128(exactly: double.rounded()) { mantissa = whole }
        while scale < digits { (mantissa, scale) = (mantissa * 10, scale + 1) }
        guard scale > digits else { return Self.text(mantissa, scale) }
        var unit: Int128 = 1
        for _ in digits..<scale { unit *= 10 }
        let (quotient, rest) = mantissa.magnitude.quotientAndRemainder(dividingBy: unit.magnitude)
        let half = unit.magnitude / 2
        let isUp = rest > half || (rest == half && quotient % 2 == 1)
        let rounded = Int128(quotient + (isUp ? 1 : 0))
        return Self.text(mantissa < 0 ? -rounded : rounded, digits)
    }

    private static func text(_ mantissa: Int128, _ scale: Int) -> String {
        guard scale > 0 else { return String(mantissa) }
        var digits = String(mantissa.magnitude)
        if digits.count <= scale { digits = String(repeating: "0", count: scale - digits.count + 1) + digits }
        return (mantissa < 0 ? "-" : "") + digits.dropLast(scale) + "." + digits.suffix(scale)
    }

    /// `1e+20` as Python's Decimal writes it: `1E+20`.
    private static func exponential(_ text: String) -> String {
        let parts = text.split(separator: "e")
        guard parts.count == 2 else { return text }
        let base = parts[0].hasSuffix(".0") ? parts[0].dropLast(2) : parts[0]
        let exponent = Int(parts[1].drop { $0 == "+" }) ?? 0
        return base + "E" + (exponent < 0 ? "" : "+") + String(exponent)
    }

    static func parse(_ text: String) -> (Int128, Int)? {
        guard !text.contains("e") else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        return Int128(String(parts[0]) + fraction).map { ($0, fraction.count) }
    }

    private static func number(_ value: Value) -> DecimalNumber? {
        switch value {
        case .integer(let number): DecimalNumber(Int128(number), scale: 0)
        case .bool(let flag): DecimalNumber(flag ? 1 : 0, scale: 0)
        case .double(let number): DecimalNumber(number)
        case .object(let object): object as? DecimalNumber
        default: nil
        }
    }

    func isEqual(to other: Value) -> Bool { Self.number(other)?.double == double }
    func hash(into hasher: inout Hasher) { hasher.combine(double) }
    func compare(to other: Value) throws -> Int? {
        Self.number(other).map { double < $0.double ? -1 : double == $0.double ? 0 : 1 }
    }

    func operate(_ operation: BinaryOperator, with other: Value, reflected: Bool) throws -> Value? {
        guard let other = Self.number(other) else { return nil }
        let (one, two) = reflected ? (other, self) : (self, other)
        if let exact = Self.exactly(operation, one, two) { return .object(exact) }
        guard case .double(let result) = try Value.double(one.double).operate(operation, with: .double(two.double))
        else {
            return nil
        }
        return .object(DecimalNumber(result))
    }

    private static func exactly(_ operation: BinaryOperator, _ one: DecimalNumber, _ two: DecimalNumber)
        -> DecimalNumber?
    {
        if operation == .multiply {
            let (product, overflow) = one.mantissa.multipliedReportingOverflow(by: two.mantissa)
            return overflow ? nil : DecimalNumber(product, scale: one.scale + two.scale)
        }
        guard operation == .add || operation == .subtract else { return nil }
        let scale = max(one.scale, two.scale)
        guard let first = one.scaled(to: scale), let second = two.scaled(to: scale) else { return nil }
        let (sum, overflow) =
            operation == .add
            ? first.addingReportingOverflow(second) : first.subtractingReportingOverflow(second)
        return overflow ? nil : DecimalNumber(sum, scale: scale)
    }

    private func scaled(to wanted: Int) -> Int128? {
        var mantissa = mantissa
        for _ in scale..<wanted {
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            mantissa = product
        }
        return mantissa
    }
}

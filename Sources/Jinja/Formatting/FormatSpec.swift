/// How one value is to be printed: fill, sign, width, precision and notation of Python's format strings.
struct FormatSpec {
    var fill: Unicode.Scalar = " "
    /// `<`, `>`, `^` or `=`; nil where the value's type decides.
    var align: Unicode.Scalar?
    /// What stands before positive numbers: `+`, a blank or nothing.
    var sign: Unicode.Scalar?
    var isAlternate = false
    var width = 0
    /// `,` or `_` between groups of digits.
    var grouping: Unicode.Scalar?
    var precision: Int?
    var notation: Unicode.Scalar?

    /// Wider would be a mistake.
    static let widest = 1 << 20

    init() {}

    /// Reads `[[fill]align][sign][#][0][width][grouping][.precision][type]`.
    init(_ text: String) throws {
        var rest = Array(text.unicodeScalars)[...]
        func isAlign(_ scalar: Unicode.Scalar) -> Bool { "<>=^".unicodeScalars.contains(scalar) }
        if rest.count >= 2, isAlign(rest[rest.startIndex + 1]) {
            fill = rest[rest.startIndex]
            align = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
        } else if let first = rest.first, isAlign(first) {
            align = first
            rest = rest.dropFirst()
        }
        if let first = rest.first, first == "+" || first == "-" || first == " " {
            sign = first == "-" ? nil : first
            rest = rest.dropFirst()
        }
        if rest.first == "z" { rest = rest.dropFirst() }
        if rest.first == "#" {
            isAlternate = true
            rest = rest.dropFirst()
        }
        if rest.first == "0" {
            if align == nil {
                fill = "0"
                align = "="
            }
            rest = rest.dropFirst()
        }
        width = try Self.number(&rest) ?? 0
        if rest.first == "," || rest.first == "_" { grouping = rest.popFirst() }
        if rest.first == "." {
            rest = rest.dropFirst()
            guard let digits = try Self.number(&rest) else {
                throw TemplateError(.value, "Format specifier missing precision")
            }
            precision = digits
        }
        notation = rest.popFirst()
        guard rest.isEmpty else { throw TemplateError(.value, "Invalid format specifier '\(text)'") }
    }

    static func number(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> Int? {
        var number: Int?
        while let scalar = rest.first, scalar.value >= 0x30, scalar.value <= 0x39 {
            number = (number ?? 0) * 10 + Int(scalar.value - 0x30)
            if number ?? 0 > widest { throw TemplateError(.value, "Too many decimal digits in format string") }
            rest.removeFirst()
        }
        return number
    }

    /// The value as this says.
    func format(_ value: Value) throws -> String {
        switch value {
        case .integer, .bigInteger: return try format(integer: value)
        case .bool: return try format(integer: value)
        case .double(let number): return try format(double: number, isFloat: true)
        default:
            guard let text = value.asString ?? value.markedText else {
                throw TemplateError(.type, "unsupported format string passed to \(value.typeName).__format__")
            }
            return try format(text: text)
        }
    }

    func format(text: String) throws -> String {
        if let notation, notation != "s" {
            throw TemplateError(.value, "Unknown format code '\(notation)' for object of type 'str'")
        }
        if sign != nil { throw TemplateError(.value, "Sign not allowed in string format specifier") }
        if align == "=", fill != "0" {
            throw TemplateError(.value, "'=' alignment not allowed in string format specifier")
        }
        let part = precision.map { String(String.UnicodeScalarView(text.unicodeScalars.prefix($0))) } ?? text
        return padded(sign: "", part, defaultAlign: "<")
    }

    private func format(integer value: Value) throws -> String {
        guard let number = Number(value) else { return "" }
        let big = number.big
        let magnitude = BigInteger(magnitude: big.magnitude, isNegative: false)
        let prefix = big.isNegative ? "-" : sign.map { String($0) } ?? ""
        switch notation {
        case nil, "d", "n":
            if precision != nil { throw TemplateError(.value, "Precision not allowed in integer format specifier") }
            return numeric(prefix, magnitude.description)
        case "b": return numeric(prefix + (isAlternate ? "0b" : ""), magnitude.text(radix: 2), every: 4)
        case "o": return numeric(prefix + (isAlternate ? "0o" : ""), magnitude.text(radix: 8), every: 4)
        case "x": return numeric(prefix + (isAlternate ? "0x" : ""), magnitude.text(radix: 16), every: 4)
        case "X":
            return numeric(prefix + (isAlternate ? "0X" : ""), magnitude.text(radix: 16).uppercased(), every: 4)
        case "c":
            guard let code = value.asInteger, let scalar = Unicode.Scalar(UInt32(clamping: code)) else {
                throw TemplateError(.overflow, "%c arg not in range(0x110000)")
            }
            return padded(sign: "", String(scalar), defaultAlign: "<")
        case "e", "E", "f", "F", "g", "G", "%": return try format(double: number.double, isFloat: true)
        case .some(let notation):
            throw TemplateError(.value, "Unknown format code '\(notation)' for object of type 'int'")
        }
    }

    func format(double number: Double, isFloat: Bool) throws -> String {
        let prefix = number.sign == .minus && !number.isNaN ? "-" : sign.map { String($0) } ?? ""
        let magnitude = number.magnitude
        let digits: String
        switch notation {
        case _ where !number.isFinite:
            let word = number.isNaN ? "nan" : "inf"
            digits =
                (notation.map { "EFG".unicodeScalars.contains($0) } ?? false ? word.uppercased() : word)
                + (notation == "%" ? "%" : "")
        case nil:
            digits = precision.map { Self.shortest(magnitude, precision: $0) } ?? FloatText.repr(magnitude)
        case "%":
            digits = FloatText.fixed(magnitude * 100, "f", precision: precision ?? 6, alternate: isAlternate) + "%"
        case "n": digits = FloatText.fixed(magnitude, "g", precision: precision ?? 6, alternate: isAlternate)
        case .some(let notation) where "eEfFgG".unicodeScalars.contains(notation):
            digits = FloatText.fixed(magnitude, Character(notation), precision: precision ?? 6, alternate: isAlternate)
        case .some(let notation):
            throw TemplateError(.value, "Unknown format code '\(notation)' for object of type 'float'")
        }
        return numeric(prefix, digits)
    }

    /// Like `g`, with a digit behind the point at least.
    private static func shortest(_ number: Double, precision: Int) -> String {
        let text = FloatText.fixed(number, "g", precision: max(1, precision))
        return text.contains("e") || text.contains(".") ? text : text + ".0"
    }

    private func numeric(_ prefix: String, _ digits: String, every: Int = 3) -> String {
        var digits = digits
        if let grouping {
            let whole = digits.prefix { $0.isHexDigit }
            let rest = digits.dropFirst(whole.count)
            var room = whole.count
            if fill == "0", align == "=" {
                let wanted = width - prefix.unicodeScalars.count - rest.count
                while room + (room - 1) / every < wanted { room += 1 }
            }
            digits = Self.grouped(String(repeating: "0", count: room - whole.count) + whole, grouping, every) + rest
        }
        return padded(sign: prefix, digits, defaultAlign: ">")
    }

    private static func grouped(_ digits: String, _ separator: Unicode.Scalar, _ every: Int) -> String {
        var result = String.UnicodeScalarView()
        for (place, digit) in digits.unicodeScalars.enumerated() {
            if place > 0, (digits.unicodeScalars.count - place) % every == 0 { result.append(separator) }
            result.append(digit)
        }
        return String(result)
    }

    private func padded(sign: String, _ text: String, defaultAlign: Unicode.Scalar) -> String {
        let missing = width - sign.unicodeScalars.count - text.unicodeScalars.count
        guard missing > 0 else { return sign + text }
        let filler = { (count: Int) in String(repeating: Character(fill), count: count) }
        return switch align ?? defaultAlign {
        case "<": sign + text + filler(missing)
        case "^": filler(missing / 2) + sign + text + filler(missing - missing / 2)
        case "=": defaultAlign == "<" ? text + filler(missing) : sign + filler(missing) + text
        default: filler(missing) + sign + text
        }
    }
}

/// `'%s-%05.2f' % (a, b)`.
enum PercentFormat {
    static func format(_ template: String, with value: Value) throws -> String {
        var formatting = Formatting(value)
        return try formatting.format(Array(template.unicodeScalars)[...])
    }

    private struct Formatting {
        private var values: [Value]
        private let mapping: Value?
        /// Python lets everything that has items go unused.
        private let mayBeUnused: Bool
        private var next = 0

        init(_ value: Value) {
            if case .tuple(let values) = value { self.values = values } else { values = [value] }
            if case .dict = value { mapping = value } else { mapping = nil }
            mayBeUnused =
                switch value {
                case .dict, .list, .undefined, .object: true
                default: false
                }
        }

        mutating func format(_ template: ArraySlice<Unicode.Scalar>) throws -> String {
            var rest = template
            var result = String.UnicodeScalarView()
            while let scalar = rest.popFirst() {
                if scalar == "%" {
                    result.append(contentsOf: try field(&rest).unicodeScalars)
                } else {
                    result.append(scalar)
                }
            }
            if next < values.count, !mayBeUnused {
                throw TemplateError(.type, "not all arguments converted during string formatting")
            }
            return String(result)
        }

        private mutating func field(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> String {
            if rest.first == "%" {
                rest.removeFirst()
                return "%"
            }
            var spec = FormatSpec()
            spec.align = ">"
            let key = try key(&rest)
            while let flag = rest.first, "-+ #0".unicodeScalars.contains(flag) {
                switch flag {
                case "-": spec.align = "<"
                case "+": spec.sign = "+"
                case " ": spec.sign = spec.sign ?? " "
                case "#": spec.isAlternate = true
                default: spec.fill = "0"
                }
                rest.removeFirst()
            }
            spec.width = try star(&rest) ?? FormatSpec.number(&rest) ?? 0
            if spec.width < 0 {
                spec.align = "<"
                spec.width = -spec.width
            }
            if rest.first == "." {
                rest.removeFirst()
                spec.precision = max(0, try star(&rest) ?? FormatSpec.number(&rest) ?? 0)
            }
            while let letter = rest.first, "hlL".unicodeScalars.contains(letter) { rest.removeFirst() }
            guard let notation = rest.popFirst() else { throw TemplateError(.value, "incomplete format") }
            if notation == "%" { return "%" }
            return try Self.format(try value(key), notation, spec)
        }

        private func key(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> String? {
            guard rest.first == "(" else { return nil }
            rest.removeFirst()
            var open = 1
            var key = String.UnicodeScalarView()
            while let scalar = rest.popFirst() {
                if scalar == "(" { open += 1 }
                if scalar == ")" { open -= 1 }
                if open == 0 { return String(key) }
                key.append(scalar)
            }
            throw TemplateError(.value, "incomplete format key")
        }

        private mutating func star(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> Int? {
            guard rest.first == "*" else { return nil }
            rest.removeFirst()
            guard let number = try value(nil).asInteger else { throw TemplateError(.type, "* wants int") }
            guard number.magnitude <= FormatSpec.widest else { throw TemplateError(.overflow, "width too big") }
            return number
        }

        private mutating func value(_ key: String?) throws -> Value {
            if let key {
                guard case .dict(let dict) = mapping else { throw TemplateError(.type, "format requires a mapping") }
                guard let value = dict[key] else { throw TemplateError(.key, ValuePrinter.quoted(key)) }
                return value
            }
            guard next < values.count else {
                throw TemplateError(.type, "not enough arguments for format string")
            }
            defer { next += 1 }
            return values[next]
        }

        private static func format(_ value: Value, _ notation: Unicode.Scalar, _ spec: FormatSpec) throws -> String {
            var spec = spec
            switch notation {
            case "s", "r", "a":
                spec.fill = " "
                spec.sign = nil
                return try spec.format(text: notation == "s" ? value.text : value.repr)
            case "d", "i", "u", "x", "X", "o": return try integer(value, notation, spec)
            case "e", "E", "f", "F", "g", "G":
                guard let number = Number(value) else {
                    if case .undefined(let undefined) = value { throw undefined.error }
                    throw TemplateError(.type, "must be real number, not \(value.typeName)")
                }
                spec.notation = notation
                if spec.fill == "0" {
                    if spec.align == "<" { spec.fill = " " } else { spec.align = "=" }
                }
                return try spec.format(double: number.double, isFloat: true)
            case "c":
                spec.fill = " "
                spec.sign = nil
                if let text = value.asString, text.unicodeScalars.count == 1 { return try spec.format(text: text) }
                guard let code = value.asInteger, let scalar = Unicode.Scalar(UInt32(clamping: code)) else {
                    throw TemplateError(.type, "%c requires int or char")
                }
                return try spec.format(text: String(scalar))
            default:
                throw TemplateError(
                    .value,
                    "unsupported format character '\(notation)' (0x\(String(notation.value, radix: 16)))"
                )
            }
        }

        private static func integer(
            _ value: Value,
            _ notation: Unicode.Scalar,
            _ spec: FormatSpec
        ) throws -> String {
            guard let number = Number(value), number.isInteger || notation == "d" || notation == "i" || notation == "u"
            else {
                if case .undefined(let undefined) = value { throw undefined.error }
                let kind = "xXo".unicodeScalars.contains(notation) ? "an integer" : "a real number"
                throw TemplateError(.type, "%\(notation) format: \(kind) is required, not \(value.typeName)")
            }
            if case .double(let double) = number, !double.isFinite {
                throw TemplateError(double.isNaN ? .value : .overflow, "cannot convert float to integer")
            }
            var spec = spec
            spec.notation = "xXo".unicodeScalars.contains(notation) ? notation : "d"
            if spec.fill == "0" {
                if spec.align == "<" { spec.fill = " " } else { spec.align = "=" }
            }
            guard let precision = spec.precision else { return try spec.format(number.big.value) }
            // As many digits at least, then blanks.
            spec.precision = nil
            var digits = FormatSpec()
            digits.notation = spec.notation
            digits.sign = spec.sign
            digits.isAlternate = spec.isAlternate
            digits.fill = "0"
            digits.align = "="
            digits.width = precision + (number.isNegative || spec.sign != nil ? 1 : 0)
            var outer = FormatSpec()
            outer.width = spec.width
            outer.align = spec.align == "=" ? ">" : spec.align
            return try outer.format(text: digits.format(number.big.value))
        }
    }
}

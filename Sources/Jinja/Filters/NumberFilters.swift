/// Filters that make numbers and change them.
enum NumberFilters {
    static let all: [String: FilterFunction] = [
        "int": { value, arguments, _ in
            let given = try arguments.bound("do_int", "default?", "base?")
            return try integer(value, base: given[1]?.asInteger ?? 10) ?? given[0] ?? 0
        },
        "float": { value, arguments, _ in
            let given = try arguments.bound("do_float", "default?")
            return try double(value).map { .double($0) } ?? given[0] ?? 0.0
        },
        "abs": { value, _, _ in
            guard let number = Number(value) else {
                throw TemplateError(.type, "bad operand type for abs(): '\(value.typeName)'")
            }
            return number.isNegative ? try value.negated() : try value.affirmed()
        },
        "round": round,
        "filesizeformat": filesizeformat,
    ]

    private static func integer(_ value: Value, base: Int) throws -> Value? {
        switch value {
        case .undefined(let undefined): throw undefined.error
        case .string(let text), .markup(let text):
            return NumberText.integer(text, base: base) ?? NumberText.double(text).flatMap(truncated)
        case .double(let number):
            if number.isInfinite { throw TemplateError(.overflow, "cannot convert float infinity to integer") }
            return truncated(number)
        case .object(let object):
            // An object that counts, as decimals do, says so by its text.
            guard try object.operate(.add, with: 0, reflected: false) != nil else { return nil }
            return NumberText.double(try object.text()).flatMap(truncated)
        default: return Number(value).map { $0.value }
        }
    }

    private static func truncated(_ number: Double) -> Value? { number.isFinite ? BigInteger(number).value : nil }

    private static func double(_ value: Value) throws -> Double? {
        switch value {
        case .undefined(let undefined): throw undefined.error
        case .string(let text), .markup(let text): return NumberText.double(text)
        case .object(let object):
            guard try object.operate(.add, with: 0, reflected: false) != nil else { return nil }
            return NumberText.double(try object.text())
        default: return Number(value)?.double
        }
    }

    private static func round(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
        let given = try arguments.bound("do_round", "precision?", "method?")
        let method = try given[1]?.text ?? "common"
        guard ["common", "ceil", "floor"].contains(method) else {
            throw TemplateError(.filterArgument, "method must be common, ceil or floor")
        }
        guard let precision = (given[0] ?? 0).asInteger else {
            throw TemplateError(.type, "'\((given[0] ?? 0).typeName)' object cannot be interpreted as an integer")
        }
        if method == "common" { return try Rounding.round(value, to: precision) }
        let factor = try Value.integer(10).operate(.power, with: .integer(precision))
        guard
            case .double(let scaled)? = Number(try value.operate(.multiply, with: factor)).map({
                Value.double($0.double)
            })
        else {
            throw TemplateError(.type, "must be real number, not \(value.typeName)")
        }
        guard scaled.isFinite else { throw TemplateError(.overflow, "cannot convert float infinity to integer") }
        let whole = BigInteger(scaled.rounded(method == "ceil" ? .up : .down)).value
        return try whole.operate(.divide, with: factor)
    }

    private static let units = [
        ("KiB", "kB"), ("MiB", "MB"), ("GiB", "GB"), ("TiB", "TB"), ("PiB", "PB"), ("EiB", "EB"), ("ZiB", "ZB"),
        ("YiB", "YB"),
    ]

    private static func filesizeformat(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
        let isBinary = try arguments.bound("do_filesizeformat", "binary?")[0]?.isTrue ?? false
        guard let size = try double(value) else {
            if let text = value.asString {
                throw TemplateError(.value, "could not convert string to float: \(ValuePrinter.quoted(text))")
            }
            throw TemplateError(
                .type,
                "float() argument must be a string or a real number, not '\(value.typeName)'"
            )
        }
        let base = isBinary ? 1024.0 : 1000.0
        if size == 1 { return "1 Byte" }
        if size < base { return .string("\(Int(size)) Bytes") }
        var unit = base
        for (place, name) in units.enumerated() {
            unit *= base
            if size < unit || place == units.count - 1 {
                let text = FloatText.fixed(base * size / unit, "f", precision: 1)
                return .string("\(text) \(isBinary ? name.0 : name.1)")
            }
        }
        return .none
    }
}

/// Rounds as Python's `round` does: halves go to the even neighbour, decimals are exact.
enum Rounding {
    static func round(_ value: Value, to precision: Int) throws -> Value {
        switch value {
        case .integer, .bigInteger, .bool: return try integer(value, to: precision)
        case .double(let number): return .double(try double(number, to: precision))
        default: throw TemplateError(.type, "type \(value.typeName) doesn't define __round__ method")
        }
    }

    private static func integer(_ value: Value, to precision: Int) throws -> Value {
        guard precision < 0 else { return try value.affirmed() }
        guard precision > -5000 else { return 0 }
        let unit = try Value.integer(10).operate(.power, with: .integer(-precision))
        let rest = try value.operate(.remainder, with: unit)
        let down = try value.operate(.subtract, with: rest)
        let order = try rest.operate(.multiply, with: 2).compare(to: unit)
        let isOdd = try down.operate(.divideDown, with: unit).operate(.remainder, with: 2).isTrue
        return order > 0 || (order == 0 && isOdd) ? try down.operate(.add, with: unit) : down
    }

    private static func double(_ number: Double, to precision: Int) throws -> Double {
        guard number.isFinite, precision < 330 else { return number }
        if precision >= 0 {
            return Double(FloatText.fixed(number, "f", precision: precision)) ?? number
        }
        guard precision > -310, case .double(let unit) = Value.double(power(-precision)) else {
            return number < 0 ? -0.0 : 0
        }
        return (number / unit).rounded(.toNearestOrEven) * unit
    }

    private static func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1.0) { power, _ in power * 10 } }
}

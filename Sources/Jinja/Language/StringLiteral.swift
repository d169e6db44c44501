/// What a quoted string in a template stands for.
enum StringLiteral {
    static func text(of source: [UInt8], _ token: Token) throws(ParseMistake) -> String {
        let body = source[Int(token.start + 1)..<Int(token.end - 1)]
        guard body.contains(UInt8(ascii: "\\")) else { return String(decoding: body, as: UTF8.self) }
        var bytes: [UInt8] = []
        var rest = body
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let sign = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            guard let escaped = unescaped(sign, &rest) else {
                throw ParseMistake(
                    kind: .syntax,
                    message: "(unicode error) an escape in a string cannot be read",
                    start: Int(token.start),
                    end: Int(token.end)
                )
            }
            bytes += escaped
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes of an escape; nil where it is cut off or names no character.
    private static func unescaped(_ sign: UInt8, _ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        switch sign {
        case UInt8(ascii: "\n"): return []
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): return [sign]
        case UInt8(ascii: "a"): return [0x07]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "v"): return [0x0B]
        case UInt8(ascii: "x"): return hexadecimal(2, &rest)
        case UInt8(ascii: "u"): return hexadecimal(4, &rest)
        case UInt8(ascii: "U"): return hexadecimal(8, &rest)
        case 0x30...0x37:
            var value = UInt32(sign - 0x30)
            for _ in 0..<2 {
                guard let digit = rest.first, digit >= 0x30, digit <= 0x37 else { break }
                value = value * 8 + UInt32(digit - 0x30)
                rest.removeFirst()
            }
            return encoded(value)
        default: return [UInt8(ascii: "\\"), sign]
        }
    }

    private static func hexadecimal(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ UInt8(ascii: "+") != $0 && UInt8(ascii: "-") != $0 }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        rest.removeFirst(count)
        return encoded(value)
    }

    private static func encoded(_ value: UInt32) -> [UInt8]? {
        // A lone half of a pair has no UTF-8.
        let scalar = Unicode.Scalar(value) ?? (value < 0xE000 ? Unicode.Scalar(0xFFFD) : nil)
        return scalar.map { Array(String($0).utf8) }
    }
}

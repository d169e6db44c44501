/// Reads JSON into values: objects keep their order, integers their digits.
package struct JSONReader {
    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0

    /// Why a text is no JSON.
    package struct Mistake: Error {
        /// What was expected.
        package let message: String
        /// Where, in bytes.
        package let offset: Int
    }

    /// The value of a JSON text.
    package static func value(of text: String) throws(Mistake) -> Value {
        var reader = JSONReader(bytes: Array(text.utf8))
        let value = try reader.value()
        reader.skipSpace()
        guard reader.place == reader.bytes.count else { throw reader.mistake("nothing more") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func mistake(_ expected: String) -> Mistake {
        Mistake(message: "expected \(expected)", offset: place)
    }

    private var byte: UInt8 { place < bytes.count ? bytes[place] : 0 }

    private mutating func skipSpace() {
        while byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
    }

    private mutating func skip(_ sign: UInt8) -> Bool {
        skipSpace()
        guard byte == sign else { return false }
        place += 1
        return true
    }

    private mutating func value() throws(Mistake) -> Value {
        skipSpace()
        guard depth < 200 else { throw mistake("less nesting") }
        depth += 1
        defer { depth -= 1 }
        switch byte {
        case UInt8(ascii: "{"): return .dict(try object())
        case UInt8(ascii: "["): return .list(of: try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        default:
            for (word, value) in Self.words where bytes[place...].starts(with: word.utf8) {
                place += word.utf8.count
                return value
            }
            throw mistake("a value")
        }
    }

    private static var words: [(String, Value)] {
        [
            ("true", true), ("false", false), ("null", .none), ("NaN", .double(.nan)),
            ("Infinity", .double(.infinity)),
        ]
    }

    private mutating func object() throws(Mistake) -> DictObject {
        place += 1
        let dict = DictObject()
        if skip(UInt8(ascii: "}")) { return dict }
        repeat {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw mistake("a name in quotes") }
            let name = try string()
            guard skip(UInt8(ascii: ":")) else { throw mistake("':'") }
            dict[name] = try value()
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "}")) else { throw mistake("',' or '}'") }
        return dict
    }

    private mutating func array() throws(Mistake) -> [Value] {
        place += 1
        var values: [Value] = []
        if skip(UInt8(ascii: "]")) { return values }
        repeat { values.append(try value()) } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "]")) else { throw mistake("',' or ']'") }
        return values
    }

    private mutating func number() throws(Mistake) -> Value {
        let start = place
        var isWhole = true
        while place < bytes.count {
            switch byte {
            case 0x30...0x39: break
            case UInt8(ascii: "-"), UInt8(ascii: "+"): if place > start { isWhole = false }
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isWhole = false
            case UInt8(ascii: "I") where place == start + 1:
                place += "Infinity".utf8.count
                return .double(-.infinity)
            default: return try number(start, isWhole)
            }
            place += 1
        }
        return try number(start, isWhole)
    }

    private func number(_ start: Int, _ isWhole: Bool) throws(Mistake) -> Value {
        let text = String(decoding: bytes[start..<min(place, bytes.count)], as: UTF8.self)
        if isWhole, let number = NumberText.integer(text) { return number }
        guard let number = Double(text) else { throw mistake("a number") }
        return .double(number)
    }

    private mutating func string() throws(Mistake) -> String {
        place += 1
        var units: [UInt8] = []
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: units, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") { units += try escape() } else { units.append(byte) }
        }
        throw mistake("'\"'")
    }

    private mutating func escape() throws(Mistake) -> [UInt8] {
        let sign = byte
        place += 1
        switch sign {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [sign]
        case UInt8(ascii: "u"): break
        default: throw mistake("an escape")
        }
        var code = try hexadecimal()
        if code & 0xFC00 == 0xD800, bytes[place...].starts(with: "\\u".utf8) {
            place += 2
            let low = try hexadecimal()
            code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
        }
        return Array(String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
    }

    private mutating func hexadecimal() throws(Mistake) -> UInt32 {
        guard place + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        else { throw mistake("four hexadecimal digits") }
        place += 4
        return code
    }
}

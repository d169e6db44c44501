/// Why a text is not JSON, and at which byte.
struct JSONMistake: Error, Hashable {
    var message: String
    var offset: Int
}

/// Reads JSON from UTF-8: manifests have tens of megabytes, and the order of their keys matters.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    /// Levels of nesting that are read; no artifact comes near.
    private let depthLimit: Int

    static func read(_ bytes: [UInt8], depthLimit: Int = 200) throws(JSONMistake) -> JSONTree {
        var reader = JSONReader(bytes: bytes, depthLimit: depthLimit)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.mistake("more text follows the value") }
        return value
    }

    private init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func mistake(_ message: String) -> JSONMistake { JSONMistake(message: message, offset: position) }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONMistake) -> JSONTree {
        guard depth < depthLimit else { throw mistake("it is nested more than \(depthLimit) deep") }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"): return try word("NaN", .number(.nan))
        case nil: throw mistake("it ends too early")
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONTree) throws(JSONMistake) -> JSONTree {
        let wanted = Array(word.description.utf8)
        guard bytes[position...].starts(with: wanted) else { throw mistake("a value is expected here") }
        position += wanted.count
        return value
    }

    private mutating func number() throws(JSONMistake) -> JSONTree {
        let start = position
        while let byte = current, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { position += 1 }
        let written = String(decoding: bytes[start..<position], as: UTF8.self)
        if let whole = Int64(written) { return .integer(whole) }
        guard let number = Double(written) else {
            position = start
            throw mistake("a value is expected here")
        }
        return .number(number)
    }

    private mutating func list(depth: Int) throws(JSONMistake) -> JSONTree {
        position += 1
        var items: [JSONTree] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .list(items) }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .list(items) }
            guard take(UInt8(ascii: ",")) else { throw mistake("a comma or ']' is expected here") }
        }
    }

    private mutating func object(depth: Int) throws(JSONMistake) -> JSONTree {
        position += 1
        var members: [JSONTree.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw mistake("a key in quotes is expected here") }
            let key = try text()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw mistake("a colon is expected here") }
            members.append(.init(key: key, value: try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw mistake("a comma or '}' is expected here") }
        }
    }
}

extension JSONReader {
    private mutating func text() throws(JSONMistake) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        if current == UInt8(ascii: "\"") {
            position += 1
            return String(decoding: bytes[start..<position - 1], as: UTF8.self)
        }
        var units = Array(bytes[start..<position])
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &units)
            default: units.append(byte)
            }
        }
        throw mistake("a text is not closed")
    }

    private mutating func escape(into units: inout [UInt8]) throws(JSONMistake) {
        guard let byte = current else { throw mistake("a text is not closed") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): units.append(0x0A)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "r"): units.append(0x0D)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0C)
        case UInt8(ascii: "u"): units += UTF8.encode(try scalar()).map(Array.init) ?? []
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
        default: throw mistake("'\\' is followed by a sign that means nothing")
        }
    }

    /// Half of a surrogate pair without the other becomes the replacement character.
    private mutating func scalar() throws(JSONMistake) -> Unicode.Scalar {
        let high = try hexadecimal()
        guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) ?? "\u{FFFD}" }
        let back = position
        if take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try hexadecimal()
            if (0xDC00..<0xE000).contains(low) {
                return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
            }
        }
        position = back
        return "\u{FFFD}"
    }

    private mutating func hexadecimal() throws(JSONMistake) -> UInt32 {
        let digits = bytes[position..<min(position + 4, bytes.count)]
        guard digits.count == 4, let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw mistake("'\\u' is followed by four hexadecimal digits")
        }
        position += 4
        return code
    }
}

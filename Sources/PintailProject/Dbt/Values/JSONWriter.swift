/// Writes JSON into one buffer of bytes, keys in the order they come.
package struct JSONWriter: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false
    /// Where values lie that were written to be changed later, in their order.
    package private(set) var marks: [Range<Int>] = []

    /// Nothing written yet.
    package init() {}

    /// An object whose entries `body` writes.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// A list whose items `body` writes.
    package mutating func list<Items: Sequence>(_ items: Items, _ body: (inout JSONWriter, Items.Element) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        for item in items { body(&self, item) }
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// The key of the value that is written next.
    package mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(0x20)
        needsComma = false
    }

    /// A value.
    package mutating func value(_ value: ConfigValue) {
        switch value {
        case .object(let object): self.object { writer in for (key, value) in object { writer.entry(key, value) } }
        case .list(let items): list(items) { $0.value($1) }
        case .string(let text):
            separate()
            quote(text)
            needsComma = true
        case .null: plain("null")
        case .bool(let flag): plain(flag ? "true" : "false")
        case .integer(let number): plain(String(number))
        case .double(let number): plain(number.isFinite ? "\(number)" : "null")
        }
    }

    /// A key with a value.
    package mutating func entry(_ name: String, _ value: ConfigValue) {
        key(name)
        self.value(value)
    }

    /// A key with a value whose place is kept.
    mutating func marked(_ name: String, _ value: ConfigValue) {
        key(name)
        let start = bytes.count
        self.value(value)
        marks.append(start..<bytes.count)
    }

    /// A key with a text, or with null.
    package mutating func entry(_ name: String, _ text: String?) {
        key(name)
        value(text.map { .string($0) } ?? .null)
    }

    /// A key with a list of texts.
    package mutating func entry(_ name: String, _ texts: [String]) {
        key(name)
        list(texts) { $0.value(.string($1)) }
    }

    private mutating func plain(_ text: String) {
        separate()
        bytes += text.utf8
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes += [UInt8(ascii: ","), 0x20] }
        needsComma = false
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            // Most texts have nothing to escape, and go over as one piece.
            if unsafe utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
                unsafe bytes.append(contentsOf: utf8)
            } else {
                unsafe utf8.forEach { escape($0) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes += [0x5C, 0x22]
        case UInt8(ascii: "\\"): bytes += [0x5C, 0x5C]
        case 0x0A: bytes += [0x5C, 0x6E]
        case 0x0D: bytes += [0x5C, 0x72]
        case 0x09: bytes += [0x5C, 0x74]
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            bytes += "\\u00".utf8
            bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        default: bytes.append(byte)
        }
    }
}

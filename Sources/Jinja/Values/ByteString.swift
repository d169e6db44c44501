/// Python's `bytes`: what `encode()` gives.
package final class ByteString: JinjaObject {
    /// The bytes.
    package let bytes: [UInt8]

    /// A value of `bytes`.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What Python would call the type.
    package var typeName: String { "bytes" }
    /// How many values it has.
    package func length() throws -> Int? { bytes.count }
    /// Its values one after the other.
    package func iterate() throws -> ValueCursor? { ValueCursor(bytes.map { .integer(Int($0)) }) }
    /// How it is printed inside of lists.
    package func repr() throws -> String {
        let quote: UInt8 = bytes.contains(0x27) && !bytes.contains(0x22) ? 0x22 : 0x27
        var text = "b" + String(UnicodeScalar(quote))
        for byte in bytes {
            switch byte {
            case 0x09: text += "\\t"
            case 0x0A: text += "\\n"
            case 0x0D: text += "\\r"
            case quote, 0x5C: text += "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7F: text.unicodeScalars.append(UnicodeScalar(byte))
            default: text += CodePoint.escaped(UnicodeScalar(byte))
            }
        }
        return text + String(UnicodeScalar(quote))
    }
    /// What stands in brackets.
    package func item(for key: Value) throws -> Value? {
        guard let place = key.asInteger else { return nil }
        let index = place < 0 ? place + bytes.count : place
        return bytes.indices.contains(index) ? .integer(Int(bytes[index])) : nil
    }
    /// What stands behind the dot.
    package func attribute(named name: String) throws -> Value? {
        name == "decode" || name == "hex" ? .object(BoundMember(name, of: self)) : nil
    }
    /// What a call of one of its methods gives.
    package func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        switch name {
        case "decode": .string(String(decoding: bytes, as: UTF8.self))
        case "hex": .string(bytes.map { CodePoint.hex(UInt32($0), 2) }.joined())
        default: try interpreter.call(interpreter.attribute(name, of: .object(self)), arguments)
        }
    }
    /// Whether it equals another value.
    package func isEqual(to other: Value) -> Bool {
        guard case .object(let object) = other, let other = object as? ByteString else { return false }
        return bytes == other.bytes
    }
    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

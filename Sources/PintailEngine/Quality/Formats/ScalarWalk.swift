/// Goes through a valid UTF-8 text, scalar by scalar.
struct ScalarWalk: ~Escapable {
    private let text: Span<UInt8>
    private var index = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    /// The next one; `nil` at the end.
    @_lifetime(self: copy self)
    mutating func next() -> Unicode.Scalar? {
        guard index < text.count else { return nil }
        let first = text[index]
        index += 1
        guard first >= 0x80 else { return Unicode.Scalar(first) }
        let following = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1
        var value = UInt32(first) & (0x3F >> UInt32(following))
        for _ in 0..<following where index < text.count {
            value = value << 6 | UInt32(text[index] & 0x3F)
            index += 1
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}

extension Span<UInt8> {
    /// Where a byte stands for the first time.
    func firstPlace(of byte: UInt8) -> Int? {
        for index in 0..<count where self[index] == byte { return index }
        return nil
    }

    /// Where a byte stands for the last time.
    func lastPlace(of byte: UInt8) -> Int? {
        for index in stride(from: count - 1, through: 0, by: -1) where self[index] == byte { return index }
        return nil
    }

    /// Whether the text begins with this one, written in small letters, in whatever case.
    func starts(withIgnoringCase prefix: String) -> Bool {
        guard count >= prefix.utf8.count else { return false }
        for (index, byte) in prefix.utf8.enumerated() {
            let own = self[index]
            let small = own >= UInt8(ascii: "A") && own <= UInt8(ascii: "Z") ? own | 0x20 : own
            guard small == byte else { return false }
        }
        return true
    }
}

extension UInt8 {
    /// The number that a digit stands for.
    var digit: Int? { self &- UInt8(ascii: "0") <= 9 ? Int(self &- UInt8(ascii: "0")) : nil }

    /// Whether it is a hexadecimal digit.
    var isHex: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}

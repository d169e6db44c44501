extension Character {
    /// How many columns of a terminal the character takes: 0, 1 or 2.
    var displayWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        // An emoji with its own picture is wide even when its first scalar alone is not.
        if unicodeScalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
        return first.displayWidth
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        if value < 0x300 { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if properties.isEmojiPresentation { return 2 }
        return Self.wide.contains { $0.contains(value) } ? 2 : 1
    }

    /// East Asian Wide and Fullwidth, in blocks.
    ///
    /// https://www.unicode.org/reports/tr11/
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x20000...0x3FFFD,
    ]
}

extension StringProtocol {
    /// How many columns of a terminal the text takes.
    var displayWidth: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        return reduce(0) { $0 + $1.displayWidth }
    }

    /// The text in at most `width` columns, with a `…` where something was cut off.
    func fitted(to width: Int) -> String {
        // A column is at least one byte, so this spares most texts the counting.
        if utf8.count <= width || displayWidth <= width { return String(self) }
        var kept = ""
        var left = width - 1
        for character in self {
            left -= character.displayWidth
            if left < 0 { break }
            kept.append(character)
        }
        return width > 0 ? kept + "…" : ""
    }

    /// The text with blanks up to `width` columns, behind it or before it.
    func padded(to width: Int, alignsRight: Bool = false) -> String {
        let blanks = String(repeating: " ", count: Swift.max(0, width - displayWidth))
        return alignsRight ? blanks + self : self + blanks
    }

    /// The text on one line and without anything that a terminal would take for a command.
    var printable: String {
        // Most text is plain, and bytes are looked through much faster than scalars.
        if utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return String(self) }
        guard unicodeScalars.contains(where: \.isControl) else { return String(self) }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.isControl: text += "\\x" + hexadecimal(scalar.value)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// C0, DEL and C1; 0x9B alone begins a command on some terminals.
    fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}

private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return digits.count < 2 ? "0" + digits : digits
}

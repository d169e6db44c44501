/// How wide texts are, about: nobody asks a font here.
enum TextWidth {
    /// The width of a text of a size, in the units of the size.
    static func of(_ text: String, size: Double) -> Double {
        text.unicodeScalars.reduce(0) { $0 + width($1) } * size
    }

    /// The text in no more than a width, with `…` where something was cut off.
    static func fitted(_ text: String, to width: Double, size: Double) -> String {
        guard of(text, size: size) > width else { return text }
        var room = width - size * 0.8
        var fitted = ""
        for character in text {
            room -= of(String(character), size: size)
            if room < 0 { break }
            fitted.append(character)
        }
        return fitted + "…"
    }

    /// The same, cut in the middle: names that begin alike often end apart.
    static func fittedAtBothEnds(_ text: String, to width: Double, size: Double) -> String {
        guard of(text, size: size) > width else { return text }
        let head = fitted(text, to: width * 0.62, size: size)
        var room = width - of(head, size: size)
        var tail = ""
        for character in text.reversed() {
            room -= of(String(character), size: size)
            if room < 0 { break }
            tail.append(character)
        }
        return head + String(tail.reversed())
    }

    /// In ems, for the widest of the sans-serif faces that systems have.
    private static func width(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", "\u{202F}": return 0.32
        case "f", "t", "r", " ", "(", ")", "[", "]", "-", "/": return 0.4
        case "m", "w", "M", "W", "@", "%": return 0.96
        case "A"..."Z": return 0.72
        case "\0"..."\u{2FF}": return 0.61
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // East Asian scripts and pictures take a whole em.
        return scalar.value >= 0x1100 && (scalar.value < 0x2000 || scalar.value >= 0x2E80) ? 1 : 0.6
    }
}

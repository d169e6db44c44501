/// Text of HTML or SVG in which what was put in has been escaped.
package struct Markup: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// The text as a browser gets it.
    package var text: String

    /// Markup already.
    package init(verbatim text: String) { self.text = text }

    /// Markup already.
    package init(stringLiteral text: String) { self.text = text }
    /// Markup with escaped texts in it.
    package init(stringInterpolation interpolation: Interpolation) { text = interpolation.text }

    /// Adds more behind.
    package static func += (left: inout Markup, right: Markup) { left.text += right.text }

    /// Builds markup.
    package struct Interpolation: StringInterpolationProtocol {
        var text = ""

        /// Makes room.
        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        /// Takes what stands in the source.
        package mutating func appendLiteral(_ literal: String) { text += literal }

        /// Markup made before.
        package mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        /// Pieces of markup, one after another.
        package mutating func appendInterpolation(_ pieces: [Markup]) { for piece in pieces { text += piece.text } }
        /// A text that may hold anything.
        package mutating func appendInterpolation(_ value: String) { text += Markup.escaped(value) }
        /// A whole number.
        package mutating func appendInterpolation(_ value: Int) { text += String(value) }
        /// A length or place, to a hundredth.
        package mutating func appendInterpolation(_ value: Double) { text += Markup.short(value) }
    }

    /// A text that stands for itself in elements and in attributes with quotes.
    ///
    /// Control characters, which no XML may hold, become the replacement character.
    package static func escaped(_ value: String) -> String {
        var result = ""
        result.reserveCapacity(value.utf8.count + 8)
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\0"..<" ", "\u{7F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func short(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = Int64((value * 100).rounded())
        let (whole, part) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
        let sign = hundredths < 0 ? "-" : ""
        if part == 0 { return "\(sign)\(whole)" }
        return part % 10 == 0 ? "\(sign)\(whole).\(part / 10)" : "\(sign)\(whole).\(part < 10 ? "0" : "")\(part)"
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Numbers as people read them at an axis: `1,200`, `1.5 M`, `2×10⁻⁹`.
package enum NumberLabel {
    /// Labels of ticks, all with the same digits and the same power.
    static func labels(_ ticks: [Double], step: Double) -> [String] {
        let most = ticks.map(\.magnitude).max() ?? 0
        guard most > 0 else { return ticks.map { _ in "0" } }
        if most >= 1e15 || most < 1e-4 { return ticks.map(scientific) }
        let (power, suffix) = scale(most)
        let digits = max(0, -Int((log10(step / power) + 1e-9).rounded(.down)))
        return ticks.map { $0 == 0 ? "0" : fixed($0 / power, digits: digits) + suffix }
    }

    /// A value with as many digits as tell it apart, for tooltips and tables.
    package static func plain(_ value: Double) -> String {
        if value == 0 { return "0" }
        let size = value.magnitude
        if size >= 1e15 || size < 1e-4 { return scientific(value) }
        if value == value.rounded() { return fixed(value, digits: 0) }
        let digits = max(2, 5 - Int(log10(size).rounded(.down)))
        var text = fixed(value, digits: min(digits, 8))
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    private static func scale(_ most: Double) -> (power: Double, suffix: String) {
        switch most {
        case 1e12...: (1e12, "\u{202F}T")
        case 1e9...: (1e9, "\u{202F}G")
        case 1e6...: (1e6, "\u{202F}M")
        case 1e5...: (1e3, "\u{202F}k")
        default: (1, "")
        }
    }

    static func scientific(_ value: Double) -> String {
        if value == 0 { return "0" }
        var exponent = Int(log10(value.magnitude).rounded(.down))
        var factor = value / pow(10, Double(exponent))
        // Powers far out are not exact: 1e-320 has few digits left.
        if factor.magnitude >= 9.9995 {
            factor /= 10
            exponent += 1
        }
        guard factor.isFinite else { return "\(value)" }
        var text = fixed(factor, digits: 3)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        let power = "10" + String(exponent).map { superscripts[$0] ?? $0 }.map(String.init).joined()
        return text == "1" ? power : text == "\u{2212}1" ? "\u{2212}" + power : text + "×" + power
    }

    private static let superscripts: [Character: Character] = [
        "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹", "-": "⁻",
    ]

    /// With a fixed number of digits after the point, a comma at every thousand, and a real minus.
    static func fixed(_ value: Double, digits: Int) -> String {
        let factor = pow(10, Double(digits))
        let scaled = (value.magnitude * factor).rounded()
        guard scaled < 9e18 else { return String(value) }
        let whole = Int64(scaled)
        let unit = Int64(factor)
        var text = grouped(String(whole / unit))
        if digits > 0 {
            let rest = String(whole % unit)
            text += "." + String(repeating: "0", count: digits - rest.count) + rest
        }
        return value < 0 && whole != 0 ? "\u{2212}" + text : text
    }

    private static func grouped(_ digits: String) -> String {
        guard digits.count > 3 else { return digits }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }
}

import PintailOrchestrator

extension Duration {
    /// The time in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }

    /// The time as people say it: `12 ms`, `3.4 s`, `1 min 12 s`, `2 h 05 min`.
    var spoken: String {
        let seconds = max(0, seconds)
        if seconds < 0.0995 { return "\(Int((seconds * 1000).rounded())) ms" }
        if seconds < 9.95 {
            let tenths = Int((seconds * 10).rounded())
            return "\(tenths / 10).\(tenths % 10) s"
        }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
        return "\(whole / 3600) h \(twoDigits(whole / 60 % 60)) min"
    }

    private func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}

/// A number with the thing that is counted, in its singular or plural: `1 step`, `3 steps`.
func counted(_ number: Int, _ thing: String) -> String {
    if number == 1 { return "1 \(thing)" }
    return "\(RowCount(number)) \(plural(thing))"
}

private func plural(_ noun: String) -> String {
    if noun.hasSuffix("sis") { return noun.dropLast(2) + "es" }
    if noun.hasSuffix("ry") { return noun.dropLast() + "ies" }
    return noun + "s"
}

extension RowCount {
    /// The number with its noun: `1 row`, `336,776 rows`.
    var spoken: String { "\(self) row\(count == 1 ? "" : "s")" }
}

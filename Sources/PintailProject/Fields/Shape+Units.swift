// Values with a unit: durations, sizes, shares.

extension Shape<Duration> {
    /// `500ms`, `2s`, `15m`, `1h30m`, `1d`.
    static let duration = duration("a duration") { _ in true }

    /// A duration that is not nothing.
    static let limit = duration("a duration longer than 0s") { $0 > .zero }

    private static func duration(_ wanted: String, where isAllowed: @escaping @Sendable (Duration) -> Bool) -> Shape {
        .scalar(
            wanted,
            schema: ["type": "string", "pattern": "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d|w))+$|\\$\\{"],
            hint: "write a number with its unit, as 500ms, 2s, 15m, 1h or 1d"
        ) { scalar in
            guard case .text(let text) = scalar, let duration = DurationText.parse(text) else { return nil }
            return isAllowed(duration) ? duration : nil
        }
    }
}

/// Lengths of time as people write them: `1h30m`.
package enum DurationText {
    private static let units: [String: Double] = [
        "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800,
    ]

    /// Parts of a number and a unit, added up; `nil` when it is anything else.
    package static func parse(_ text: String) -> Duration? {
        var rest = Substring(text)
        var total = Duration.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            // A century is more than anyone waits, and far from what a Duration can hold.
            guard let seconds = units[String(unit)], let count = Double(number), count * seconds < 4e9 else {
                return nil
            }
            total += .milliseconds(Int64((count * seconds * 1000).rounded()))
        }
        return total
    }
}

extension Shape<Int64> {
    /// `500MB`, `1GiB`.
    static let byteSize = Shape.scalar(
        "a size",
        schema: ["type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? ?([kKMGT]i?)?B$|\\$\\{"],
        hint: "write a number with its unit, as 500MB or 2GiB"
    ) { scalar in
        if case .text(let text) = scalar { ByteSizeText.parse(text) } else { nil }
    }
}

enum ByteSizeText {
    private static let units: [String: Double] = [
        "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
        "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824, "tib": 1_099_511_627_776,
    ]

    /// Bytes; `nil` when it is not a positive number with a unit.
    static func parse(_ text: String) -> Int64? {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit = text.dropFirst(number.count).drop { $0 == " " }
        guard let factor = units[unit.lowercased()], let count = Double(number) else { return nil }
        let bytes = count * factor
        return bytes >= 1 && bytes < 9e18 ? Int64(bytes) : nil
    }
}

extension Shape<Sample> {
    /// `10%`, `0.1`, `1000 rows`.
    static let sample = Shape.scalar(
        "a share or a number of rows",
        schema: [
            "anyOf": [
                ["type": "number", "exclusiveMinimum": 0, "maximum": 1],
                ["type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?%$|^[0-9]+ rows$|\\$\\{"],
            ]
        ],
        hint: "write 10%, 0.1 or 1000 rows"
    ) { scalar in
        switch scalar {
        case .number(let share): fraction(share)
        case .integer(let whole): whole == 1 ? .everything : nil
        case .text(let text): parse(text)
        case .boolean: nil
        }
    }

    private static func parse(_ text: String) -> Sample? {
        if text.hasSuffix("%") { return Double(text.dropLast()).flatMap { fraction($0 / 100) } }
        let words = text.split(separator: " ")
        guard words.count == 2, words[1] == "rows" || words[1] == "row", let rows = Int(words[0]), rows > 0 else {
            return nil
        }
        return .rows(rows)
    }

    private static func fraction(_ share: Double) -> Sample? {
        guard share > 0, share <= 1 else { return nil }
        return share == 1 ? .everything : .fraction(share)
    }
}

/// A version of three numbers, `1.2.0` or `1.2.0-rc.1`, ordered as semver.org says.
package struct SemanticVersion: Hashable, Sendable {
    let numbers: [Int]
    /// What stands behind the dash, part by part; a version without comes after all with.
    let prerelease: [String]

    /// Reads a version; nil for what is none.
    package init?(_ text: String) {
        let plain = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let parts = Self.split(plain)
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard numbers.count == 3, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        self.numbers = numbers
        prerelease = parts.count > 1 ? parts[1].split(separator: ".").map(String.init) : []
        if parts.count > 1, prerelease.isEmpty { return nil }
    }

    /// The numbers, and what comes before them in order: behind a dash, or without one as Python writes it, `1.6.0rc2`.
    private static func split(_ text: Substring) -> [Substring] {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 1, let letter = text.firstIndex(where: { $0.isASCII && $0.isLetter }),
            letter > text.startIndex, text[text.index(before: letter)].isNumber
        else { return parts }
        return [text[..<letter], text[letter...]]
    }

    /// The release of dbt whose behaviour Pintail has.
    package static let ofDbt = "1.11.16"
}

extension SemanticVersion: Comparable, CustomStringConvertible {
    package var description: String {
        numbers.map(String.init).joined(separator: ".")
            + (prerelease.isEmpty ? "" : "-" + prerelease.joined(separator: "."))
    }

    package static func < (one: SemanticVersion, other: SemanticVersion) -> Bool {
        if one.numbers != other.numbers { return one.numbers.lexicographicallyPrecedes(other.numbers) }
        if one.prerelease.isEmpty || other.prerelease.isEmpty {
            return !one.prerelease.isEmpty && other.prerelease.isEmpty
        }
        return one.prerelease.lexicographicallyPrecedes(other.prerelease, by: precedes)
    }

    /// Numbers come before words, and are compared as numbers.
    private static func precedes(_ one: String, _ other: String) -> Bool {
        switch (Int(one), Int(other)) {
        case (let one?, let other?): one < other
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): one < other
        }
    }
}

/// A claim about a version: `>=1.0.0`.
package struct VersionBound: Hashable, Sendable, CustomStringConvertible {
    enum Relation: String, CaseIterable, Sendable {
        // Longer signs first: `>=` begins like `>`.
        case atLeast = ">=", atMost = "<=", above = ">", below = "<", equal = "="
    }

    let relation: Relation
    let version: SemanticVersion

    /// Reads a claim; a version alone claims to be that.
    package init?(_ text: String) {
        let text = text.trimmed
        let sign = Relation.allCases.first { text.hasPrefix($0.rawValue) }
        let rest = String(text.dropFirst(sign?.rawValue.count ?? 0)).trimmed
        guard let version = SemanticVersion(rest) else { return nil }
        relation = sign ?? .equal
        self.version = version
    }

    package var description: String { relation.rawValue + version.description }

    /// Whether the claim is true of a version.
    package func holds(for other: SemanticVersion) -> Bool {
        switch relation {
        case .atLeast: other >= version
        case .atMost: other <= version
        case .above: other > version
        case .below: other < version
        case .equal: other == version
        }
    }

    /// The claims in a text, with commas between them, or nil where one cannot be read.
    static func all(in text: String) -> [VersionBound]? {
        let parts = text.split(separator: ",").map { VersionBound(String($0)) }
        let claims = parts.compactMap { $0 }
        return claims.count == parts.count ? claims : nil
    }
}

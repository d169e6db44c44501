/// Upper and lower case, letter by letter as Unicode maps them.
enum TextCase {
    static func lower(_ text: String) -> String {
        let lower = text.lowercased()
        return text.unicodeScalars.contains("Σ") ? withFinalSigmas(lower, text) : lower
    }

    /// A capital sigma that ends a word has a small letter of its own.
    private static func withFinalSigmas(_ lower: String, _ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.map { place in
            guard scalars[place] == "Σ" else { return scalars[place].properties.lowercaseMapping }
            let before = scalars[..<place].last { !$0.properties.isCaseIgnorable }
            let after = scalars[(place + 1)...].first { !$0.properties.isCaseIgnorable }
            return before?.properties.isCased == true && after?.properties.isCased != true ? "ς" : "σ"
        }.joined()
    }
    static func upper(_ text: String) -> String { text.uppercased() }

    /// Without the differences of case.
    static func folded(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 0x80 }
            ? text.lowercased()
            : String(text.unicodeScalars.map { $0 == "ß" ? "ss" : $0.properties.lowercaseMapping }.joined())
    }

    static func capitalized(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return "" }
        return first.properties.titlecaseMapping + String(text.unicodeScalars.dropFirst()).lowercased()
    }

    static func title(_ text: String) -> String {
        var result = ""
        var isInWord = false
        for scalar in text.unicodeScalars {
            let isCased = scalar.properties.isCased
            result += isInWord ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
            isInWord = isCased
        }
        return result
    }

    static func swapped(_ text: String) -> String {
        text.unicodeScalars.map {
            $0.properties.isUppercase ? $0.properties.lowercaseMapping : $0.properties.uppercaseMapping
        }.joined()
    }
}

/// The methods of `str` that ask whether all characters are of a kind.
enum CharacterClaims {
    static let all: [String: @Sendable (String) -> Bool] = [
        "isalnum": { every($0) { CodePoint.isLetter($0) || $0.properties.numericType != nil } },
        "isalpha": { every($0, CodePoint.isLetter) },
        "isascii": { $0.utf8.allSatisfy { $0 < 0x80 } },
        "isdecimal": { every($0) { CodePoint.decimalDigit($0) != nil } },
        "isdigit": { every($0) { $0.properties.numericType == .decimal || $0.properties.numericType == .digit } },
        "isnumeric": { every($0) { $0.properties.numericType != nil } },
        "isspace": { every($0, CodePoint.isSpace) },
        "isprintable": { $0.unicodeScalars.allSatisfy(CodePoint.isPrintable) },
        "isidentifier": { text in
            guard let first = text.unicodeScalars.first, first == "_" || CodePoint.isLetter(first) else { return false }
            return text.unicodeScalars.allSatisfy(CodePoint.isWord)
        },
        "islower": { text in
            let cased = text.unicodeScalars.filter(\.properties.isCased)
            return !cased.isEmpty && cased.allSatisfy(\.properties.isLowercase)
        },
        "isupper": { text in
            let cased = text.unicodeScalars.filter(\.properties.isCased)
            return !cased.isEmpty && cased.allSatisfy(\.properties.isUppercase)
        },
        "istitle": isTitle,
    ]

    private static func every(_ text: String, _ claim: (Unicode.Scalar) -> Bool) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy(claim)
    }

    @Sendable private static func isTitle(_ text: String) -> Bool {
        var isInWord = false
        var hasWord = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isUppercase || scalar.properties.generalCategory == .titlecaseLetter {
                if isInWord { return false }
                isInWord = true
                hasWord = true
            } else if scalar.properties.isLowercase {
                if !isInWord { return false }
            } else {
                isInWord = false
            }
        }
        return hasWord
    }
}

/// Text filled up to a width.
enum TextPadding {
    /// What is missing, at least nothing; more than a page would be a mistake.
    static func checked(_ missing: Int) throws -> Int {
        guard missing < 1 << 24 else { throw TemplateError(.limit, "a text is padded to \(missing) characters") }
        return max(0, missing)
    }

    static func pad(_ text: String, to width: Int, with fill: String, _ method: String) throws -> String {
        let missing = try checked(width - text.unicodeScalars.count)
        guard missing > 0 else { return text }
        let left =
            switch method {
            case "ljust": 0
            case "rjust": missing
            // Python puts the odd one on the left where the width is odd.
            default: missing / 2 + (missing & width & 1)
            }
        return String(repeating: fill, count: left) + text + String(repeating: fill, count: missing - left)
    }

    static func expanded(_ text: String, tab: Int) -> String {
        var result = ""
        var column = 0
        for scalar in text.unicodeScalars {
            if scalar == "\t" {
                let missing = tab > 0 ? tab - column % tab : 0
                result += String(repeating: " ", count: missing)
                column += missing
            } else {
                result.unicodeScalars.append(scalar)
                column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
            }
        }
        return result
    }
}

/// Finds what may be a secret in a line that is about to be shown.
///
/// It works on the text alone, so that it also holds for a file that could not be read and for a key that is misspelt:
/// the values of keys that are called like a secret, and the password in an address. `${NAME}` is no secret and stays.
enum SecretMask {
    /// A text with its secrets replaced by `***`.
    static func masked(_ text: String) -> String { replacing(ranges(in:), in: text) }

    /// A sentence with the passwords of addresses in it replaced by `***`.
    static func maskedAddresses(_ text: String) -> String { replacing(addressPasswords, in: text) }

    private static func replacing(_ ranges: ([Unicode.Scalar]) -> [Range<Int>], in text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var position = 0
        for range in ranges(scalars) {
            result.append(contentsOf: scalars[position..<range.lowerBound])
            result.append(contentsOf: "***".unicodeScalars)
            position = range.upperBound
        }
        result.append(contentsOf: scalars[position...])
        return String(result)
    }

    /// The stretches of line `number` to hide, in order and apart from each other.
    static func ranges(inLine number: Int, of lines: [[Unicode.Scalar]], file: String) -> [Range<Int>] {
        let line = lines[number]
        if file == ".env" || file.hasSuffix("/.env") {
            let start = line.firstIndex(of: "=").map { $0 + 1 } ?? 0
            return withoutVariables([start..<line.count], in: line)
        }
        if goesOnFromSecret(number, lines) {
            return withoutVariables([indentation(of: line)..<line.count], in: line)
        }
        return ranges(in: line)
    }

    /// The stretches of one line to hide.
    static func ranges(in line: [Unicode.Scalar]) -> [Range<Int>] {
        let found = values(in: line).map(\.range) + addressPasswords(in: line) + statementPasswords(in: line)
        return withoutVariables(merged(found), in: line)
    }

    /// The text behind the word in SQL: `CREATE ROLE etl PASSWORD 'hunter2'`.
    private static func statementPasswords(in line: [Unicode.Scalar]) -> [Range<Int>] {
        let word = Array("password".unicodeScalars)
        return line.indices.compactMap { index in
            guard line[index...].prefix(word.count).map(\.properties.lowercaseMapping) == word.map({ String($0) })
            else {
                return nil
            }
            // A key in quotes is none of SQL's.
            if index > 0, line[index - 1] == "'" { return nil }
            let quote = line[(index + word.count)...].firstIndex { $0 != " " && $0 != "\t" } ?? line.count
            guard quote < line.count, line[quote] == "'" else { return nil }
            return (quote + 1)..<(line[(quote + 1)...].firstIndex(of: "'") ?? line.count)
        }
    }

    /// In order and apart from each other.
    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    /// Whether a key is called like something secret, or nearly so.
    static func isSecretName(_ name: String) -> Bool {
        let name = name.lowercased()
        if exact.contains(name) || fragments.contains(where: name.contains) { return true }
        return name.split(whereSeparator: { $0 == "_" || $0 == "-" || $0 == "." }).contains { part in
            exact.contains(String(part))
                || part.count >= 5
                    && near.contains { word, allowed in
                        distance(Array(part.unicodeScalars), Array(word.unicodeScalars)) <= allowed
                    }
        }
    }

    private static let exact: Set<String> = [
        "pwd", "pass", "key_id", "apikey", "api_key", "auth", "private_key", "access_key",
    ]
    private static let fragments = ["password", "passwd", "passphrase", "secret", "token", "credential"]
    private static let near = [("password", 2), ("passwd", 1), ("secret", 1), ("token", 1)]
}

extension SecretMask {
    private struct SecretValue {
        var range: Range<Int>
        /// Whether the value may go on in the next line, and up to which quote.
        var isOpen = false
        var quote: Unicode.Scalar?
    }

    private static func values(in line: [Unicode.Scalar]) -> [SecretValue] {
        var values: [SecretValue] = []
        for index in line.indices where line[index] == ":" || line[index] == "=" {
            if let last = values.last, last.range.contains(index) { continue }
            guard let name = name(before: index, in: line), isSecretName(name) else { continue }
            values.append(value(after: index, in: line))
        }
        return values
    }

    private static func name(before index: Int, in line: [Unicode.Scalar]) -> String? {
        var end = index
        while end > 0, line[end - 1] == " " || line[end - 1] == "\"" || line[end - 1] == "'" { end -= 1 }
        var start = end
        while start > 0, isNamePart(line[start - 1]) { start -= 1 }
        return start < end ? String(String.UnicodeScalarView(line[start..<end])) : nil
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "-" || scalar == "." || scalar.properties.isAlphabetic
            || ("0"..."9").contains(scalar)
    }

    private static func value(after index: Int, in line: [Unicode.Scalar]) -> SecretValue {
        var start = index + 1
        while start < line.count, line[start] == " " || line[start] == "\t" { start += 1 }
        guard start < line.count else { return SecretValue(range: line.count..<line.count, isOpen: true) }
        let first = line[start]
        if first == "\"" || first == "'" { return quotedValue(first, from: start + 1, in: line) }
        let isBlock = first == "|" || first == ">"
        if isBlock { return SecretValue(range: line.count..<line.count, isOpen: true) }
        let before = line[..<index]
        let isInside = before.contains { "{\"'".unicodeScalars.contains($0) }
        guard isInside else { return SecretValue(range: start..<line.count, isOpen: true) }
        let end = line[start...].firstIndex { scalar in
            ",}\"'".unicodeScalars.contains(scalar) || (line[index] == "=" && scalar == " ")
        }
        return SecretValue(range: start..<closing(end ?? line.count, from: start, in: line))
    }

    /// A brace that closes a `${NAME}` does not end the value.
    private static func closing(_ end: Int, from start: Int, in line: [Unicode.Scalar]) -> Int {
        guard end < line.count, line[end] == "}", start + 1 < end, line[start] == "$", line[start + 1] == "{" else {
            return end
        }
        return end + 1
    }

    private static func quotedValue(_ quote: Unicode.Scalar, from start: Int, in line: [Unicode.Scalar]) -> SecretValue
    {
        var index = start
        // Three quotes open a text of many lines.
        while index < line.count, index < start + 2, line[start] == quote, line[index] == quote { index += 1 }
        if index == start + 1 { return SecretValue(range: start..<start) }
        let from = index
        while index < line.count {
            let isEscaped = quote == "\"" && line[index] == "\\"
            let isDoubled = quote == "'" && line[index] == quote && index + 1 < line.count && line[index + 1] == quote
            if line[index] == quote, !isDoubled { break }
            index += isEscaped || isDoubled ? 2 : 1
        }
        let isOpen = index >= line.count
        return SecretValue(range: from..<min(index, line.count), isOpen: isOpen, quote: isOpen ? quote : nil)
    }

    private static func goesOnFromSecret(_ number: Int, _ lines: [[Unicode.Scalar]]) -> Bool {
        let own = lines[number]
        var least = own.allSatisfy { $0 == " " } ? Int.max : indentation(of: own)
        var quotes: Set<Unicode.Scalar> = []
        for line in lines[..<number].suffix(100).reversed() {
            if let value = values(in: line).last, value.isOpen {
                if let quote = value.quote { return !quotes.contains(quote) }
                return indentation(of: line) < least
            }
            quotes.formUnion(line.filter { $0 == "\"" || $0 == "'" })
            if !line.allSatisfy({ $0 == " " }) { least = min(least, indentation(of: line)) }
        }
        return false
    }

    private static func indentation(of line: [Unicode.Scalar]) -> Int { line.prefix { $0 == " " || $0 == "\t" }.count }

    /// The password of `scheme://user:password@host`.
    private static func addressPasswords(in line: [Unicode.Scalar]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for index in line.indices.dropLast(2)
        where line[index] == ":" && line[index + 1] == "/" && line[index + 2] == "/" {
            let start = index + 3
            let end = line[start...].firstIndex { " \t\"'".unicodeScalars.contains($0) } ?? line.count
            guard let at = line[start..<end].lastIndex(of: "@"), let colon = line[start..<at].firstIndex(of: ":") else {
                continue
            }
            ranges.append((colon + 1)..<at)
        }
        return merged(ranges)
    }

    /// Leaves `${NAME}` to be seen, but not a default inside it.
    private static func withoutVariables(_ ranges: [Range<Int>], in line: [Unicode.Scalar]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for range in ranges {
            var start = range.lowerBound
            var index = start
            while index < range.upperBound {
                guard line[index] == "$", index + 1 < line.count, line[index + 1] == "{" else {
                    index += 1
                    continue
                }
                result.append(start..<index)
                index += 2
                while index < range.upperBound,
                    line[index] == "_" || line[index].properties.isAlphabetic || ("0"..."9").contains(line[index])
                {
                    index += 1
                }
                if index < range.upperBound, line[index] == "}" { index += 1 }
                start = index
            }
            result.append(start..<max(start, range.upperBound))
        }
        return result.filter { !$0.isEmpty }
    }
}

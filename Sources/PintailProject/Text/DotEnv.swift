/// Reads a `.env` file: `NAME=value`, quotes, `export`, comments.
struct DotEnv {
    private(set) var variables: [String: String] = [:]
    /// Lines that say nothing; they are warned of and passed over.
    private(set) var problems: [Diagnostic] = []

    private let file: SourceFile
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ file: SourceFile) {
        self.file = file
        scalars = Array(String(decoding: file.bytes, as: UTF8.self).unicodeScalars)
        while position < scalars.count { readLine() }
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func readLine() {
        skipSpaces()
        let start = position
        guard let first = current, first != "#", !isLineEnd(first) else { return skipLine() }
        var name = readName()
        if name == "export", current == " " || current == "\t" {
            skipSpaces()
            name = readName()
        }
        skipSpaces()
        guard !name.isEmpty, current == "=" else {
            problems.append(
                Diagnostic(
                    "this line of '\(file.path)' is not NAME=value and is passed over",
                    at: file.location(scalar: start),
                    severity: .warning
                )
            )
            return skipLine()
        }
        position += 1
        skipSpaces()
        variables[name] = readValue()
        skipLine()
    }

    private mutating func readName() -> String {
        var name = ""
        while let scalar = current, scalar == "_" || scalar == "." || isWord(scalar) {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        return name
    }

    private mutating func readValue() -> String {
        switch current {
        case "'": return readQuoted("'") ?? readBare()
        case "\"": return readQuoted("\"") ?? readBare()
        default: return readBare()
        }
    }

    /// Up to the end of the line, or to a `#` behind a space.
    private mutating func readBare() -> String {
        var value = String.UnicodeScalarView()
        while let scalar = current, !isLineEnd(scalar) {
            if scalar == "#", value.isEmpty || value.last == " " || value.last == "\t" { break }
            value.append(scalar)
            position += 1
        }
        while let last = value.last, last == " " || last == "\t" { value.removeLast() }
        return String(value)
    }

    /// `nil`, and nothing taken, when the quote is never closed.
    private mutating func readQuoted(_ quote: Unicode.Scalar) -> String? {
        let start = position
        var value = String.UnicodeScalarView()
        position += 1
        while let scalar = current {
            position += 1
            if scalar == quote { return String(value) }
            if scalar == "\\", quote == "\"", let next = current {
                position += 1
                value.append(["n": "\n", "r": "\r", "t": "\t"][next] ?? next)
            } else {
                value.append(scalar)
            }
        }
        position = start
        return nil
    }

    private mutating func skipSpaces() {
        while let scalar = current, scalar == " " || scalar == "\t" { position += 1 }
    }

    private mutating func skipLine() {
        while let scalar = current {
            position += 1
            if isLineEnd(scalar) { return }
        }
    }

    private func isLineEnd(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }
    private func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }
}

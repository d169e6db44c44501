/// Breaks lines between words, as Python's `textwrap` does.
struct TextWrapping {
    let width: Int
    let breaksLongWords: Bool
    let breaksOnHyphens: Bool

    func lines(of text: String) -> [String] {
        var chunks = Array(self.chunks(of: text).reversed())
        var lines: [String] = []
        while !chunks.isEmpty {
            if !lines.isEmpty, isSpace(chunks[chunks.count - 1]) { chunks.removeLast() }
            var line: [[Unicode.Scalar]] = []
            var length = 0
            while let chunk = chunks.last, length + chunk.count <= width {
                line.append(chunk)
                length += chunk.count
                chunks.removeLast()
            }
            if let chunk = chunks.last, chunk.count > width { breakLong(&chunks, &line, length) }
            if let last = line.last, isSpace(last) { line.removeLast() }
            if !line.isEmpty { lines.append(String(String.UnicodeScalarView(line.joined()))) }
        }
        return lines
    }

    private func isSpace(_ chunk: [Unicode.Scalar]) -> Bool { chunk.allSatisfy(CodePoint.isSpace) }

    /// A word that fits on no line: cut where that is allowed, else on a line of its own.
    private func breakLong(_ chunks: inout [[Unicode.Scalar]], _ line: inout [[Unicode.Scalar]], _ length: Int) {
        let chunk = chunks[chunks.count - 1]
        if breaksLongWords {
            var end = max(1, width - length)
            if breaksOnHyphens, chunk.count > end, let hyphen = chunk[..<end].lastIndex(of: "-"), hyphen > 0,
                chunk[..<hyphen].contains(where: { $0 != "-" })
            {
                end = hyphen + 1
            }
            line.append(Array(chunk[..<end]))
            chunks[chunks.count - 1] = Array(chunk[end...])
            if chunks[chunks.count - 1].isEmpty { chunks.removeLast() }
        } else if line.isEmpty {
            line.append(chunks.removeLast())
        }
    }

    /// Runs of blanks and words; words may be cut behind hyphens between letters.
    private func chunks(of text: String) -> [[Unicode.Scalar]] {
        let scalars = Array(text.unicodeScalars)
        var chunks: [[Unicode.Scalar]] = []
        var chunk: [Unicode.Scalar] = []
        for (place, scalar) in scalars.enumerated() {
            if let last = chunk.last {
                let turns = CodePoint.isSpace(last) != CodePoint.isSpace(scalar)
                if turns || (breaksOnHyphens && cuts(scalars, before: place)) {
                    chunks.append(chunk)
                    chunk = []
                }
            }
            chunk.append(scalar)
        }
        return chunk.isEmpty ? chunks : chunks + [chunk]
    }

    private func cuts(_ scalars: [Unicode.Scalar], before place: Int) -> Bool {
        guard place >= 3, scalars[place - 1] == "-", place + 1 < scalars.count else { return false }
        return CodePoint.isLetter(scalars[place - 2]) && CodePoint.isWord(scalars[place - 3])
            && CodePoint.isLetter(scalars[place]) && (CodePoint.isWord(scalars[place + 1]) || scalars[place + 1] == "-")
    }
}

/// What DuckDB's CSV reader says, taken apart: it goes on with advice and options that are not the user's.
struct CSVErrorText {
    /// The whole of it.
    let text: String
    private let lines: [Substring]

    init(_ text: String) {
        self.text = text
        lines = text.split(separator: "\n")
    }

    /// What the reader said, at the end of a longer text; `nil` when it said nothing.
    static func part(of text: String) -> CSVErrorText? {
        text.firstRange(of: start).map { CSVErrorText(String(text[$0.lowerBound...])) }
    }

    private static let start = "CSV Error on Line: "

    /// The file it was reading.
    var path: String? { lines.compactMap { value(of: "  file = ", in: $0) }.first.map { String($0) } }

    /// The error in Pintail's words; `nil` when the text is of another form.
    func stepError(among files: [SourceFile]) -> StepError? {
        guard let first = lines.first, first.hasPrefix(Self.start) else { return nil }
        let number = first.dropFirst(Self.start.count)
        let file = files.first { $0.path == path } ?? files.first
        let raw = lines.compactMap { value(of: "Original Line: ", in: $0) }.first ?? ""
        let sentence = lines.dropFirst().first { !$0.hasPrefix("Original Line: ") } ?? "the row cannot be read"
        let reason = sentence.hasSuffix(".") ? sentence.dropLast() : sentence
        return StepError("\(file?.name ?? "the file"), record \(number): \(reason): \(Excerpt.of(String(raw)))")
    }

    private func value(of key: String, in line: Substring) -> Substring? {
        line.hasPrefix(key) ? line.dropFirst(key.count) : nil
    }
}

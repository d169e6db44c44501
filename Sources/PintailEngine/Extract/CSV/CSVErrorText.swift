/// What DuckDB's CSV reader says, taken apart: it goes on with advice and options that are not the user's.
struct CSVErrorText {
    private let lines: [Substring]

    init(_ text: String) { lines = text.split(separator: "\n") }

    /// The error in Pintail's words; `nil` when the text is of another form.
    func stepError(among files: [SourceFile]) -> StepError? {
        guard let first = lines.first, first.hasPrefix("CSV Error on Line: ") else { return nil }
        let number = first.dropFirst("CSV Error on Line: ".count)
        let path = lines.compactMap { value(of: "  file = ", in: $0) }.first
        let file = files.first { $0.path == path.map { String($0) } } ?? files.first
        let raw = lines.compactMap { value(of: "Original Line: ", in: $0) }.first ?? ""
        let reason =
            lines.dropFirst().first { !$0.hasPrefix("Original Line: ") }.map { String($0) } ?? "the row cannot be read"
        return StepError("\(file?.name ?? "the file"), record \(number): \(reason): \(Excerpt.of(String(raw)))")
    }

    private func value(of key: String, in line: Substring) -> Substring? {
        line.hasPrefix(key) ? line.dropFirst(key.count) : nil
    }
}

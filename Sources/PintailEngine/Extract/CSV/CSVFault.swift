/// A record that cannot be read, and its place.
struct CSVFault: Hashable {
    /// What is wrong with it.
    enum Kind: Hashable {
        case fields(found: Int, expected: Int, hasHeader: Bool)
        case unclosedQuote
        case textAfterQuote
        /// A byte that is not UTF-8, and its place in the line.
        case notUTF8(byte: UInt8, column: Int)
    }

    let file: String
    let line: Int
    let kind: Kind
    /// The record as it stands in the file.
    let raw: String

    /// What is wrong, without the place.
    var reason: String {
        switch kind {
        case .fields(let found, let expected, let hasHeader):
            "the row has \(found) \(found == 1 ? "field" : "fields") where the \(hasHeader ? "header" : "first row") has \(expected)"
        case .unclosedQuote: "a quote is opened and never closed"
        case .textAfterQuote: "there is text between a closing quote and the next delimiter"
        case .notUTF8(let byte, let column):
            "the byte 0x\(String(byte, radix: 16, uppercase: true)) at byte \(column) of the line is not UTF-8"
        }
    }

    /// The place, what is wrong there, and what stands there.
    var message: String { "\(file):\(line): \(reason): \(Excerpt.of(raw))" }

    /// The failure of a step that met it, when it reads files in the encoding that the user gave, or in the one that their
    /// first rows are in.
    func error(encodingIsGiven: Bool) -> StepError {
        StepError(message, hint: hint(encodingIsGiven))
    }

    private func hint(_ encodingIsGiven: Bool) -> String {
        switch kind {
        case .notUTF8 where encodingIsGiven: "leave 'encoding:' out to have the character set detected"
        case .notUTF8:
            "'strategy: eager' detects the character set in the whole file, and 'csv: {encoding: windows-1252}' gives it"
        case .unclosedQuote, .textAfterQuote:
            "'on_bad_rows: quarantine' keeps the good rows; 'csv: {quote: \"\"}' reads quotes as ordinary characters"
        case .fields(_, let expected, _) where expected == 1:
            "'csv: {skip: N}' passes over lines before the header; 'csv: {delimiter: ...}' says what separates fields"
        case .fields: "'on_bad_rows: quarantine' keeps the good rows and puts this one aside"
        }
    }
}

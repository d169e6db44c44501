import PintailProject

/// The statements of a text that somebody types: those that are complete, and what has only begun.
struct StatementSplitter {
    /// The statements that are complete, without their `;`, blank ones left out.
    let complete: [String]
    /// What comes after the last of them; nil when that is blank or comment, and the comment is closed.
    let rest: String?

    init(_ text: String) {
        let bytes = Array(text.utf8)
        let scan = SQLScan(bytes, isTyped: true)
        complete = scan.statements.filter(\.isEnded).map { String(decoding: bytes[$0.range], as: UTF8.self) }
        let begun = scan.statements.last { !$0.isEnded }?.range.lowerBound ?? scan.openAt
        rest = begun.map { String(decoding: bytes[$0...], as: UTF8.self) }
    }

    /// All statements, whether the last one ends with `;` or not.
    static func statements(in text: String) -> [String] {
        let splitter = StatementSplitter(text)
        return splitter.complete + (splitter.rest.map { [$0] } ?? [])
    }
}

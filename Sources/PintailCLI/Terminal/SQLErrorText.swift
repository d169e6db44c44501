import DuckDB
import PintailEngine

/// What DuckDB has against a statement that the user typed: the words, the line with a caret, the way out.
struct SQLErrorText {
    let palette: Palette
    let width: Int

    func text(for error: DuckDBError) -> String {
        var lines = [palette.red("error:") + " " + firstLine(of: error.message)]
        if let sql = error.sql, let offset = error.offset {
            lines += excerpt(of: sql, at: offset, name: error.name, hint: hint(for: error))
        } else if let hint = hint(for: error) {
            lines.append("  \(palette.cyan("hint:")) \(hint)")
        }
        return lines.joined(separator: "\n")
    }

    /// The rest repeats what the excerpt shows.
    private func firstLine(of message: String) -> String {
        let lines = message.split(separator: "\n").map { $0.printable }
        // What the sniffer found out, line by line, is for those who ask DuckDB itself.
        let ends = ["LINE ", "Did you mean", "  file = "] + (isAboutEncoding(message) ? ["Possible Solution"] : [])
        let said = lines.prefix { line in !ends.contains(where: line.hasPrefix) }.joined(separator: " ")
        return said.firstRange(of: " Candidate bindings: ").map { String(said[..<$0.lowerBound]) } ?? said
    }

    private func hint(for error: DuckDBError) -> String? {
        let said = error.message
        if let meant = error.suggestion(for: error.name ?? "") { return meant }
        if said.contains("read-only mode") { return "--write lets a query change the database" }
        if isAboutEncoding(said) {
            return
                "name its encoding, as in FROM read_csv('FILE', encoding = 'latin-1'); 'pintail copy' finds it by itself"
        }
        if said.contains(".xlsx") {
            return
                "FROM read_xlsx('FILE', stop_at_empty = false) reads a workbook; 'pintail copy' finds its table by itself"
        }
        return nil
    }

    private func isAboutEncoding(_ message: String) -> Bool { message.contains("not utf-8 encoded") }

    private func excerpt(of sql: String, at offset: Int, name: String?, hint: String?) -> [String] {
        let bytes = Array(sql.utf8)
        let place = min(max(0, offset), bytes.count)
        let start = bytes[..<place].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let number = String(bytes[..<place].count { $0 == UInt8(ascii: "\n") } + 1)
        let before = String(decoding: bytes[start..<place], as: UTF8.self).printable
        let after = String(decoding: bytes[place..<end], as: UTF8.self).printable
        let margin = String(repeating: " ", count: number.count)
        let (shown, caretColumn) = window(before, after)
        let caret = String(repeating: " ", count: caretColumn) + palette.red(underline(after, name))
        let bar = palette.cyan(" \(margin) |")
        return [bar, palette.cyan(" \(number) |") + " " + shown, bar + " " + caret + (hint.map { " " + $0 } ?? "")]
    }

    /// A long line around its caret.
    private func window(_ before: String, _ after: String) -> (String, Int) {
        let room = max(20, width - 8)
        guard before.displayWidth + after.displayWidth > room else { return (before + after, before.displayWidth) }
        let tail = before.displayWidth > room / 2 ? "…" + before.suffix(room / 2) : before
        return ((tail + after).fitted(to: room), tail.displayWidth)
    }

    /// The name that was not found, or the word at the place.
    private func underline(_ after: String, _ name: String?) -> String {
        let word =
            if let name, after.lowercased().hasPrefix(name.lowercased()) { name } else {
                String(after.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            }
        return String(repeating: "^", count: max(1, word.displayWidth))
    }
}

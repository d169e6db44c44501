/// The signs that lines begin with; letters where the terminal has no others.
struct Glyphs: Hashable, Sendable {
    let success, failure, skipped, warning: String
    let spinner: [String]
    let barFull, barEmpty: String
    let table: TableRules

    /// The lines of a table.
    struct TableRules: Hashable, Sendable {
        let top, header, bottom: (left: String, middle: String, right: String)
        let horizontal, vertical: String

        static func == (left: Self, right: Self) -> Bool { left.vertical == right.vertical }
        func hash(into hasher: inout Hasher) { hasher.combine(vertical) }
    }

    /// For terminals and files that hold Unicode.
    static let unicode = Glyphs(
        success: "✓",
        failure: "✗",
        skipped: "○",
        warning: "!",
        spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
        barFull: "━",
        barEmpty: "─",
        table: TableRules(
            top: ("┌", "┬", "┐"),
            header: ("├", "┼", "┤"),
            bottom: ("└", "┴", "┘"),
            horizontal: "─",
            vertical: "│"
        )
    )

    /// For those that do not.
    static let ascii = Glyphs(
        success: "ok",
        failure: "FAILED",
        skipped: "skipped",
        warning: "!",
        spinner: ["|", "/", "-", "\\"],
        barFull: "#",
        barEmpty: ".",
        table: TableRules(
            top: ("+", "+", "+"),
            header: ("+", "+", "+"),
            bottom: ("+", "+", "+"),
            horizontal: "-",
            vertical: "|"
        )
    )

    /// What the user's locale can show.
    static var current: Glyphs {
        let locale = environment("LC_ALL") ?? environment("LC_CTYPE") ?? environment("LANG") ?? "UTF-8"
        let name = locale.lowercased()
        return name.hasSuffix("utf-8") || name.hasSuffix("utf8") ? .unicode : .ascii
    }
}

/// One line for a terminal: pieces of text, each with its look.
struct StyledLine: Hashable, Sendable {
    private struct Piece: Hashable {
        let text: String
        let ink: Ink
    }

    private var pieces: [Piece] = []

    /// A line that begins with a text.
    init(_ text: String = "", _ ink: Ink = .plain) { add(text, ink) }

    /// Adds a text; what a terminal would take for a command is made visible.
    mutating func add(_ text: String, _ ink: Ink = .plain) {
        if !text.isEmpty { pieces.append(Piece(text: text.printable, ink: ink)) }
    }

    /// Adds a text behind two blanks, unless it is empty.
    mutating func add(column text: String, _ ink: Ink = .plain) {
        if !text.isEmpty { add((pieces.isEmpty ? "" : "  ") + text, ink) }
    }

    /// Adds what another line holds.
    mutating func add(contentsOf line: StyledLine) { pieces += line.pieces }

    /// How many columns the line takes.
    var width: Int { pieces.reduce(0) { $0 + $1.text.displayWidth } }

    /// The line as it is written, cut off at `width` columns when that is given.
    func text(_ palette: Palette, width: Int? = nil) -> String {
        var left = width ?? .max
        var text = ""
        for piece in pieces where left > 0 {
            let fitted = left == .max ? piece.text : piece.text.fitted(to: left)
            text += palette.paint(fitted, piece.ink)
            if left != .max { left -= max(fitted.displayWidth, min(left, piece.text.displayWidth)) }
        }
        return text
    }
}

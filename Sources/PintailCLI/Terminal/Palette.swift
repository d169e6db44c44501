/// How a piece of text is to look.
enum Ink: String, Hashable, Sendable {
    case plain = "0"
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
}

/// The colours that texts may have; all of them nothing when there is no colour.
struct Palette: Hashable, Sendable {
    let isColored: Bool

    func bold(_ text: String) -> String { paint(text, .bold) }
    func red(_ text: String) -> String { paint(text, .red) }
    func yellow(_ text: String) -> String { paint(text, .yellow) }
    func cyan(_ text: String) -> String { paint(text, .cyan) }

    func paint(_ text: String, _ ink: Ink) -> String {
        isColored && ink != .plain && !text.isEmpty ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text
    }
}

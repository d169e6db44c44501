import Jinja

/// Tells why a template could not be rendered: the line with a caret, and the macros that led there.
struct TemplateFailureText {
    private let error: TemplateError

    init(_ error: TemplateError) { self.error = error }

    func text(_ palette: Palette) -> String {
        var lines = ["\(palette.red("error:")) \(error.message)"]
        let excerpt = error.excerpt()
        if !excerpt.isEmpty { lines.append(excerpt.hasSuffix("\n") ? String(excerpt.dropLast()) : excerpt) }
        for call in error.calls {
            let place = call.place.map { ", called at \($0.template):\($0.line):\($0.column)" } ?? ""
            lines.append("  in macro '\(call.macro)'\(place)")
        }
        return lines.joined(separator: "\n")
    }
}

/// Which part of a template each part of its output came from.
package struct SourceMap: Sendable {
    /// A stretch of output, up to where the next one begins.
    struct Piece: Sendable {
        /// Where it begins, in bytes of the output.
        let output: Int
        /// The template's text that it is, or the expression that printed it.
        let source: Syntax.Extent
        /// Whether it is the template's own text, byte for byte.
        let isText: Bool
    }

    private let pieces: [Piece]
    private let template: Template

    init(_ pieces: [Piece], of template: Template) {
        self.pieces = pieces
        self.template = template
    }

    /// The place in the template that a range of its output came from; an expression is one place as a whole.
    ///
    /// - Parameter length: how many bytes of the output are meant; those past the template's own text are left out.
    package func place(ofOutput offset: Int, length: Int = 1) -> TemplateError.Place? {
        guard let piece = piece(at: offset) else { return nil }
        guard piece.isText else {
            return template.place(Int(piece.source.start)..<Int(piece.source.end))
        }
        let start = min(Int(piece.source.start) + offset - piece.output, Int(piece.source.end))
        let end = max(start, min(start + length, Int(piece.source.end)))
        return template.place(start..<end)
    }

    /// Whether the output at a place was printed by an expression, as a macro's is.
    package func isPrinted(at offset: Int) -> Bool { piece(at: offset).map { !$0.isText } ?? false }

    /// The last piece that begins at or before a place; output that is empty has none.
    private func piece(at offset: Int) -> Piece? {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].output <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? pieces[low - 1] : nil
    }
}

extension Template {
    /// Renders it to text, and notes where in the template each part of the text came from.
    package func renderTraced(
        in globals: any Globals,
        embedder: AnyObject? = nil
    ) throws(TemplateError) -> (text: String, map: SourceMap) {
        let interpreter = Interpreter(environment, embedder: embedder)
        interpreter.trace = []
        let text = try interpreter.render(self, in: globals)
        return (text, SourceMap(interpreter.trace ?? [], of: self))
    }
}

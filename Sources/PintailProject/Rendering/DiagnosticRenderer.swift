/// Writes diagnostics for people: what is wrong, the line with a caret, the way out.
///
/// ```
/// error: model 'orders' refers to 'custmers', which does not exist
///   --> models/orders.sql:3:17
///    |
///  3 |   from {{ ref('custmers') }}
///    |               ^^^^^^^^^^ did you mean 'customers'?
/// ```
package struct DiagnosticRenderer: Sendable {
    /// How each part is coloured.
    package struct Palette: Sendable {
        /// The word `error` and its carets.
        package var error: @Sendable (String) -> String
        /// The word `warning` and its carets.
        package var warning: @Sendable (String) -> String
        /// The message itself.
        package var message: @Sendable (String) -> String
        /// Arrows, line numbers and bars.
        package var frame: @Sendable (String) -> String

        /// Colours each part by a function that wraps it in whatever the terminal understands.
        package init(
            error: @escaping @Sendable (String) -> String,
            warning: @escaping @Sendable (String) -> String,
            message: @escaping @Sendable (String) -> String,
            frame: @escaping @Sendable (String) -> String
        ) {
            self.error = error
            self.warning = warning
            self.message = message
            self.frame = frame
        }

        /// No colour.
        package static let plain = Palette(error: { $0 }, warning: { $0 }, message: { $0 }, frame: { $0 })
    }

    private let files: ProjectFiles
    private let palette: Palette
    private let width: Int

    /// Finds the files that places name from `directory`; a line is cut to `width` columns around its caret.
    package init(directory: String, palette: Palette = .plain, width: Int = 100) {
        files = ProjectFiles(root: directory)
        self.palette = palette
        self.width = max(20, width)
    }

    /// All of them, an empty line between two, a line feed at the end.
    package func render(_ diagnostics: Diagnostics) -> String {
        var lines: [String: [[Unicode.Scalar]]] = [:]
        var rendered: [String] = []
        for diagnostic in diagnostics.all.prefix(Self.most) {
            if let file = diagnostic.location?.file, lines[file] == nil { lines[file] = files.lines(of: file) ?? [] }
            rendered.append(render(diagnostic, lines: diagnostic.location.flatMap { lines[$0.file] } ?? []))
        }
        let rest = diagnostics.all.count - rendered.count
        if rest > 0 { rendered.append("and \(rest) more\n") }
        return rendered.joined(separator: "\n")
    }

    /// More than anyone reads at once.
    private static let most = 200

    /// One of them, a line feed at the end.
    package func render(_ diagnostic: Diagnostic) -> String {
        render(diagnostic, lines: diagnostic.location.flatMap { files.lines(of: $0.file) } ?? [])
    }

    private func render(_ diagnostic: Diagnostic, lines fileLines: [[Unicode.Scalar]]) -> String {
        let colour = diagnostic.severity == .error ? palette.error : palette.warning
        var lines = [colour(diagnostic.severity.rawValue) + ": " + palette.message(clean(diagnostic.message))]
        if let location = diagnostic.location {
            lines += place(location, in: fileLines, hint: diagnostic.hint.map(clean), colour)
        } else if let hint = diagnostic.hint {
            lines.append("  " + palette.frame("hint:") + " " + clean(hint))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func place(
        _ location: SourceLocation,
        in lines: [[Unicode.Scalar]],
        hint: String?,
        _ colour: (String) -> String
    ) -> [String] {
        let number = String(location.line)
        let margin = String(repeating: " ", count: number.count + 1)
        let arrow = "\(margin)--> ".framed(palette) + "\(clean(location.file)):\(location.line):\(location.column)"
        guard let excerpt = excerpt(at: location, in: lines) else {
            return [arrow] + (hint.map { ["\(margin) = ".framed(palette) + $0] } ?? [])
        }
        let bar = "\(margin) |".framed(palette)
        let caret =
            String(repeating: " ", count: excerpt.caretOffset)
            + colour(String(repeating: "^", count: excerpt.caretWidth))
        let lines = [arrow, bar, " \(number) |".framed(palette) + " " + excerpt.text, bar + " " + caret]
        guard let hint else { return lines }
        // A hint of several lines stands below the caret, not behind it.
        if hint.contains("\n") {
            let parts = hint.split(separator: "\n").map(String.init)
            return lines + ["\(margin) = ".framed(palette) + parts[0]] + parts.dropFirst().map { "\(margin)   " + $0 }
        }
        return lines.dropLast() + [bar + " " + caret + " " + hint]
    }

    private func excerpt(at location: SourceLocation, in lines: [[Unicode.Scalar]]) -> Excerpt? {
        guard location.line >= 1, location.line <= lines.count else {
            return nil
        }
        let line = lines[location.line - 1]
        return Excerpt(
            line: line,
            column: max(1, location.column),
            length: location.length,
            hidden: SecretMask.ranges(inLine: location.line - 1, of: lines, file: location.file),
            width: width
        )
    }

    /// What users wrote may hold signs that terminals obey.
    private func clean(_ text: String) -> String {
        SecretMask.maskedAddresses(text).split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in line.unicodeScalars.map { Excerpt.shown($0) }.joined() }
            .joined(separator: "\n")
    }
}

extension String {
    fileprivate func framed(_ palette: DiagnosticRenderer.Palette) -> String { palette.frame(self) }
}

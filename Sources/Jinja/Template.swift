/// A template that was read once and can be rendered many times, from any thread.
package final class Template: Sendable {
    /// How errors call it: a path.
    package let name: String
    /// The rules it was read by.
    package let environment: Environment
    /// Where its text begins in the file of that name.
    package let start: TextStart
    /// Its text with line feeds for all line ends.
    let source: [UInt8]
    let syntax: Syntax
    let filters: [FilterFunction?]
    let tests: [TestFunction?]

    /// Reads a template.
    ///
    /// - Parameter start: where the text begins in its file, when something stands before it: places are the file's.
    /// - Throws: ``TemplateError`` of kind syntax or assertion, with its place.
    package init(
        _ text: String,
        name: String = "<template>",
        from start: TextStart = TextStart(),
        in environment: Environment
    ) throws(TemplateError) {
        self.name = name
        self.start = start
        self.environment = environment
        source = SourceText.normalized(text, keepingTrailingNewline: environment.options.keepsTrailingNewline)
        do throws(ParseMistake) {
            syntax = try Parser.parse(source, environment.whitespace, environment.dialect)
        } catch {
            var failure = TemplateError(error.kind, error.message)
            failure.place = SourceText.place(error.start..<error.end, in: source, template: name, from: start)
            throw failure
        }
        filters = syntax.filters.map { environment.filters[$0] }
        tests = syntax.tests.map { environment.tests[$0] }
    }

    /// Renders it to text.
    ///
    /// Runs on the calling thread, which needs 512 KB of stack; deeper nesting than the stack bears is an error.
    /// - Parameters:
    ///   - globals: answers for the names that the template does not set itself.
    ///   - embedder: an object that callables find in ``Interpreter/embedder``.
    package func render(in globals: any Globals, embedder: AnyObject? = nil) throws(TemplateError) -> String {
        let interpreter = Interpreter(environment, embedder: embedder)
        return try interpreter.render(self, in: globals)
    }

    /// What the template prints, as a value where it prints a single one.
    package func renderNative(in globals: any Globals, embedder: AnyObject? = nil) throws(TemplateError) -> Value {
        let interpreter = Interpreter(environment, embedder: embedder)
        return try interpreter.renderNative(self, in: globals)
    }

    func place(of expression: Syntax.ExpressionID) -> TemplateError.Place? {
        guard expression >= 0, Int(expression) < syntax.extents.count else { return nil }
        let extent = syntax.extents[Int(expression)]
        return place(Int(extent.start)..<Int(extent.end))
    }

    /// The place of a range of bytes of its text.
    func place(_ range: Range<Int>) -> TemplateError.Place {
        SourceText.place(range, in: source, template: name, from: start)
    }

    func text(_ extent: Syntax.Extent) -> String {
        String(decoding: source[Int(extent.start)..<Int(extent.end)], as: UTF8.self)
    }
}

/// Something that a template defines at its top level: a macro, or what a block tag of the embedder names.
package struct Definition: Sendable {
    /// The template that it stands in.
    package let template: Template
    let place: Int32

    init(_ template: Template, _ place: Int32) {
        self.template = template
        self.place = place
    }

    var syntax: Syntax.MacroSyntax { template.syntax.macros[Int(place)] }

    /// A parameter of a macro.
    package struct Parameter: Sendable {
        /// The parameter's name.
        package let name: String
        /// The default as it is written; nil where there is none.
        package let fallback: String?
        /// The type it was declared with.
        package let annotation: TypeAnnotation?
    }

    /// Its name.
    package var name: String { template.syntax.names[Int(syntax.name)] }

    /// `macro`, or the word of the block tag.
    package var kind: String { syntax.kind }

    /// Its parameters in order.
    package var parameters: [Parameter] {
        syntax.parameters.map { parameter in
            Parameter(
                name: template.syntax.names[Int(parameter.name)],
                fallback: parameter.fallback < 0
                    ? nil : template.text(template.syntax.extents[Int(parameter.fallback)]),
                annotation: parameter.annotation
            )
        }
    }

    /// Words behind the name, `adapter='duckdb'`: constants by name; nil for a word alone and what is no constant.
    package var options: [(name: String, value: Value?)] {
        syntax.options.map { option in
            (
                template.syntax.names[Int(option.name)],
                option.value < 0 ? nil : StaticValue.value(of: option.value, in: template.syntax)
            )
        }
    }

    /// The whole block, from its first tag to its last.
    package var text: String { template.text(syntax.extent) }

    /// The same with the space around it that its first and its last tag take away, as far as no other tag takes it.
    package var textWithSpace: String {
        let source = template.source
        var (start, end) = (extent.lowerBound, extent.upperBound)
        if start + 2 < source.count, source[start + 2] == UInt8(ascii: "-") {
            let tag = start
            while start > 0, Lexer.isSpace(source[start - 1]) { start -= 1 }
            let isTaken = start >= 3 && source[(start - 3)..<start].elementsEqual("-%}".utf8)
            if start == 0 || isTaken { start = tag }
        }
        if end >= 3, source[end - 3] == UInt8(ascii: "-") {
            let tag = end
            while end < source.count, Lexer.isSpace(source[end]) { end += 1 }
            if end == source.count { end = tag }
        }
        return String(decoding: source[start..<end], as: UTF8.self)
    }

    /// What stands between its tags.
    package var bodyText: String { template.text(syntax.bodyExtent) }

    /// The bytes of the whole block in the template's text (with line feeds for all line ends).
    package var extent: Range<Int> { Int(syntax.extent.start)..<Int(syntax.extent.end) }

    /// Where its name stands.
    package var location: TemplateError.Place {
        let extent = syntax.nameExtent
        return template.place(Int(extent.start)..<Int(extent.end))
    }
}

extension Template {
    /// What the template defines at its top level, in order.
    package var definitions: [Definition] {
        syntax.body.range.compactMap { place in
            if case .macro(let macro) = syntax.statements[place] { Definition(self, macro) } else { nil }
        }
    }
}

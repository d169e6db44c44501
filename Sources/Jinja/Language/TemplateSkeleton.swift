/// What a template does, without the text that it only prints.
package enum TemplateSkeleton {
    /// Tags whose text goes nowhere but to the output.
    private static let printing: Set<String> = ["if", "elif", "else", "endif", "for", "endfor", "do"]

    /// The words of all tags; nil for what is no template.
    ///
    /// Two templates of one skeleton call the same with the same arguments, whatever stands between their tags. Text that
    /// a tag could hand on (`{% set %}…{% endset %}`, `{% call %}`, `{% filter %}`) belongs to the skeleton.
    package static func bytes(of text: String, in environment: Environment) -> [UInt8]? {
        let source = SourceText.normalized(text, keepingTrailingNewline: environment.options.keepsTrailingNewline)
        guard let tokens = try? Lexer.tokens(of: source, environment.whitespace) else { return nil }
        let keepsText = handsTextOn(tokens, source)
        var skeleton: [UInt8] = []
        for token in tokens where keepsText || token.kind != .text {
            // No text has this byte: where one word ends and another begins is never in doubt.
            skeleton.append(0xFF)
            skeleton.append(token.kind.rawValue)
            skeleton += source[Int(token.start)..<Int(token.end)]
        }
        return skeleton
    }

    private static func handsTextOn(_ tokens: ContiguousArray<Token>, _ source: [UInt8]) -> Bool {
        tokens.indices.contains { place in
            guard tokens[place].kind == .blockBegin else { return false }
            let word = tokens[min(place + 1, tokens.count - 1)]
            let tag = String(decoding: source[Int(word.start)..<Int(word.end)], as: UTF8.self)
            return tag == "set" ? !assigns(tokens[(place + 2)...]) : !printing.contains(tag)
        }
    }

    /// Whether what follows `set` is `name =`, and no block.
    private static func assigns(_ tokens: ContiguousArray<Token>.SubSequence) -> Bool {
        let targets: Set<Token.Kind> = [.name, .dot, .comma, .leftParenthesis, .rightParenthesis]
        return tokens.first { !targets.contains($0.kind) }?.kind == .assign
    }
}

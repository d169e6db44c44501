extension Parser {
    var token: Token { tokens[place] }
    var kind: Token.Kind { tokens[place].kind }

    /// The kind of the token behind this one.
    var nextKind: Token.Kind { place + 1 < tokens.count ? tokens[place + 1].kind : .end }

    mutating func advance() { if place + 1 < tokens.count { place += 1 } }

    mutating func skip(_ wanted: Token.Kind) -> Bool {
        guard kind == wanted else { return false }
        advance()
        return true
    }

    @discardableResult
    mutating func expect(_ wanted: Token.Kind) throws(ParseMistake) -> Token {
        guard kind == wanted else {
            throw mistake("expected token '\(Token.described(wanted))', got '\(describedToken)'")
        }
        let token = token
        advance()
        return token
    }

    /// The end of a tag that a body follows: a colon may stand before it, as in Python.
    @discardableResult
    mutating func expectOpeningEnd() throws(ParseMistake) -> Token {
        _ = skip(.colon)
        return try expect(.blockEnd)
    }

    func isOpeningEnd(at place: Int) -> Bool {
        let next = tokens[place].kind == .colon ? place + 1 : place
        return next < tokens.count && tokens[next].kind == .blockEnd
    }

    /// Whether a name stands here.
    func at(_ word: StaticString) -> Bool { kind == .name && text(of: token, is: word) }

    mutating func skip(_ word: StaticString) -> Bool {
        guard at(word) else { return false }
        advance()
        return true
    }

    mutating func expect(_ word: StaticString) throws(ParseMistake) {
        guard skip(word) else { throw mistake("expected token '\(word)', got '\(describedToken)'") }
    }

    func text(_ token: Token) -> String {
        String(decoding: source[Int(token.start)..<Int(token.end)], as: UTF8.self)
    }

    private func text(of token: Token, is word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard Int(token.end - token.start) == count else { return false }
        for offset in 0..<count where unsafe source[Int(token.start) + offset] != word.utf8Start[offset] {
            return false
        }
        return true
    }

    var describedToken: String { kind == .name ? text(token) : Token.described(kind) }

    func mistake(_ message: String, _ kind: TemplateError.Kind = .syntax, at token: Token? = nil) -> ParseMistake {
        let token = token ?? self.token
        return ParseMistake(kind: kind, message: message, start: Int(token.start), end: Int(token.end))
    }

    /// The number of a name, given once a template.
    mutating func name(_ token: Token) -> Syntax.NameID { name(text(token)) }

    mutating func name(_ text: String) -> Syntax.NameID {
        if let name = nameIDs[text] { return name }
        let name = Int32(syntax.names.count)
        syntax.names.append(text)
        nameIDs[text] = name
        return name
    }

    /// Where the last token that was read ended.
    var lastEnd: Int32 { place > 0 ? tokens[place - 1].end : 0 }

    mutating func add(_ expression: Syntax.Expression, from start: Int32) -> Syntax.ExpressionID {
        syntax.expressions.append(expression)
        syntax.extents.append(Syntax.Extent(start: start, end: max(start, lastEnd)))
        return Int32(syntax.expressions.count - 1)
    }

    mutating func span(_ ids: [Syntax.ExpressionID]) -> Syntax.Span {
        let start = Int32(syntax.children.count)
        syntax.children += ids
        return Syntax.Span(start: start, count: Int32(ids.count))
    }

    /// Guards against nesting that no stack bears.
    mutating func descend() throws(ParseMistake) {
        depth += 1
        if depth > 200 || stack.isNearlyFull { throw mistake("the template is nested too deeply") }
    }

    mutating func ascend() { depth -= 1 }
}

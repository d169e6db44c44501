extension Parser {
    /// Dots, brackets and calls behind an expression.
    mutating func parsePostfix(_ operand: ID, from start: Int32) throws(ParseMistake) -> ID {
        var result = operand
        while true {
            switch kind {
            case .dot: result = try parseMember(of: result, from: start)
            case .leftBracket: result = try parseSubscript(of: result, from: start)
            case .leftParenthesis:
                let arguments = try parseCallArguments()
                result = add(.call(result, arguments), from: start)
            default: return result
            }
        }
    }

    /// Filters and tests behind an expression; calls may stand between them.
    mutating func parseFilters(_ operand: ID, from start: Int32) throws(ParseMistake) -> ID {
        var result = operand
        while true {
            if kind == .pipe {
                result = try parseFilter(result, from: start)
            } else if at("is") {
                result = try parseTest(result, from: start)
            } else if kind == .leftParenthesis {
                let arguments = try parseCallArguments()
                result = add(.call(result, arguments), from: start)
            } else {
                return result
            }
        }
    }

    private mutating func parseMember(of operand: ID, from start: Int32) throws(ParseMistake) -> ID {
        advance()
        let member = token
        switch kind {
        case .name:
            advance()
            let name = name(member)
            return add(.attribute(operand, name), from: start)
        case .integer:
            advance()
            guard let number = Int(text(member)) else { throw mistake("a number has too many digits", at: member) }
            let key = constant(.integer(number), from: member)
            return add(.item(operand, key), from: start)
        default: throw mistake("expected name or number")
        }
    }

    private mutating func parseSubscript(of operand: ID, from start: Int32) throws(ParseMistake) -> ID {
        let bracket = token.start
        advance()
        var keys: [ID] = []
        while kind != .rightBracket {
            if !keys.isEmpty { try expect(.comma) }
            keys.append(try parseSubscribed())
        }
        try expect(.rightBracket)
        if keys.count == 1 { return add(.item(operand, keys[0]), from: start) }
        let span = span(keys)
        let key = add(.tuple(span), from: bracket)
        return add(.item(operand, key), from: start)
    }

    private mutating func parseSubscribed() throws(ParseMistake) -> ID {
        let start = token.start
        var parts: [ID] = [-1, -1, -1]
        if kind != .colon {
            let first = try parseExpression()
            if kind != .colon { return first }
            parts[0] = first
        }
        for part in 1...2 where skip(.colon) {
            if kind != .colon, kind != .rightBracket, kind != .comma { parts[part] = try parseExpression() }
        }
        return add(.slice(parts[0], parts[1], parts[2]), from: start)
    }

    /// What stands in the parentheses of a call.
    mutating func parseCallArguments() throws(ParseMistake) -> Int32 {
        try expect(.leftParenthesis)
        var positional: [ID] = []
        var keywords: [Syntax.Keyword] = []
        var list: ID = -1
        var dict: ID = -1
        var isFirst = true
        while kind != .rightParenthesis {
            if !isFirst {
                try expect(.comma)
                if kind == .rightParenthesis { break }
            }
            isFirst = false
            if kind == .star, list < 0, dict < 0 {
                advance()
                list = try parseExpression()
            } else if kind == .power, dict < 0 {
                advance()
                dict = try parseExpression()
            } else if kind == .name, nextKind == .assign, dict < 0 {
                let name = name(token)
                advance()
                advance()
                keywords.append(Syntax.Keyword(name: name, value: try parseExpression()))
            } else {
                guard keywords.isEmpty, list < 0, dict < 0 else {
                    throw mistake("invalid syntax for function call expression")
                }
                positional.append(try parseExpression())
            }
        }
        try expect(.rightParenthesis)
        return add(positional, keywords, list, dict)
    }

    private mutating func add(_ positional: [ID], _ keywords: [Syntax.Keyword], _ list: ID, _ dict: ID) -> Int32 {
        let span = span(positional)
        let start = Int32(syntax.keywords.count)
        syntax.keywords += keywords
        syntax.calls.append(
            Syntax.CallArguments(
                positional: span,
                keywords: Syntax.Span(start: start, count: Int32(keywords.count)),
                list: list,
                dict: dict
            )
        )
        return Int32(syntax.calls.count - 1)
    }

    /// One filter; also the one behind `{% filter`, which has no `|`.
    mutating func parseFilter(_ operand: ID, from start: Int32, isInline: Bool = true) throws(ParseMistake) -> ID {
        if isInline { advance() }
        let first = token
        let name = try parseDottedName()
        var arguments: Int32 = -1
        if kind == .leftParenthesis { arguments = try parseCallArguments() }
        if !dialect.filters.contains(name), isConditional == 0 {
            unknown.append(mistake("No filter named '\(name)'.", .assertion, at: first))
        }
        let id = filterIDs[name] ?? Int32(syntax.filters.count)
        if filterIDs.updateValue(id, forKey: name) == nil { syntax.filters.append(name) }
        return add(.filter(operand, name: id, arguments), from: start)
    }

    private mutating func parseDottedName() throws(ParseMistake) -> String {
        var name = text(try expect(.name))
        while skip(.dot) { name += "." + text(try expect(.name)) }
        return name
    }

    private mutating func parseTest(_ operand: ID, from start: Int32) throws(ParseMistake) -> ID {
        advance()
        let isNegated = skip("not")
        let first = token
        let name = try parseDottedName()
        var arguments: Int32 = -1
        switch kind {
        case .leftParenthesis: arguments = try parseCallArguments()
        case .name, .string, .integer, .float, .leftBracket, .leftBrace:
            if at("else") || at("or") || at("and") { break }
            if at("is") { throw mistake("You cannot chain multiple tests with is") }
            let at = token.start
            let operand = try parsePrimary()
            let argument = try parsePostfix(operand, from: at)
            arguments = add([argument], [], -1, -1)
        default: break
        }
        if !dialect.tests.contains(name), isConditional == 0 {
            unknown.append(mistake("No test named '\(name)'.", .assertion, at: first))
        }
        let id = testIDs[name] ?? Int32(syntax.tests.count)
        if testIDs.updateValue(id, forKey: name) == nil { syntax.tests.append(name) }
        let test = add(.test(operand, name: id, arguments), from: start)
        return isNegated ? add(.not(test), from: start) : test
    }
}

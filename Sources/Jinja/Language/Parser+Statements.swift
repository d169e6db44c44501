extension Parser {
    mutating func parseTemplate() throws(ParseMistake) -> Syntax {
        syntax.body = try parseBody(until: []).body
        if let first = unknown.first { throw first }
        scopes.resolve(in: &syntax)
        return syntax
    }

    /// Statements up to one of the words; the tag with it is read as far as the word.
    @discardableResult
    mutating func parseBody(until ends: [String]) throws(ParseMistake) -> (body: Syntax.Span, end: String) {
        try descend()
        defer { ascend() }
        var statements: [Syntax.Statement] = []
        while true {
            switch kind {
            case .text:
                statements.append(.text(Syntax.Extent(start: token.start, end: token.end)))
                advance()
            case .variableBegin:
                advance()
                statements.append(.output(try parseTuple()))
                try expect(.variableEnd)
            case .blockBegin:
                advance()
                let word = token
                guard kind == .name else { throw mistake("tag name expected") }
                let name = text(word)
                if ends.contains(name) {
                    advance()
                    return (finish(statements), name)
                }
                advance()
                if let statement = try parseStatement(name, word, ends) { statements.append(statement) }
                try expect(.blockEnd)
            default:
                guard ends.isEmpty else { throw endOfTemplate(ends) }
                return (finish(statements), "")
            }
        }
    }

    /// A body and the end of the tag that closes it.
    mutating func parseWholeBody(until end: String) throws(ParseMistake) -> Syntax.Span {
        openTags.append(String(end.dropFirst(3)))
        defer { openTags.removeLast() }
        return try parseBody(until: [end]).body
    }

    /// A body whose names are its own and are empty each time it begins.
    private mutating func parseScopedBody(until end: String) throws(ParseMistake) -> Syntax.Span {
        scopes.open()
        let body = try parseWholeBody(until: end)
        let slots = scopes.close()
        return slots.isEmpty ? body : finish([.scope(clearing: clearing(slots), body: body)])
    }

    private mutating func finish(_ statements: [Syntax.Statement]) -> Syntax.Span {
        let start = Int32(syntax.statements.count)
        syntax.statements += statements
        return Syntax.Span(start: start, count: Int32(statements.count))
    }

    private func endOfTemplate(_ ends: [String]) -> ParseMistake {
        let words = ends.map { "'\($0)'" }.joined(separator: " or ")
        let open = openTags.last.map { " The innermost block that needs to be closed is '\($0)'." } ?? ""
        return mistake("Unexpected end of template. Jinja was looking for the following tags: \(words).\(open)")
    }

    private mutating func parseStatement(
        _ name: String,
        _ word: Token,
        _ ends: [String]
    ) throws(ParseMistake) -> Syntax.Statement? {
        switch name {
        case "if": return try parseIf()
        case "for": return try parseFor()
        case "set": return try parseSet()
        case "with": return try parseWith()
        case "macro": return try parseMacro(kind: "macro", word)
        case "call": return try parseCall(word)
        case "filter": return try parseFilterBlock()
        case "print": return try parsePrint()
        case "block": return try parseBlock(word)
        case "extends":
            syntax.exportsNames = true
            return .extends(try parseExpression())
        case "include": return try parseInclude(word)
        case "import": return try parseImport(word)
        case "from": return try parseFrom(word)
        case "autoescape": return try parseAutoescape()
        case "do" where dialect.hasDo: return .evaluate(try parseTuple())
        case "break" where dialect.hasLoopControls: return .stop
        case "continue" where dialect.hasLoopControls: return .skip
        default:
            if let tag = dialect.blockTags[name] { return try parseDefinition(tag, word) }
            throw unknownTag(name, word, ends)
        }
    }

    private func unknownTag(_ name: String, _ word: Token, _ ends: [String]) -> ParseMistake {
        var message = "Encountered unknown tag '\(name)'."
        if !ends.isEmpty {
            let words = ends.map { "'\($0)'" }.joined(separator: " or ")
            message += " Jinja was looking for the following tags: \(words)."
            if let open = openTags.last { message += " The innermost block that needs to be closed is '\(open)'." }
        }
        return mistake(message, at: word)
    }

    /// Expressions with commas between, one printed after the other.
    private mutating func parsePrint() throws(ParseMistake) -> Syntax.Statement {
        var statements: [Syntax.Statement] = []
        while kind != .blockEnd {
            if !statements.isEmpty { try expect(.comma) }
            statements.append(.output(try parseExpression()))
        }
        return .scope(clearing: .none, body: finish(statements))
    }

    // MARK: Branches and loops

    private mutating func parseIf() throws(ParseMistake) -> Syntax.Statement {
        openTags.append("if")
        isConditional += 1
        defer {
            openTags.removeLast()
            isConditional -= 1
        }
        var branches: [Syntax.Branch] = []
        var otherwise = Syntax.Span.none
        while true {
            let test = try parseTuple(withCondition: false)
            try expectOpeningEnd()
            let (body, end) = try parseBody(until: ["elif", "else", "endif"])
            branches.append(Syntax.Branch(test: test, body: body))
            if end == "elif" { continue }
            if end == "else" {
                try expectOpeningEnd()
                otherwise = try parseBody(until: ["endif"]).body
            }
            break
        }
        let start = Int32(syntax.branches.count)
        syntax.branches += branches
        return .condition(Syntax.Span(start: start, count: Int32(branches.count)), otherwise: otherwise)
    }

    private mutating func parseFor() throws(ParseMistake) -> Syntax.Statement {
        openTags.append("for")
        defer { openTags.removeLast() }
        // The values are read before the target is set, but stand behind it.
        let targetPlace = place
        try skipTarget()
        try expect("in")
        let values = try parseTuple(withCondition: false)
        let afterValues = place
        let isRecursive = try findRecursive()
        place = targetPlace
        var frame: Int32 = -1
        if isRecursive { frame = scopes.openFrame() } else { scopes.open() }
        let target = try parseTarget(withTuple: true)
        let loopSlot = scopes.slot(setting: name("loop"))
        place = afterValues
        let mentions = loopMentions
        let filter: ID = skip("if") ? try parseExpression() : -1
        _ = skip("recursive")
        try expectOpeningEnd()
        let (body, end) = try parseBody(until: ["endfor", "else"])
        let clearing = clearing(isRecursive ? [] : scopes.close())
        if isRecursive { scopes.closeFrame() }
        let usesLoop = loopMentions != mentions || syntax.exportsNames
        var otherwise = Syntax.Span.none
        var otherwiseClearing = Syntax.Span.none
        if end == "else" {
            try expectOpeningEnd()
            scopes.open()
            otherwise = try parseBody(until: ["endfor"]).body
            otherwiseClearing = self.clearing(scopes.close())
        }
        syntax.loops.append(
            Syntax.Loop(
                target: target,
                values: values,
                filter: filter,
                body: body,
                otherwise: otherwise,
                loopSlot: usesLoop || isRecursive ? loopSlot : -1,
                clearing: clearing,
                otherwiseClearing: otherwiseClearing,
                frame: frame
            )
        )
        return .loop(Int32(syntax.loops.count - 1))
    }

    /// Looks ahead whether the tag says `recursive`.
    private func findRecursive() throws(ParseMistake) -> Bool {
        var at = place
        while at < tokens.count, tokens[at].kind != .blockEnd, tokens[at].kind != .end {
            if tokens[at].kind == .name, text(tokens[at]) == "recursive", isOpeningEnd(at: at + 1) {
                return true
            }
            at += 1
        }
        return false
    }

    private mutating func skipTarget() throws(ParseMistake) {
        let start = token
        while !at("in") {
            if kind == .blockEnd || kind == .end { throw mistake("expected token 'in', got '\(describedToken)'") }
            advance()
        }
        if place > 0, tokens[place - 1].start == start.start, start.kind == .blockBegin {
            throw mistake("Expected an expression, got 'in'")
        }
    }

    mutating func clearing(_ slots: [Int32]) -> Syntax.Span {
        let start = Int32(syntax.clearings.count)
        syntax.clearings += slots
        return Syntax.Span(start: start, count: Int32(slots.count))
    }

    // MARK: Names

    /// What may stand before `=` or `in`.
    mutating func parseTarget(withTuple: Bool) throws(ParseMistake) -> Int32 {
        let first = try parseSingleTarget()
        guard withTuple, kind == .comma else { return first }
        var targets = [first]
        while skip(.comma) {
            if kind == .assign || at("in") || kind == .blockEnd || kind == .rightParenthesis { break }
            targets.append(try parseSingleTarget())
        }
        return addTargets(targets)
    }

    private mutating func parseSingleTarget() throws(ParseMistake) -> Int32 {
        if kind == .leftParenthesis {
            try descend()
            defer { ascend() }
            advance()
            if skip(.rightParenthesis) { return addTargets([]) }
            let target = try parseTarget(withTuple: true)
            try expect(.rightParenthesis)
            return target
        }
        guard kind == .name else { throw notAssignable() }
        let word = token
        switch text(word) {
        case "true", "True", "false", "False", "none", "None": throw notAssignable()
        default: break
        }
        if nextKind == .dot {
            let object = try parsePrimary()
            advance()
            let attribute = name(try expect(.name))
            return add(.attribute(object, attribute))
        }
        advance()
        return target(setting: name(word))
    }

    private func notAssignable() -> ParseMistake {
        switch kind {
        case .blockEnd, .end: mistake("Expected an expression, got '\(describedToken)'")
        case .name, .string, .integer, .float: mistake("can't assign to 'const'")
        default: mistake("unexpected '\(Token.described(kind))'")
        }
    }

    mutating func target(setting name: Syntax.NameID) -> Int32 {
        let isExported = scopes.isTopLevel
        let slot = scopes.slot(setting: name)
        return add(.slot(slot, name, isExported: isExported))
    }

    private mutating func add(_ target: Syntax.Target) -> Int32 {
        syntax.targets.append(target)
        return Int32(syntax.targets.count - 1)
    }

    private mutating func addTargets(_ targets: [Int32]) -> Int32 {
        let start = Int32(syntax.targetLists.count)
        syntax.targetLists += targets
        return add(.tuple(Syntax.Span(start: start, count: Int32(targets.count))))
    }

    private mutating func parseSet() throws(ParseMistake) -> Syntax.Statement {
        // The value does not see the name it is given to, but in Jinja an earlier value of that name.
        let target = try parseTarget(withTuple: true)
        if skip(.assign) { return .set(target, try parseTuple()) }
        var filter: ID = -1
        let start = token.start
        if kind == .pipe { filter = try parseFilters(-1, from: start) }
        try expectOpeningEnd()
        let body = try parseScopedBody(until: "endset")
        return .setBlock(target, filter: filter, body: body)
    }

    private mutating func parseWith() throws(ParseMistake) -> Syntax.Statement {
        var targets: [Int32] = []
        var values: [ID] = []
        // Values see the names outside; targets are set inside.
        scopes.open()
        while kind != .blockEnd {
            if !targets.isEmpty { try expect(.comma) }
            targets.append(try parseTarget(withTuple: false))
            try expect(.assign)
            values.append(try parseExpression())
        }
        try expect(.blockEnd)
        let body = try parseWholeBody(until: "endwith")
        let clearing = clearing(scopes.close())
        let start = Int32(syntax.targetLists.count)
        syntax.targetLists += targets
        let span = span(values)
        syntax.withs.append(
            Syntax.With(
                targets: Syntax.Span(start: start, count: Int32(targets.count)),
                values: span,
                clearing: clearing,
                body: body
            )
        )
        return .with(Int32(syntax.withs.count - 1))
    }

    private mutating func parseFilterBlock() throws(ParseMistake) -> Syntax.Statement {
        let start = token.start
        var filter = try parseFilter(-1, from: start, isInline: false)
        while kind == .pipe { filter = try parseFilter(filter, from: start) }
        try expectOpeningEnd()
        return .filterBlock(filter, body: try parseScopedBody(until: "endfilter"))
    }

    private mutating func parseAutoescape() throws(ParseMistake) -> Syntax.Statement {
        let flag = try parseExpression()
        try expectOpeningEnd()
        let body = try parseScopedBody(until: "endautoescape")
        return .autoescape(flag, body: body)
    }
}

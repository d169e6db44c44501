extension Parser {
    mutating func parseMacro(kind: String, _ word: Token) throws(ParseMistake) -> Syntax.Statement {
        let tag = place - 2
        let nameToken = try expectMacroName()
        let target = dialect.bindsMacros ? target(setting: name(nameToken)) : -1
        return .macro(
            try parseMacroBody(kind: kind, tag: tag, nameToken, .parameters, isCallBlock: false, target: target)
        )
    }

    mutating func parseDefinition(_ tag: BlockTag, _ word: Token) throws(ParseMistake) -> Syntax.Statement {
        let start = place - 2
        let nameToken = try expectMacroName()
        return .macro(
            try parseMacroBody(kind: tag.word, tag: start, nameToken, tag.signature, isCallBlock: false, target: -1)
        )
    }

    private mutating func expectMacroName() throws(ParseMistake) -> Token {
        guard kind == .name else { throw mistake("expected token 'name', got '\(describedToken)'") }
        switch text(token) {
        case "true", "True", "false", "False", "none", "None": throw mistake("can't assign to 'const'")
        default: return try expect(.name)
        }
    }

    mutating func parseCall(_ word: Token) throws(ParseMistake) -> Syntax.Statement {
        let tag = place - 2
        let callerToken = Token(kind: .name, start: word.start, end: word.end)
        // The call stands outside of the block, its parameters inside: read them when the frame is open.
        let signature = place
        if kind == .leftParenthesis { try skipParentheses() }
        let start = token.start
        let call = try parseExpression()
        guard case .call = syntax.expressions[Int(call)] else { throw mistake("expected call", at: word) }
        _ = start
        let afterCall = place
        place = signature
        let macro = try parseMacroBody(
            kind: "call",
            tag: tag,
            callerToken,
            self.kind == .leftParenthesis ? .parameters : .none,
            isCallBlock: true,
            target: -1,
            bodyPlace: afterCall
        )
        return .callBlock(call, macro: macro)
    }

    private mutating func skipParentheses() throws(ParseMistake) {
        var open = 0
        repeat {
            switch kind {
            case .leftParenthesis: open += 1
            case .rightParenthesis: open -= 1
            case .blockEnd, .end: throw mistake("expected token ')', got '\(describedToken)'")
            default: break
            }
            advance()
        } while open > 0
    }

    private mutating func parseMacroBody(
        kind: String,
        tag: Int,
        _ nameToken: Token,
        _ signature: BlockTag.Signature,
        isCallBlock: Bool,
        target: Int32,
        bodyPlace: Int? = nil
    ) throws(ParseMistake) -> Int32 {
        let name = name(nameToken)
        let frame = scopes.openFrame()
        macroUses.append(MacroUse())
        let signatureStart = token.start
        var parameters: [Syntax.Parameter] = []
        var options: [Syntax.Keyword] = []
        switch signature {
        case .parameters: parameters = try parseParameters()
        case .options: options = try parseOptions()
        case .none: break
        }
        let signatureEnd = max(signatureStart, lastEnd)
        if let bodyPlace { place = bodyPlace }
        let special = ["varargs", "kwargs", "caller"].map { self.name($0) }
        let slots = special.map { scopes.slot(setting: $0) }
        let bodyStart = try expectOpeningEnd().end
        let body = try parseWholeBody(until: "end" + kind)
        let uses = macroUses.removeLast()
        scopes.closeFrame()
        let declared = Set(parameters.map(\.name))
        let used = [uses.varargs, uses.kwargs, uses.caller]
        let kept = zip(zip(special, slots), used).map { $1 && !declared.contains($0.0) ? $0.1 : -1 }
        let endTag = openingTag(before: place - 1)
        syntax.macros.append(
            Syntax.MacroSyntax(
                name: name,
                kind: kind,
                isCallBlock: isCallBlock,
                parameters: parameters,
                frame: frame,
                body: body,
                varargsSlot: kept[0],
                kwargsSlot: kept[1],
                callerSlot: uses.caller ? slots[2] : -1,
                options: options,
                target: target,
                extent: Syntax.Extent(start: tokens[tag].start, end: token.end),
                bodyExtent: Syntax.Extent(start: bodyStart, end: max(bodyStart, tokens[endTag].start)),
                signatureExtent: Syntax.Extent(start: signatureStart, end: signatureEnd),
                nameExtent: Syntax.Extent(start: nameToken.start, end: nameToken.end)
            )
        )
        return Int32(syntax.macros.count - 1)
    }

    private func openingTag(before at: Int) -> Int {
        var at = at
        while at > 0, tokens[at].kind != .blockBegin { at -= 1 }
        return at
    }

    private mutating func parseParameters() throws(ParseMistake) -> [Syntax.Parameter] {
        var parameters: [Syntax.Parameter] = []
        try expect(.leftParenthesis)
        while kind != .rightParenthesis {
            if !parameters.isEmpty { try expect(.comma) }
            let word = try expectMacroName()
            let name = name(word)
            if parameters.contains(where: { $0.name == name }) {
                throw mistake("duplicate argument '\(text(word))' in macro definition", at: word)
            }
            let slot = scopes.slot(setting: name)
            let annotation = skip(.colon) ? try parseAnnotation() : nil
            var fallback: ID = -1
            if skip(.assign) {
                fallback = try parseExpression()
            } else if let last = parameters.last, last.fallback >= 0 {
                throw mistake("non-default argument follows default argument")
            }
            parameters.append(Syntax.Parameter(name: name, slot: slot, fallback: fallback, annotation: annotation))
        }
        try expect(.rightParenthesis)
        return parameters
    }

    private mutating func parseAnnotation() throws(ParseMistake) -> TypeAnnotation {
        try descend()
        defer { ascend() }
        let name = text(try expect(.name))
        var parameters: [TypeAnnotation] = []
        if skip(.leftBracket) {
            while kind != .rightBracket {
                if !parameters.isEmpty { try expect(.comma) }
                parameters.append(try parseAnnotation())
            }
            try expect(.rightBracket)
        }
        return TypeAnnotation(name: name, parameters: parameters)
    }

    private mutating func parseOptions() throws(ParseMistake) -> [Syntax.Keyword] {
        var options: [Syntax.Keyword] = []
        while skip(.comma) {
            let name = name(try expect(.name))
            options.append(Syntax.Keyword(name: name, value: skip(.assign) ? try parseExpression() : -1))
        }
        return options
    }
}

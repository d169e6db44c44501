extension Parser {
    mutating func parseBlock(_ word: Token) throws(ParseMistake) -> Syntax.Statement {
        syntax.exportsNames = true
        let nameToken = try expect(.name)
        let blockName = text(nameToken)
        let isScoped = skip("scoped")
        let isRequired = skip("required")
        if kind == .minus {
            throw mistake(
                "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead."
            )
        }
        guard blockNames.insert(blockName).inserted else {
            throw mistake("block '\(blockName)' defined twice", .assertion, at: nameToken)
        }
        try expectOpeningEnd()
        let name = name(nameToken)
        let frame = scopes.openFrame(detached: true)
        let uses = macroUses
        macroUses = []
        let start = syntax.statements.count
        let body = try parseWholeBody(until: "endblock")
        macroUses = uses
        scopes.closeFrame()
        if isRequired { try requireEmpty(start, at: word) }
        if kind == .name, text(token) == blockName { advance() }
        syntax.blocks.append(
            Syntax.BlockSyntax(
                name: name,
                isScoped: isScoped,
                isRequired: isRequired,
                frame: frame,
                body: body,
                offset: word.start
            )
        )
        return .block(Int32(syntax.blocks.count - 1))
    }

    private func requireEmpty(_ start: Int, at word: Token) throws(ParseMistake) {
        for statement in syntax.statements[start...] {
            if case .text(let extent) = statement,
                source[Int(extent.start)..<Int(extent.end)].allSatisfy({ Lexer.isSpace($0) })
            {
                continue
            }
            throw mistake("Required blocks can only contain comments or whitespace", at: word)
        }
    }

    mutating func parseInclude(_ word: Token) throws(ParseMistake) -> Syntax.Statement {
        syntax.exportsNames = true
        let template = try parseExpression()
        var ignoresMissing = false
        if at("ignore"), nextKind == .name, text(tokens[place + 1]) == "missing" {
            ignoresMissing = true
            advance()
            advance()
        }
        let withContext = parseContext(default: true)
        syntax.includes.append(
            Syntax.Include(
                template: template,
                ignoresMissing: ignoresMissing,
                withContext: withContext,
                offset: word.start
            )
        )
        return .include(Int32(syntax.includes.count - 1))
    }

    private mutating func parseContext(default withContext: Bool) -> Bool {
        guard at("with") || at("without"), nextKind == .name, text(tokens[place + 1]) == "context" else {
            return withContext
        }
        let isWith = at("with")
        advance()
        advance()
        return isWith
    }

    mutating func parseImport(_ word: Token) throws(ParseMistake) -> Syntax.Statement {
        syntax.exportsNames = true
        let template = try parseExpression()
        try expect("as")
        let target = target(setting: name(try expect(.name)))
        let withContext = parseContext(default: false)
        return addImport(template, withContext, target, [], word)
    }

    mutating func parseFrom(_ word: Token) throws(ParseMistake) -> Syntax.Statement {
        syntax.exportsNames = true
        let template = try parseExpression()
        try expect("import")
        var names: [(name: Syntax.NameID, target: Int32)] = []
        var withContext: Bool?
        while true {
            if at("with") || at("without"), nextKind == .name, text(tokens[place + 1]) == "context" {
                withContext = parseContext(default: false)
                break
            }
            if !names.isEmpty { try expect(.comma) }
            if at("with") || at("without"), nextKind == .name, text(tokens[place + 1]) == "context" { continue }
            let imported = try expect(.name)
            if source[Int(imported.start)] == UInt8(ascii: "_") {
                throw mistake("names starting with an underline can not be imported", .assertion, at: imported)
            }
            let alias = skip("as") ? try expect(.name) : imported
            names.append((name(imported), target(setting: name(alias))))
            guard kind == .comma || at("with") || at("without") else { break }
        }
        if names.isEmpty { throw mistake("expected token 'name', got '\(describedToken)'") }
        return addImport(template, withContext ?? false, -1, names, word)
    }

    private mutating func addImport(
        _ template: ID,
        _ withContext: Bool,
        _ target: Int32,
        _ names: [(name: Syntax.NameID, target: Int32)],
        _ word: Token
    ) -> Syntax.Statement {
        syntax.imports.append(
            Syntax.Import(
                template: template,
                withContext: withContext,
                target: target,
                names: names,
                offset: word.start
            )
        )
        return .importAll(Int32(syntax.imports.count - 1))
    }
}

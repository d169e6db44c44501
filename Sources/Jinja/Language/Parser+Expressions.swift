extension Parser {
    typealias ID = Syntax.ExpressionID

    /// An expression, possibly `x if y else z`.
    mutating func parseExpression(withCondition: Bool = true) throws(ParseMistake) -> ID {
        try descend()
        defer { ascend() }
        let start = token.start
        let known = unknown.count
        var result = try parseOr()
        guard withCondition else { return result }
        while at("if") {
            advance()
            defer { unknown.removeLast(unknown.count - known) }
            let test = try parseOr()
            var otherwise: ID = -1
            if skip("else") { otherwise = try parseExpression() }
            result = add(.conditional(test: test, then: result, otherwise: otherwise), from: start)
        }
        return result
    }

    private mutating func parseOr() throws(ParseMistake) -> ID {
        let start = token.start
        var left = try parseAnd()
        while skip("or") {
            let right = try parseAnd()
            left = add(.or(left, right), from: start)
        }
        return left
    }

    private mutating func parseAnd() throws(ParseMistake) -> ID {
        let start = token.start
        var left = try parseNot()
        while skip("and") {
            let right = try parseNot()
            left = add(.and(left, right), from: start)
        }
        return left
    }

    private mutating func parseNot() throws(ParseMistake) -> ID {
        let start = token.start
        guard skip("not") else { return try parseComparison() }
        try descend()
        defer { ascend() }
        let operand = try parseNot()
        return add(.not(operand), from: start)
    }

    private mutating func parseComparison() throws(ParseMistake) -> ID {
        let start = token.start
        let first = try parseSum()
        var comparisons: [Syntax.Comparison] = []
        while let relation = skipRelation() {
            comparisons.append(Syntax.Comparison(relation: relation, operand: try parseSum()))
        }
        if comparisons.isEmpty { return first }
        let span = Syntax.Span(start: Int32(syntax.comparisons.count), count: Int32(comparisons.count))
        syntax.comparisons += comparisons
        return add(.comparison(first, span), from: start)
    }

    private mutating func skipRelation() -> Syntax.Comparison.Operator? {
        let relation: Syntax.Comparison.Operator
        switch kind {
        case .equal: relation = .equal
        case .notEqual: relation = .notEqual
        case .less: relation = .less
        case .lessOrEqual: relation = .lessOrEqual
        case .greater: relation = .greater
        case .greaterOrEqual: relation = .greaterOrEqual
        case .name:
            if at("in") {
                relation = .isIn
            } else if at("not"), nextKind == .name, text(tokens[place + 1]) == "in" {
                advance()
                relation = .isNotIn
            } else {
                return nil
            }
        default: return nil
        }
        advance()
        return relation
    }

    private mutating func parseSum() throws(ParseMistake) -> ID {
        let start = token.start
        var left = try parseConcatenation()
        while kind == .plus || kind == .minus {
            let operation: BinaryOperator = kind == .plus ? .add : .subtract
            advance()
            let right = try parseConcatenation()
            left = add(.operation(operation, left, right), from: start)
        }
        return left
    }

    private mutating func parseConcatenation() throws(ParseMistake) -> ID {
        let start = token.start
        let first = try parseProduct()
        guard kind == .tilde else { return first }
        var parts = [first]
        while skip(.tilde) { parts.append(try parseProduct()) }
        let span = span(parts)
        return add(.concatenation(span), from: start)
    }

    private mutating func parseProduct() throws(ParseMistake) -> ID {
        let start = token.start
        var left = try parsePower()
        while let operation = productOperator {
            advance()
            let right = try parsePower()
            left = add(.operation(operation, left, right), from: start)
        }
        return left
    }

    private var productOperator: BinaryOperator? {
        switch kind {
        case .star: .multiply
        case .slash: .divide
        case .doubleSlash: .divideDown
        case .percent: .remainder
        default: nil
        }
    }

    private mutating func parsePower() throws(ParseMistake) -> ID {
        let start = token.start
        var left = try parseUnary(withFilter: true)
        while skip(.power) {
            let right = try parseUnary(withFilter: true)
            left = add(.operation(.power, left, right), from: start)
        }
        return left
    }

    mutating func parseUnary(withFilter: Bool) throws(ParseMistake) -> ID {
        let start = token.start
        var result: ID
        if kind == .minus || kind == .plus {
            try descend()
            defer { ascend() }
            let isNegative = kind == .minus
            advance()
            let operand = try parseUnary(withFilter: false)
            result = add(isNegative ? .negative(operand) : .positive(operand), from: start)
        } else {
            result = try parsePrimary()
        }
        result = try parsePostfix(result, from: start)
        return withFilter ? try parseFilters(result, from: start) : result
    }

    // MARK: Primaries

    mutating func parsePrimary() throws(ParseMistake) -> ID {
        let start = token
        switch kind {
        case .name: return parseName()
        case .string:
            var text = ""
            while kind == .string {
                text += try StringLiteral.text(of: source, token)
                advance()
            }
            return constant(.string(text), from: start)
        case .integer, .float:
            let number = try parseNumber()
            return constant(number, from: start)
        case .leftParenthesis:
            advance()
            let inner = try parseTuple(explicit: true)
            try expect(.rightParenthesis)
            return inner
        case .leftBracket: return try parseList()
        case .leftBrace: return try parseDict()
        default: throw mistake("unexpected '\(Token.described(kind))'")
        }
    }

    private mutating func parseName() -> ID {
        let token = token
        advance()
        let text = text(token)
        switch text {
        case "true", "True": return constant(.bool(true), from: token)
        case "false", "False": return constant(.bool(false), from: token)
        case "none", "None": return constant(.none, from: token)
        default: return mention(text, from: token)
        }
    }

    /// Reading a name: the special ones make the macro around it take them.
    private mutating func mention(_ text: String, from token: Token) -> ID {
        switch text {
        case "loop": loopMentions += 1
        case "varargs": for place in macroUses.indices { macroUses[place].varargs = true }
        case "kwargs": for place in macroUses.indices { macroUses[place].kwargs = true }
        case "caller": for place in macroUses.indices { macroUses[place].caller = true }
        default: break
        }
        let name = name(text)
        let id = add(.global(name), from: token.start)
        scopes.mention(id, name)
        return id
    }

    mutating func constant(_ constant: Syntax.Constant, from token: Token) -> ID {
        syntax.constants.append(constant)
        return add(.constant(Int32(syntax.constants.count - 1)), from: token.start)
    }

    private mutating func parseNumber() throws(ParseMistake) -> Syntax.Constant {
        let token = token
        var digits = source[Int(token.start)..<Int(token.end)].filter { $0 != 0x5F }
        advance()
        if token.kind == .float {
            guard let number = Double(String(decoding: digits, as: UTF8.self)) else {
                throw mistake("a number cannot be read", at: token)
            }
            return .double(number)
        }
        var radix = 10
        if digits.count > 2, digits[0] == 0x30, digits[1] >= 0x41 {
            radix = digits[1] | 0x20 == UInt8(ascii: "x") ? 16 : digits[1] | 0x20 == UInt8(ascii: "o") ? 8 : 2
            digits.removeFirst(2)
        }
        if let number = Int(String(decoding: digits, as: UTF8.self), radix: radix) { return .integer(number) }
        // Python reads no more digits than this either.
        guard digits.count <= 4300, let number = BigInteger(digits: digits, radix: UInt32(radix), isNegative: false)
        else { throw mistake("a number has too many digits", at: token) }
        return .bigInteger(number)
    }

    /// Whether an expression can end here.
    private var isEndOfTuple: Bool {
        switch kind {
        case .variableEnd, .blockEnd, .rightParenthesis: true
        default: false
        }
    }

    /// One expression or several with commas between.
    mutating func parseTuple(
        simplified: Bool = false,
        withCondition: Bool = true,
        explicit: Bool = false,
        endingAtIn: Bool = false
    ) throws(ParseMistake) -> ID {
        let start = token.start
        var values: [ID] = []
        var isTuple = false
        while !isEndOfTuple {
            if endingAtIn, at("in") { break }
            values.append(simplified ? try parsePrimary() : try parseExpression(withCondition: withCondition))
            guard kind == .comma else { break }
            isTuple = true
            advance()
            if !explicit, isEndOfTuple || (endingAtIn && at("in")) { break }
        }
        if !isTuple {
            if let only = values.first { return only }
            if !explicit { throw mistake("Expected an expression, got '\(describedToken)'") }
        }
        let span = span(values)
        return add(.tuple(span), from: start)
    }

    private mutating func parseList() throws(ParseMistake) -> ID {
        let start = token.start
        advance()
        var values: [ID] = []
        while kind != .rightBracket {
            if !values.isEmpty {
                try expect(.comma)
                if kind == .rightBracket { break }
            }
            values.append(try parseExpression())
        }
        try expect(.rightBracket)
        let span = span(values)
        return add(.list(span), from: start)
    }

    private mutating func parseDict() throws(ParseMistake) -> ID {
        let start = token.start
        advance()
        var values: [ID] = []
        while kind != .rightBrace {
            if !values.isEmpty {
                try expect(.comma)
                if kind == .rightBrace { break }
            }
            values.append(try parseExpression())
            try expect(.colon)
            values.append(try parseExpression())
        }
        try expect(.rightBrace)
        let span = span(values)
        return add(.dict(span), from: start)
    }
}

/// Builds the syntax tables from tokens, by recursive descent.
struct Parser {
    /// What a parser allows beyond Jinja's own tags.
    struct Dialect: Sendable {
        var hasLoopControls = true
        var hasDo = true
        /// Whether a macro's name means the macro in the text that follows it.
        var bindsMacros = true
        var blockTags: [String: BlockTag] = [:]
        var filters: Set<String> = []
        var tests: Set<String> = []
    }

    let source: [UInt8]
    let dialect: Dialect
    let tokens: ContiguousArray<Token>
    let stack = StackGuard()
    var place = 0
    var syntax = Syntax()
    var scopes = NameScopes()
    var nameIDs: [String: Syntax.NameID] = [:]
    var filterIDs: [String: Int32] = [:]
    var testIDs: [String: Int32] = [:]
    /// Tags that are open, for messages.
    var openTags: [String] = []
    /// How deep expressions and blocks are nested.
    var depth = 0
    /// How often `loop` was named, to know whether a loop needs it.
    var loopMentions = 0
    /// Macros being read, innermost last: which of the special names their bodies use.
    var macroUses: [MacroUse] = []
    var blockNames: Set<String> = []
    /// Unknown filters and tests are forgiven within branches that may never run.
    var isConditional = 0
    /// Those that were not, in order; an `if` behind them forgives still.
    var unknown: [ParseMistake] = []

    struct MacroUse {
        var scopeDepth = 0
        var varargs = false
        var kwargs = false
        var caller = false
    }

    private init(_ source: [UInt8], _ tokens: ContiguousArray<Token>, _ dialect: Dialect) {
        self.source = source
        self.tokens = tokens
        self.dialect = dialect
    }

    static func parse(
        _ source: [UInt8],
        _ whitespace: Lexer.Whitespace,
        _ dialect: Dialect
    ) throws(ParseMistake) -> Syntax {
        let tokens: ContiguousArray<Token>
        do throws(Lexer.Mistake) {
            tokens = try Lexer.tokens(of: source, whitespace)
        } catch {
            throw ParseMistake(kind: .syntax, message: error.message, start: error.start, end: error.end)
        }
        var parser = Parser(source, tokens, dialect)
        return try parser.parseTemplate()
    }
}

/// What is wrong with a template's text, and where.
struct ParseMistake: Error {
    let kind: TemplateError.Kind
    let message: String
    let start: Int
    let end: Int
}

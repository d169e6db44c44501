/// A filter: what stands before the bar, what stands in its parentheses.
package typealias FilterFunction = @Sendable (Value, Arguments, Interpreter) throws -> Value
/// A test: what stands before `is`, what stands behind the test's name.
package typealias TestFunction = @Sendable (Value, Arguments, Interpreter) throws -> Bool

/// The rules that templates are read and rendered by, made once and shared by many templates.
package final class Environment: Sendable {
    /// What can be chosen.
    package struct Options: Sendable {
        /// The first line feed behind a block tag is dropped.
        package var trimsBlocks = false
        /// Blanks before a block tag that begins its line are dropped.
        package var stripsLeft = false
        /// The last line feed of a template is kept.
        package var keepsTrailingNewline = false
        /// Values are escaped for HTML where they are printed.
        package var autoescapes = false
        /// What may be done with names that have no value.
        package var undefined = Undefined.Behaviour.default
        /// Ranges are short and names that begin with `_` are out of reach.
        package var isSandboxed = false
        /// `break` and `continue`.
        package var hasLoopControls = true
        /// `do`.
        package var hasDo = true
        /// Whether a macro's name means the macro in the text that follows it; false where the caller finds all macros.
        package var bindsMacros = true
        /// The filters `as_bool`, `as_number`, `as_native`, `as_text` and `is_list`.
        package var hasNativeFilters = false
        /// Tags that define something.
        package var blockTags: [BlockTag] = []
        /// What one rendering may use up.
        package var limits = Limits()

        /// Stock Jinja's rules, with loop controls and `do`.
        package init() {}
    }

    /// What one rendering may use up.
    package struct Limits: Sendable {
        /// Statements, passes of loops and calls.
        package var steps = 50_000_000
        /// Text that is printed or captured at one time.
        package var outputBytes = 1 << 28
        /// Macros, includes and blocks within each other.
        package var depth = 1000

        /// Limits that no honest template meets.
        package init() {}
    }

    /// What was chosen.
    package let options: Options
    let filters: [String: FilterFunction]
    let tests: [String: TestFunction]
    let dialect: Parser.Dialect
    private let loader: (@Sendable (String) throws -> Template?)?

    /// Rules with `filters` and `tests` beside or instead of Jinja's own.
    ///
    /// - Parameter loader: finds the templates that `include`, `import` and `extends` name; nil where there is none.
    package init(
        _ options: Options = Options(),
        filters: [String: FilterFunction] = [:],
        tests: [String: TestFunction] = [:],
        loader: (@Sendable (String) throws -> Template?)? = nil
    ) {
        self.options = options
        var known = BuiltinFilters.all
        if options.hasNativeFilters { known.merge(NativeFilters.all) { $1 } }
        self.filters = known.merging(filters) { $1 }
        self.tests = BuiltinTests.all.merging(tests) { $1 }
        self.loader = loader
        dialect = Parser.Dialect(
            hasLoopControls: options.hasLoopControls,
            hasDo: options.hasDo,
            bindsMacros: options.bindsMacros,
            blockTags: Dictionary(options.blockTags.map { ($0.word, $0) }) { $1 },
            filters: Set(self.filters.keys),
            tests: Set(self.tests.keys)
        )
    }

    func template(named name: String) throws -> Template? {
        guard let loader else { throw TemplateError(.type, "no loader for this environment specified") }
        return try loader(name)
    }

    var whitespace: Lexer.Whitespace {
        Lexer.Whitespace(trimsBlocks: options.trimsBlocks, stripsLeft: options.stripsLeft)
    }
}

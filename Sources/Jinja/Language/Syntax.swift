/// The parsed template: nodes in flat tables that name each other by place, so that walking them counts no references.
struct Syntax: Sendable {
    typealias ExpressionID = Int32
    typealias NameID = Int32

    /// Consecutive entries of one of the tables.
    struct Span: Sendable {
        let start: Int32
        let count: Int32
        static let none = Span(start: 0, count: 0)
        var range: Range<Int> { Int(start)..<Int(start + count) }
    }

    /// Which bytes of the source a node covers.
    struct Extent: Sendable {
        let start: Int32
        let end: Int32
    }

    enum Expression: Sendable {
        case constant(Int32)
        /// A name that only the caller knows.
        case global(NameID)
        /// A slot of the running frame, falling back to the caller's name.
        case local(slot: Int32, NameID)
        /// Several slots, inner first, as pairs of hops and slots in `links`.
        case chained(Span, NameID)
        case tuple(Span)
        case list(Span)
        /// Keys and values in turn.
        case dict(Span)
        case concatenation(Span)
        case attribute(ExpressionID, NameID)
        case item(ExpressionID, ExpressionID)
        /// Parts that are left out are -1.
        case slice(ExpressionID, ExpressionID, ExpressionID)
        case call(ExpressionID, Int32)
        /// The input of a filter block is -1.
        case filter(ExpressionID, name: Int32, Int32)
        case test(ExpressionID, name: Int32, Int32)
        case operation(BinaryOperator, ExpressionID, ExpressionID)
        case negative(ExpressionID)
        case positive(ExpressionID)
        case not(ExpressionID)
        case and(ExpressionID, ExpressionID)
        case or(ExpressionID, ExpressionID)
        /// The first operand, then comparisons.
        case comparison(ExpressionID, Span)
        case conditional(test: ExpressionID, then: ExpressionID, otherwise: ExpressionID)
    }

    enum Constant: Sendable {
        case none
        case bool(Bool)
        case integer(Int)
        case bigInteger(BigInteger)
        case double(Double)
        case string(String)

        var value: Value {
            switch self {
            case .none: .none
            case .bool(let flag): .bool(flag)
            case .integer(let number): .integer(number)
            case .bigInteger(let number): .bigInteger(number)
            case .double(let number): .double(number)
            case .string(let text): .string(text)
            }
        }
    }

    struct Comparison: Sendable {
        enum Operator: String, Sendable {
            case equal = "=="
            case notEqual = "!="
            case less = "<"
            case lessOrEqual = "<="
            case greater = ">"
            case greaterOrEqual = ">="
            case isIn = "in"
            case isNotIn = "not in"
        }

        let relation: Operator
        let operand: ExpressionID
    }

    /// The arguments of a call, filter or test.
    struct CallArguments: Sendable {
        let positional: Span
        /// Pairs of a name and a value in `keywords`.
        let keywords: Span
        /// `*list`, or -1.
        let list: ExpressionID
        /// `**dict`, or -1.
        let dict: ExpressionID
    }

    struct Keyword: Sendable {
        let name: NameID
        let value: ExpressionID
    }

    enum Target: Sendable {
        case slot(Int32, NameID, isExported: Bool)
        /// An attribute of a namespace.
        case attribute(ExpressionID, NameID)
        /// Several targets in `targetLists`.
        case tuple(Span)
    }

    enum Statement: Sendable {
        /// Bytes of the source as they are.
        case text(Extent)
        case output(ExpressionID)
        case set(Int32, ExpressionID)
        /// The filter may be -1.
        case setBlock(Int32, filter: ExpressionID, body: Span)
        /// Branches, then what else.
        case condition(Span, otherwise: Span)
        case loop(Int32)
        case with(Int32)
        case scope(clearing: Span, body: Span)
        case macro(Int32)
        case callBlock(ExpressionID, macro: Int32)
        case filterBlock(ExpressionID, body: Span)
        case evaluate(ExpressionID)
        case stop
        case skip
        case block(Int32)
        case extends(ExpressionID)
        case include(Int32)
        case importAll(Int32)
        case autoescape(ExpressionID, body: Span)
    }

    struct Branch: Sendable {
        let test: ExpressionID
        let body: Span
    }

    struct Loop: Sendable {
        let target: Int32
        let values: ExpressionID
        /// The test behind `if`, or -1.
        let filter: ExpressionID
        let body: Span
        let otherwise: Span
        /// The slot of `loop`, or -1 where nothing names it.
        let loopSlot: Int32
        /// Slots that are empty when a pass begins.
        let clearing: Span
        let otherwiseClearing: Span
        /// The frame of a recursive loop, or -1.
        let frame: Int32
    }

    struct With: Sendable {
        let targets: Span
        let values: Span
        let clearing: Span
        let body: Span
    }

    /// What a frame has to hold: the template itself, a macro, a block or a recursive loop.
    struct FrameLayout: Sendable {
        /// The name of every slot.
        var slotNames: [NameID] = []
    }

    struct MacroSyntax: Sendable {
        let name: NameID
        /// `macro`, or the word of the block tag.
        let kind: String
        let isCallBlock: Bool
        let parameters: [Parameter]
        let frame: Int32
        let body: Span
        /// Slots of `varargs`, `kwargs` and `caller`, or -1 where the body names none.
        let varargsSlot: Int32
        let kwargsSlot: Int32
        let callerSlot: Int32
        let options: [Keyword]
        /// Target that the macro is bound to, or -1.
        let target: Int32
        let extent: Extent
        let bodyExtent: Extent
        let signatureExtent: Extent
        let nameExtent: Extent
    }

    struct Parameter: Sendable {
        let name: NameID
        let slot: Int32
        /// The default, or -1.
        let fallback: ExpressionID
        let annotation: TypeAnnotation?
    }

    struct BlockSyntax: Sendable {
        let name: NameID
        let isScoped: Bool
        let isRequired: Bool
        let frame: Int32
        let body: Span
        let offset: Int32
    }

    struct Include: Sendable {
        let template: ExpressionID
        let ignoresMissing: Bool
        let withContext: Bool
        let offset: Int32
    }

    struct Import: Sendable {
        let template: ExpressionID
        let withContext: Bool
        /// The target of the whole module, or -1.
        let target: Int32
        /// Names and targets of single ones.
        let names: [(name: NameID, target: Int32)]
        let offset: Int32
    }

    var expressions: ContiguousArray<Expression> = []
    var extents: ContiguousArray<Extent> = []
    var constants: ContiguousArray<Constant> = []
    var names: ContiguousArray<String> = []
    var children: ContiguousArray<ExpressionID> = []
    var links: ContiguousArray<Int32> = []
    var calls: ContiguousArray<CallArguments> = []
    var keywords: ContiguousArray<Keyword> = []
    var comparisons: ContiguousArray<Comparison> = []
    /// Names of the filters and tests in use, resolved once a template.
    var filters: ContiguousArray<String> = []
    var tests: ContiguousArray<String> = []

    var statements: ContiguousArray<Statement> = []
    var branches: ContiguousArray<Branch> = []
    var loops: ContiguousArray<Loop> = []
    var withs: ContiguousArray<With> = []
    var targets: ContiguousArray<Target> = []
    var targetLists: ContiguousArray<Int32> = []
    var clearings: ContiguousArray<Int32> = []
    var macros: ContiguousArray<MacroSyntax> = []
    var blocks: ContiguousArray<BlockSyntax> = []
    var includes: ContiguousArray<Include> = []
    var imports: ContiguousArray<Import> = []
    var frames: ContiguousArray<FrameLayout> = []
    var body: Span = .none
    /// Whether anything but the template itself can see what it sets.
    var exportsNames = false
}

/// A type that a parameter was declared with: `dict[str, any]`.
package struct TypeAnnotation: Sendable, Equatable {
    /// The type's name.
    package let name: String
    /// What stands in its brackets.
    package let parameters: [TypeAnnotation]

    /// As it is written.
    package var text: String {
        parameters.isEmpty ? name : name + "[" + parameters.map(\.text).joined(separator: ", ") + "]"
    }
}

import Jinja

/// A regular expression as Python's `re` reads it, over Unicode scalars.
///
/// Swift's own expressions know neither lookbehind nor a brace that stands for itself, which packages rely on.
struct PythonRegex: Sendable {
    /// Bits of Python's flags.
    struct Flags: OptionSet, Sendable {
        let rawValue: Int
        static let ignoreCase = Flags(rawValue: 2)
        static let multiline = Flags(rawValue: 8)
        static let dotAll = Flags(rawValue: 16)
        static let verbose = Flags(rawValue: 64)
        static let ascii = Flags(rawValue: 256)
    }

    /// What a single scalar can be.
    indirect enum Single: Sendable {
        case scalar(UInt32, foldsCase: Bool)
        case any(newlines: Bool)
        case set([Single], isNegative: Bool, foldsCase: Bool)
        case range(UInt32, UInt32)
        case digit(ascii: Bool)
        case word(ascii: Bool)
        case space
        case not(Single)
    }

    enum Place: Sendable {
        case textStart, textEnd, end, lineStart, lineEnd, wordEdge, noWordEdge
    }

    /// A step of the machine that matches.
    enum Step: Sendable {
        case single(Single)
        /// As many as there are, and back one by one; or the other way round.
        case span(Single, least: Int, most: Int, isLazy: Bool)
        /// Goes on at the first, and at the second if that leads nowhere.
        case split(Int, Int)
        case jump(Int)
        /// Notes the place in a slot.
        case save(Int)
        /// Goes on only if something was matched since the slot's place.
        case progress(Int)
        case place(Place)
        case reference(Int, foldsCase: Bool)
        /// Looks ahead, or behind by a width, with the steps from the next one to `end`.
        case look(behind: Int?, isNegative: Bool, end: Int)
        /// Takes the first way through the steps to `end`, for good.
        case atomic(end: Int)
        case accept
    }

    let pattern: String
    let flags: Flags
    let steps: [Step]
    /// Captures take two slots each, the whole match the first two.
    let slots: Int
    let groupCount: Int
    let names: [(name: String, group: Int)]
    /// What a match can begin with; nil where that is not known.
    let first: [Single]?

    /// Reads a pattern.
    init(_ pattern: String, _ flags: Flags = []) throws(TemplateError) {
        var parser = RegexParser(pattern, flags)
        let node = try parser.whole()
        var compiler = RegexCompiler(groupCount: parser.groupCount)
        try compiler.add(node)
        self.pattern = pattern
        self.flags = parser.flags
        steps = compiler.steps + [.accept]
        slots = compiler.slots
        groupCount = parser.groupCount
        names = parser.names
        first = node.first.isEmptyPossible ? nil : node.first.singles
    }
}

/// A pattern as a tree.
indirect enum RegexNode {
    case single(PythonRegex.Single)
    case sequence([RegexNode])
    case alternatives([RegexNode])
    case group(Int, RegexNode)
    case atomic(RegexNode)
    case repetition(RegexNode, least: Int, most: Int, RepetitionKind)
    case place(PythonRegex.Place)
    case reference(Int, foldsCase: Bool)
    case look(RegexNode, isBehind: Bool, isNegative: Bool)

    enum RepetitionKind { case greedy, lazy, possessive }

    /// What it can begin with, and whether it can match nothing.
    var first: (singles: [PythonRegex.Single], isEmptyPossible: Bool) {
        switch self {
        case .single(let single): return ([single], false)
        case .group(_, let node), .atomic(let node): return node.first
        case .place, .look: return ([], true)
        case .reference: return ([.any(newlines: true)], true)
        case .repetition(let node, let least, _, _):
            let first = node.first
            return (first.singles, first.isEmptyPossible || least == 0)
        case .alternatives(let nodes):
            let all = nodes.map(\.first)
            return (all.flatMap(\.singles), all.contains { $0.isEmptyPossible })
        case .sequence(let nodes):
            var singles: [PythonRegex.Single] = []
            for node in nodes {
                let first = node.first
                singles += first.singles
                if !first.isEmptyPossible { return (singles, false) }
            }
            return (singles, true)
        }
    }

    /// How many scalars it matches, where that is always the same.
    var width: Int? {
        switch self {
        case .single: 1
        case .sequence(let nodes):
            nodes.reduce(0 as Int?) { sum, node in sum.flatMap { sum in node.width.map { sum + $0 } } }
        case .alternatives(let nodes):
            nodes.dropFirst().allSatisfy { $0.width == nodes.first?.width } ? nodes.first?.width : nil
        case .group(_, let node), .atomic(let node): node.width
        case .repetition(let node, let least, let most, _): least == most ? node.width.map { $0 * least } : nil
        case .place, .look: 0
        case .reference: nil
        }
    }
}

/// Makes steps of a tree.
struct RegexCompiler {
    private(set) var steps: [PythonRegex.Step] = []
    private(set) var slots: Int

    /// What a repetition with bounds is written out to at most.
    private static let mostSteps = 20_000

    init(groupCount: Int) { slots = 2 * (groupCount + 1) }

    mutating func add(_ node: RegexNode) throws(TemplateError) {
        guard steps.count < Self.mostSteps else { throw TemplateError(.value, "the regular expression is too large") }
        switch node {
        case .single(let single): steps.append(.single(single))
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .alternatives(let nodes): try add(alternatives: nodes[...])
        case .group(let number, let node):
            steps.append(.save(2 * number))
            try add(node)
            steps.append(.save(2 * number + 1))
        case .atomic(let node):
            let start = reserve()
            try add(node)
            steps.append(.accept)
            steps[start] = .atomic(end: steps.count)
        case .repetition(.single(let single), let least, let most, let kind) where kind != .possessive:
            steps.append(.span(single, least: least, most: most, isLazy: kind == .lazy))
        case .repetition(let node, let least, let most, .possessive):
            try add(.atomic(.repetition(node, least: least, most: most, .greedy)))
        case .repetition(let node, let least, let most, let kind):
            for _ in 0..<least { try add(node) }
            try add(rest: node, most == Int.max ? nil : most - least, isLazy: kind == .lazy)
        case .place(let place): steps.append(.place(place))
        case .reference(let group, let foldsCase): steps.append(.reference(group, foldsCase: foldsCase))
        case .look(let node, let isBehind, let isNegative):
            if isBehind, node.width == nil { throw TemplateError(.value, "look-behind requires fixed-width pattern") }
            let start = reserve()
            try add(node)
            steps.append(.accept)
            steps[start] = .look(behind: isBehind ? node.width : nil, isNegative: isNegative, end: steps.count)
        }
    }

    private mutating func reserve() -> Int {
        steps.append(.accept)
        return steps.count - 1
    }

    private mutating func add(alternatives nodes: ArraySlice<RegexNode>) throws(TemplateError) {
        var ends: [Int] = []
        for node in nodes.dropLast() {
            let split = reserve()
            try add(node)
            ends.append(reserve())
            steps[split] = .split(split + 1, steps.count)
        }
        if let last = nodes.last { try add(last) }
        for end in ends { steps[end] = .jump(steps.count) }
    }

    /// What may come after the least number: so many, or any.
    private mutating func add(rest node: RegexNode, _ count: Int?, isLazy: Bool) throws(TemplateError) {
        guard let count else {
            let slot = slots
            slots += 1
            let split = reserve()
            steps.append(.save(slot))
            try add(node)
            steps.append(.progress(slot))
            steps.append(.jump(split))
            steps[split] = isLazy ? .split(steps.count, split + 1) : .split(split + 1, steps.count)
            return
        }
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(reserve())
            try add(node)
        }
        for split in splits { steps[split] = isLazy ? .split(steps.count, split + 1) : .split(split + 1, steps.count) }
    }
}

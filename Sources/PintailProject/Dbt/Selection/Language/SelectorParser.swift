/// Reads selectors as they stand on a command line.
package enum SelectorParser {
    /// What is selected when nobody selects.
    static let everything = ["fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*"]

    /// Reads `--select` and `--exclude`: spaces join, commas intersect.
    ///
    /// Without `select` it is everything.
    ///
    /// - Throws: a ``Diagnostic`` that quotes the selector, names the mistake and what would do.
    package static func parse(select: [String]?, exclude: [String] = []) throws(Diagnostic) -> NodeSelector {
        let selected: NodeSelector
        if let select, !select.isEmpty {
            selected = try union(select, isMissed: true)
        } else {
            selected = try union(everything, isMissed: false)
        }
        return exclude.isEmpty ? selected : .difference(selected, minus: try union(exclude, isMissed: true))
    }

    private static func union(_ words: [String], isMissed: Bool) throws(Diagnostic) -> NodeSelector {
        var parts: [NodeSelector] = []
        for word in words.flatMap({ $0.split(whereSeparator: \.isWhitespace) }) {
            var criteria: [NodeSelector] = []
            for part in word.split(separator: ",", omittingEmptySubsequences: false) {
                criteria.append(.criterion(try criterion(String(part))))
            }
            parts.append(.waiting(.intersection(criteria, written: isMissed ? String(word) : nil)))
        }
        return .waiting(.union(parts))
    }

    /// Reads one selector: `@`, `N+`, method, value, `+N`.
    package static func criterion(_ written: String) throws(Diagnostic) -> SelectionCriterion {
        var rest = written[...]
        let isWithChildrensParents = rest.first == "@"
        if isWithChildrensParents { rest = rest.dropFirst() }
        let parents = takeParents(&rest)
        let children = takeChildren(&rest)
        if isWithChildrensParents, children != .none {
            throw Diagnostic(
                "the selector '\(written)' begins with '@' and ends with '+', which exclude each other",
                hint: "'@' already takes what reads the node; leave one of them out"
            )
        }
        var criterion = try claim(rest, written: written)
        criterion.isWithChildrensParents = isWithChildrensParents
        criterion.parents = parents
        criterion.children = children
        return criterion
    }

    private static func takeParents(_ rest: inout Substring) -> SelectionCriterion.Reach {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard rest[digits.endIndex...].first == "+" else { return .none }
        rest = rest[digits.endIndex...].dropFirst()
        return reach(digits)
    }

    private static func takeChildren(_ rest: inout Substring) -> SelectionCriterion.Reach {
        let digits = rest.reversed().prefix { $0.isASCII && $0.isNumber }.count
        let head = rest.dropLast(digits)
        guard head.last == "+" else { return .none }
        let reach = reach(rest.suffix(digits))
        rest = head.dropLast()
        return reach
    }

    /// More steps than an integer counts are all of them.
    private static func reach(_ digits: Substring) -> SelectionCriterion.Reach {
        digits.isEmpty ? .all : .steps(Int(digits) ?? Int.max)
    }

    private static func claim(_ rest: Substring, written: String) throws(Diagnostic) -> SelectionCriterion {
        guard let colon = rest.firstIndex(of: ":"), isMethod(rest[..<colon]) else {
            return SelectionCriterion(written: written, method: .implied(by: String(rest)), value: String(rest))
        }
        let words = rest[..<colon].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let method = try method(words[0], written: written)
        let value = String(rest[rest.index(after: colon)...])
        let criterion = SelectionCriterion(
            written: written,
            method: method,
            arguments: Array(words.dropFirst()),
            value: value
        )
        try criterion.checkValue()
        return criterion
    }

    private static func isMethod(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    }

    /// The method of this name.
    static func method(_ name: String, written: String) throws(Diagnostic) -> SelectionMethod {
        if let method = SelectionMethod(rawValue: name) { return method }
        let known = SelectionMethod.allCases.map(\.rawValue)
        let meant = didYouMean(name, among: known).map { $0 + " " } ?? ""
        throw Diagnostic(
            "the selector '\(written)' asks for '\(name)', which is no method",
            hint: meant + "The methods are \(known.sorted().joined(separator: ", "))"
        )
    }
}

extension SelectionCriterion {
    /// Refuses a value that can never mean anything.
    func checkValue() throws(Diagnostic) {
        if let known = method.values, !known.contains(value) {
            let meant = didYouMean(value, among: known).map { $0 + " " } ?? ""
            throw Diagnostic(
                "the selector '\(written)' asks for the \(method.rawValue) '\(value)', which does not exist",
                hint: meant + "It is one of \(known.joined(separator: ", "))"
            )
        }
        if method == .sourceStatus, value != "fresher" {
            throw Diagnostic("the selector '\(written)' knows one status only", hint: "write source_status:fresher")
        }
        let parts = value.split(separator: ".", omittingEmptySubsequences: false).count
        if let limit = longestName, parts > limit {
            let forms = limit == 3 ? "source, source.table or package.source.table" : "name or package.name"
            throw Diagnostic(
                "the selector '\(written)' has too many points",
                hint: "write \(method.rawValue):, then \(forms)"
            )
        }
    }

    private var longestName: Int? {
        switch method {
        case .source: 3
        case .exposure, .metric, .semanticModel, .savedQuery, .unitTest: 2
        default: nil
        }
    }
}

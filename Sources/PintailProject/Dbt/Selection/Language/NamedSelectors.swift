/// The selectors that a project names in its `selectors.yml`.
package struct NamedSelectors: Sendable {
    /// A selector of the file.
    package struct Entry: Sendable {
        /// What `--selector` calls it.
        package var name: String
        /// What people are told of it.
        package var description: String?
        /// Whether it holds where nobody selects.
        package var isDefault: Bool
        /// What it means.
        package var selector: NodeSelector
    }

    /// In the order of the file.
    package private(set) var entries: [Entry] = []
    /// Keys that mean nothing: dbt passes over them, so they do not stop anyone.
    package private(set) var warnings: [Diagnostic] = []

    /// None.
    package init() {}

    /// Reads the bytes of a `selectors.yml`; `path` is what messages call it.
    ///
    /// - Throws: ``Diagnostics``: every mistake of the file, each with its place.
    package init(yaml bytes: [UInt8], path: String) throws {
        try self.init(root: YAMLTree.parse(SourceFile.decode(bytes, path: path)).root)
    }

    /// Reads the tree of a `selectors.yml`.
    init(root: ConfigNode) throws(Diagnostics) {
        var problems: [Diagnostic] = []
        for item in root["selectors"]?.items ?? [] {
            do throws(Diagnostic) {
                entries.append(try entry(item))
                warnings += item["definition"].map(SelectorDefinition.warnings) ?? []
            } catch {
                problems.append(error)
            }
        }
        if !problems.isEmpty { throw Diagnostics(problems) }
    }

    /// The selector that holds where nobody selects.
    package var standard: NodeSelector? { entries.first { $0.isDefault }?.selector }

    /// The selector of this name.
    ///
    /// - Throws: a ``Diagnostic`` that names those there are.
    package func selector(named name: String) throws(Diagnostic) -> NodeSelector {
        if let entry = entries.first(where: { $0.name == name }) { return entry.selector }
        let names = entries.map(\.name)
        let all = names.isEmpty ? "selectors.yml names none" : "there are \(names.joined(separator: ", "))"
        throw Diagnostic("the selector '\(name)' does not exist", hint: didYouMean(name, among: names) ?? all)
    }

    private func entry(_ node: ConfigNode) throws(Diagnostic) -> Entry {
        guard let name = node["name"]?.text else {
            throw Diagnostic("a selector has no name", at: node.location, hint: "write 'name:'")
        }
        guard let definition = node["definition"] else {
            throw Diagnostic("the selector '\(name)' has no definition", at: node.location, hint: "write 'definition:'")
        }
        if entries.contains(where: { $0.name == name }) {
            throw Diagnostic("a second selector is called '\(name)'", at: node["name"]?.location)
        }
        if let keys = definition.entries?.map(\.key), keys.count > 1,
            keys.contains("union") || keys.contains("intersection")
        {
            throw Diagnostic(
                "the definition of '\(name)' has more keys beside its union or intersection",
                at: definition.location,
                hint: "move them into its list"
            )
        }
        return Entry(
            name: name,
            description: node["description"]?.text,
            isDefault: node["default"]?.isTrue ?? false,
            selector: try SelectorDefinition(earlier: self).selector(definition)
        )
    }
}

/// Reads one definition of a `selectors.yml`; it may name selectors that stand before it.
struct SelectorDefinition {
    let earlier: NamedSelectors

    private static let keys = [
        "method", "value", "parents", "parents_depth", "children", "children_depth", "childrens_parents",
        "indirect_selection", "exclude",
    ]

    /// The unknown keys of a definition and of those inside it.
    static func warnings(of node: ConfigNode) -> [Diagnostic] {
        var warnings = node.items.flatMap(Self.warnings)
        let isClaim = node["method"] != nil
        for entry in node.entries ?? [] {
            warnings += Self.warnings(of: entry.value)
            guard isClaim, !keys.contains(entry.key) else { continue }
            warnings.append(
                Diagnostic(
                    "a definition has no key '\(entry.key)', and it is passed over",
                    at: entry.keyLocation,
                    hint: didYouMean(entry.key, among: keys) ?? "its keys are \(keys.joined(separator: ", "))",
                    severity: .warning
                )
            )
        }
        return warnings
    }

    func selector(_ node: ConfigNode) throws(Diagnostic) -> NodeSelector {
        switch node.content {
        case .scalar(.text(let text)):
            do throws(Diagnostic) {
                return .criterion(try SelectorParser.criterion(text))
            } catch {
                throw error.placed(at: node.location)
            }
        case .mapping:
            if let parts = node["union"] { return try group(parts) { .union($0) } }
            if let parts = node["intersection"] { return try group(parts) { .intersection($0, written: nil) } }
            return try claim(node)
        case .null, .scalar, .sequence:
            throw Diagnostic(
                "a definition is a selector, or a mapping with 'method', 'union' or 'intersection'",
                at: node.location
            )
        }
    }

    private func group(
        _ list: ConfigNode,
        _ join: ([NodeSelector]) -> NodeSelector
    ) throws(Diagnostic) -> NodeSelector {
        guard case .sequence(let items) = list.content else {
            throw Diagnostic("a list of definitions is expected here", at: list.location)
        }
        var parts: [NodeSelector] = []
        var minus: NodeSelector?
        for item in items {
            if item["method"] == nil, let exclude = item["exclude"] {
                guard minus == nil else {
                    throw Diagnostic("a second 'exclude' in one list", at: item.location, hint: "put both into one")
                }
                minus = try exclusion(exclude)
            } else {
                parts.append(try selector(item))
            }
        }
        return minus.map { .difference(join(parts), minus: $0) } ?? join(parts)
    }

    private func exclusion(_ list: ConfigNode) throws(Diagnostic) -> NodeSelector {
        guard case .sequence(let items) = list.content else {
            throw Diagnostic("'exclude' is a list of definitions", at: list.location)
        }
        var parts: [NodeSelector] = []
        for item in items { parts.append(try selector(item)) }
        return .union(parts)
    }

    private func claim(_ node: ConfigNode) throws(Diagnostic) -> NodeSelector {
        let entries = node.entries ?? []
        if entries.count == 1, let only = entries.first, only.key != "method" {
            return .criterion(try criterion(method: only.key, at: only.keyLocation, value: only.value, in: node))
        }
        guard let method = node["method"]?.text, let value = node["value"] else {
            throw Diagnostic("a definition has a 'method' and a 'value'", at: node.location)
        }
        if method == "selector" {
            do throws(Diagnostic) {
                return try earlier.selector(named: value.text ?? "")
            } catch {
                throw error.placed(at: value.location)
            }
        }
        let location = node["method"]?.location ?? node.location
        let base = NodeSelector.criterion(try criterion(method: method, at: location, value: value, in: node))
        return try node["exclude"].map { list throws(Diagnostic) in .difference(base, minus: try exclusion(list)) }
            ?? base
    }

    private func criterion(
        method: String,
        at location: SourceLocation,
        value: ConfigNode,
        in node: ConfigNode
    ) throws(Diagnostic) -> SelectionCriterion {
        let words = method.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let text = value.written ?? ""
        let written = "\(method):\(text)"
        do throws(Diagnostic) {
            var criterion = SelectionCriterion(
                written: written,
                method: try SelectorParser.method(words.first ?? "", written: written),
                arguments: Array(words.dropFirst()),
                value: text
            )
            try criterion.checkValue()
            criterion.parents = try reach(node["parents"], depth: node["parents_depth"])
            criterion.children = try reach(node["children"], depth: node["children_depth"])
            criterion.isWithChildrensParents = node["childrens_parents"]?.isTrue ?? false
            criterion.indirect = try indirect(node["indirect_selection"])
            if criterion.isWithChildrensParents, criterion.children != .none {
                throw Diagnostic("'children' and 'childrens_parents' exclude each other")
            }
            return criterion
        } catch {
            throw error.placed(at: location)
        }
    }

    private func reach(_ flag: ConfigNode?, depth: ConfigNode?) throws(Diagnostic) -> SelectionCriterion.Reach {
        guard flag?.isTrue ?? false else { return .none }
        guard let depth, let written = depth.written else { return .all }
        guard let steps = Int(written), steps >= 0 else {
            throw Diagnostic("a depth is a number of steps, and '\(written)' is none", at: depth.location)
        }
        return .steps(steps)
    }

    private func indirect(_ node: ConfigNode?) throws(Diagnostic) -> IndirectSelection? {
        guard let node else { return nil }
        if let mode = node.text.flatMap(IndirectSelection.init(rawValue:)) { return mode }
        let modes = IndirectSelection.allCases.map(\.rawValue)
        throw Diagnostic(
            "'\(node.written ?? "")' is no way to select tests",
            at: node.location,
            hint: didYouMean(node.written ?? "", among: modes) ?? "it is one of \(modes.joined(separator: ", "))"
        )
    }
}

extension Diagnostic {
    /// The same with a place, where it has none yet.
    fileprivate func placed(at place: SourceLocation) -> Diagnostic {
        var placed = self
        placed.location = location ?? place
        return placed
    }
}

extension ConfigNode {
    fileprivate var items: [ConfigNode] {
        if case .sequence(let items) = content { items } else { [] }
    }

    fileprivate var isTrue: Bool {
        if case .scalar(.boolean(true)) = content { true } else { false }
    }

    /// A scalar as text: selectors compare texts.
    fileprivate var written: String? {
        guard case .scalar(let scalar) = content else { return nil }
        switch scalar {
        case .text(let text): return text
        case .integer(let value): return String(value)
        case .number(let value): return String(value)
        case .boolean(let value): return value ? "true" : "false"
        }
    }
}

extension Definition {
    /// Something that a definition calls, as far as its text tells.
    package enum Callee: Hashable, Sendable {
        /// `helper()`.
        case name(String)
        /// `package.helper()`.
        case member(String, String)
        /// `adapter.dispatch('helper', 'package')`.
        case dispatch(String, namespace: String?)
    }

    /// All that it calls, each once, in the order of the text, in branches that may never run as well.
    package var callees: [Callee] {
        var seen: Set<Callee> = []
        let inside = self.extent
        return template.syntax.expressions.indices.compactMap { place in
            guard case .call(let callee, let arguments) = template.syntax.expressions[place],
                inside.contains(Int(template.syntax.extents[place].start)),
                let found = self.callee(callee, arguments), seen.insert(found).inserted
            else { return nil }
            return found
        }
    }

    private func callee(_ id: Syntax.ExpressionID, _ arguments: Int32) -> Callee? {
        let syntax = template.syntax
        switch syntax.expressions[Int(id)] {
        case .global(let name): return .name(syntax.names[Int(name)])
        case .attribute(let operand, let name):
            guard case .global(let owner) = syntax.expressions[Int(operand)] else { return nil }
            let (package, member) = (syntax.names[Int(owner)], syntax.names[Int(name)])
            guard package == "adapter", member == "dispatch" else { return .member(package, member) }
            let given = template.constants(of: arguments)
            let name = given.positional.first ?? given.keyword["macro_name"]
            let namespace = given.positional.dropFirst().first ?? given.keyword["macro_namespace"]
            return name.map { .dispatch($0, namespace: namespace) }
        default: return nil
        }
    }
}

extension Template {
    /// The arguments of a call that are constant texts.
    fileprivate func constants(of id: Int32) -> (positional: [String], keyword: [String: String]) {
        let call = syntax.calls[Int(id)]
        func text(_ id: Syntax.ExpressionID) -> String? { StaticValue.value(of: id, in: syntax)?.asString }
        let positional = call.positional.range.map { text(syntax.children[$0]) }.prefix { $0 != nil }.compactMap { $0 }
        var keyword: [String: String] = [:]
        for place in call.keywords.range {
            let word = syntax.keywords[place]
            keyword[syntax.names[Int(word.name)]] = text(word.value)
        }
        return (positional, keyword)
    }
}

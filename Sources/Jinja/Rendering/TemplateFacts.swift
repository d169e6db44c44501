/// What can be told of a template without rendering it.
extension Template {
    /// A call of a name with arguments that depend on nothing: `ref('orders')`.
    package struct ConstantCall {
        /// The name that is called.
        package let name: String
        /// Its arguments; nil where one depends on something.
        package let arguments: Arguments?
        /// Where it stands.
        package let place: TemplateError.Place
    }

    /// The names that the template reads and does not set itself, each once, in the order they are met.
    package var globalNames: [String] {
        var seen: Set<Syntax.NameID> = []
        return syntax.expressions.compactMap { expression in
            guard case .global(let name) = expression, seen.insert(name).inserted else { return nil }
            return syntax.names[Int(name)]
        }
    }

    /// The text, if the template is nothing else; nil as soon as it has a tag that does something.
    package var constantText: String? {
        var text = ""
        for place in syntax.body.range {
            guard case .text(let extent) = syntax.statements[place] else { return nil }
            text += self.text(extent)
        }
        return text
    }

    /// Every call of one of these names, in the order they are met, in branches that may never run as well.
    package func calls(of names: Set<String>) -> [ConstantCall] {
        syntax.expressions.indices.compactMap { place in
            guard case .call(let callee, let arguments) = syntax.expressions[place],
                case .global(let id) = syntax.expressions[Int(callee)]
            else { return nil }
            let name = syntax.names[Int(id)]
            guard names.contains(name), let stands = self.place(of: Int32(place)) else { return nil }
            return ConstantCall(name: name, arguments: constants(arguments), place: stands)
        }
    }

    /// Whether rendering does nothing but print text and call these names with constants, outside of branches and loops.
    ///
    /// What such a template refers to and is configured by is known from ``calls(of:)``.
    package func onlyCalls(_ names: Set<String>) -> Bool {
        syntax.body.range.allSatisfy { place in
            switch syntax.statements[place] {
            case .text: return true
            case .output(let expression), .evaluate(let expression):
                if case .constant = syntax.expressions[Int(expression)] { return true }
                guard case .call(let callee, let arguments) = syntax.expressions[Int(expression)],
                    case .global(let name) = syntax.expressions[Int(callee)]
                else { return false }
                return names.contains(syntax.names[Int(name)]) && constants(arguments) != nil
            default: return false
            }
        }
    }

    private func constants(_ id: Int32) -> Arguments? {
        let call = syntax.calls[Int(id)]
        guard call.list < 0, call.dict < 0 else { return nil }
        var arguments = Arguments()
        for place in call.positional.range {
            guard let value = StaticValue.value(of: syntax.children[place], in: syntax) else { return nil }
            arguments.positional.append(value)
        }
        for place in call.keywords.range {
            let keyword = syntax.keywords[place]
            guard let value = StaticValue.value(of: keyword.value, in: syntax) else { return nil }
            arguments.keyword.append((syntax.names[Int(keyword.name)], value))
        }
        return arguments
    }
}

import Jinja

/// Templates with what they should become, as a JSON file lists them.
struct TemplateCases {
    /// What came of rendering all of them.
    struct Report {
        var passed = 0
        /// Each with its template, what was expected and what came instead.
        var mismatches: [String] = []
    }

    private let cases: [DictObject]
    private let context: DictObject
    private let options: Jinja.Environment.Options

    /// Nil where the document has no list of cases.
    init?(_ document: Value, _ options: Jinja.Environment.Options) {
        guard case .dict(let document) = document, case .list(let list)? = document["triples"] else { return nil }
        cases = list.values.compactMap { if case .dict(let entry) = $0 { entry } else { nil } }
        if case .dict(let shared)? = document["context"] { context = shared } else { context = DictObject() }
        self.options = options
    }

    func run() throws -> Report {
        var report = Report()
        for entry in cases {
            guard let template = entry["template"]?.asString else { continue }
            let expected = try expectation(of: entry)
            let outcome = try outcome(template, entry)
            if outcome.matches(expected) {
                report.passed += 1
            } else {
                report.mismatches.append(
                    """
                    template: \(try Value.string(template).repr)
                      expected: \(try expected.text)
                      rendered: \(try outcome.text)
                    """
                )
            }
        }
        return report
    }

    /// Text, or an error by the name of its class.
    private enum Outcome {
        case text(String)
        case error(String, message: String?)

        /// Errors match by their class; messages only inform.
        func matches(_ other: Outcome) -> Bool {
            switch (self, other) {
            case (.text(let one), .text(let other)): one.utf8.elementsEqual(other.utf8)
            case (.error(let one, _), .error(let other, _)): one == other
            default: false
            }
        }

        var text: String {
            get throws {
                switch self {
                case .text(let text): try Value.string(text).repr
                case .error(let kind, let message): kind + (message.map { ": " + $0 } ?? "")
                }
            }
        }
    }

    private func expectation(of entry: DictObject) throws -> Outcome {
        if let error = entry["error"] { return .error(try error.text, message: try entry["message"]?.text) }
        return .text(try (entry["output"] ?? "").text)
    }

    private func outcome(_ template: String, _ entry: DictObject) throws -> Outcome {
        let environment = try environment(for: entry)
        // Templates change what they are given: each case has its own.
        let context = entry["context"] ?? .dict(context)
        guard case .dict(let names) = context.copied else { return .error("TypeError", message: "context") }
        do throws(TemplateError) {
            return .text(try Template(template, in: environment).render(in: names))
        } catch {
            return .error(error.kind.rawValue, message: error.message)
        }
    }

    /// A case may have options of Jinja's environment and templates to include of its own.
    private func environment(for entry: DictObject) throws -> Jinja.Environment {
        var options = options
        if case .dict(let chosen)? = entry["options"] {
            for (name, value) in chosen.items {
                switch try name.text {
                case "trim_blocks": options.trimsBlocks = try value.isTrue
                case "lstrip_blocks": options.stripsLeft = try value.isTrue
                case "keep_trailing_newline": options.keepsTrailingNewline = try value.isTrue
                case "autoescape": options.autoescapes = try value.isTrue
                case "undefined": options.undefined = Undefined.Behaviour(rawValue: try value.text) ?? .default
                default: break
                }
            }
        }
        guard case .dict(let templates)? = entry["templates"] else { return Jinja.Environment(options) }
        var texts: [String: String] = [:]
        for (name, text) in templates.items { texts[try name.text] = try text.text }
        let (chosen, sources) = (options, texts)
        return Jinja.Environment(chosen) { name in
            try sources[name].map { try Template($0, name: name, in: Jinja.Environment(chosen)) }
        }
    }
}

import Testing

@testable import PintailProject

@Suite struct SelectorMessageTests {
    private static let mistakes: [(selector: String, message: String, hint: String)] = [
        ("tga:x", "the selector 'tga:x' asks for 'tga', which is no method", "did you mean 'tag'?"),
        (
            "@a+", "the selector '@a+' begins with '@' and ends with '+', which exclude each other",
            "leave one of them out"
        ),
        (
            "state:modfied", "the selector 'state:modfied' asks for the state 'modfied', which does not exist",
            "did you mean 'modified'?"
        ),
        ("source:a.b.c.d", "the selector 'source:a.b.c.d' has too many points", "package.source.table"),
    ]

    @Test(arguments: mistakes.indices)
    func `a mistyped selector is quoted with its mistake and a way out`(index: Int) {
        let mistake = Self.mistakes[index]
        let error = #expect(throws: Diagnostic.self) { try SelectorParser.parse(select: [mistake.selector]) }
        #expect(error?.message == mistake.message)
        #expect(error?.hint?.contains(mistake.hint) == true)
    }

    @Test func `a name that selects nothing is warned of with its nearest neighbour`() throws {
        let node = SelectableNode(id: "model.a.customers", kind: .model, name: "customers", package: "a")
        let graph = SelectableGraph(project: "a", nodes: [node])
        let found = try NodeSelection(in: graph).nodes(SelectorParser.parse(select: ["custmers"]))
        #expect(found.nodes.isEmpty)
        #expect(found.warnings.map(\.message) == ["the selector 'custmers' selects nothing"])
        #expect(found.warnings.map(\.hint) == ["did you mean 'customers'?"])
    }

    @Test func `a mistake in selectors.yml is shown in its place`() {
        let yaml = "selectors:\n  - name: a\n    definition: {method: tga, value: x}\n"
        let error = #expect(throws: Diagnostics.self) {
            try NamedSelectors(yaml: Array(yaml.utf8), path: "selectors.yml")
        }
        #expect(error?.all.first?.location?.line == 3)
        #expect(error?.all.first?.hint?.hasPrefix("did you mean 'tag'?") == true)
    }

    @Test func `a key of selectors.yml that means nothing is warned of and passed over`() throws {
        let yaml = "selectors:\n  - name: a\n    definition: {method: tag, value: x, parnets: true}\n"
        let selectors = try NamedSelectors(yaml: Array(yaml.utf8), path: "selectors.yml")
        #expect(selectors.entries.map(\.name) == ["a"])
        #expect(selectors.warnings.map(\.hint) == ["did you mean 'parents'?"])
    }
}

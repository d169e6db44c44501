import Testing

@testable import PintailProject

@Suite struct StateTests {
    private static let folder = Golden.repository + "/Tests/Golden/Dbt/Selection/bakery/"

    @Test func `what has changed since an earlier manifest is what dbt says has changed`() throws {
        let now = try JSONReader.read(SelectionAnswers.bytes(Self.folder + "manifest.json"))
        let changes = try JSONReader.read(SelectionAnswers.bytes(Self.folder + "changes.json")).items
        #expect(!changes.isEmpty)
        for change in changes {
            var before = now
            for edit in change["edits"]?.items ?? [] {
                before.set(edit.items[0].texts[...], to: edit.items[1])
            }
            var earlier = EarlierState()
            earlier.graph = SelectableGraph(manifest: before)
            let selection = NodeSelection(in: SelectableGraph(manifest: now), indirect: .empty, earlier: earlier)
            for answer in change["answers"]?.members ?? [] {
                let selector = try SelectorParser.parse(select: ["state:" + answer.key])
                let found = try selection.nodes(selector, kinds: NodeListing.standardKinds).nodes
                #expect(
                    selection.graph.ids(of: found) == answer.value.texts,
                    "\(change["name"]?.text ?? "") \(answer.key)"
                )
            }
        }
    }

    @Test func `macros that another program has in other words have not changed, and those of the project have`() throws
    {
        func macros(_ builtIn: String, own: String) -> [String: SelectableMacro] {
            var macros = ["macro.shop.cents": SelectableMacro(text: own, macros: [])]
            for name in ["dbt.test_unique", "dbt.ref", "dbt_duckdb.now"] {
                macros["macro." + name] = SelectableMacro(text: builtIn + name, macros: [])
            }
            return macros
        }
        func modified(since before: [String: SelectableMacro]) throws -> [String] {
            func graph(_ macros: [String: SelectableMacro]) -> SelectableGraph {
                let nodes = ["dbt.test_unique", "shop.cents"].map { name in
                    var node = SelectableNode(id: "test.shop.\(name)", kind: .test, name: name, package: "shop")
                    node.macros = ["macro." + name]
                    return node
                }
                return SelectableGraph(project: "shop", nodes: nodes, macros: macros)
            }
            var earlier = EarlierState()
            earlier.graph = graph(before)
            let now = graph(macros("ours", own: "new"))
            let found = try NodeSelection(in: now, earlier: earlier)
                .nodes(SelectorParser.parse(select: ["state:modified"])).nodes
            return now.ids(of: found)
        }
        #expect(try modified(since: macros("theirs", own: "new")).isEmpty)
        #expect(try modified(since: macros("theirs", own: "old")) == ["test.shop.shop.cents"])
        var upgraded = macros("ours", own: "new")
        upgraded["macro.dbt.test_unique"]?.text = "as it was"
        #expect(try modified(since: upgraded) == ["test.shop.dbt.test_unique"])
    }

    @Test func `results and load times of earlier runs select nodes`() throws {
        let results = #"{"results": [{"unique_id": "model.a.x", "status": "error"}]}"#
        let before = #"{"results": [{"unique_id": "source.a.s.t", "max_loaded_at": "2026-01-01T00:00:00Z"}]}"#
        let now = #"{"results": [{"unique_id": "source.a.s.t", "max_loaded_at": "2026-01-01T00:00:00.5Z"}]}"#
        var earlier = EarlierState()
        earlier.results = try EarlierState.results(of: Array(results.utf8), path: "run_results.json")
        earlier.loadedBefore = try EarlierState.loadTimes(of: Array(before.utf8), path: "sources.json")
        earlier.loadedNow = try EarlierState.loadTimes(of: Array(now.utf8), path: "sources.json")
        let graph = SelectableGraph(
            project: "a",
            nodes: [
                SelectableNode(id: "model.a.x", kind: .model, name: "x", package: "a"),
                SelectableNode(id: "source.a.s.t", kind: .source, name: "t", package: "a"),
            ]
        )
        let selection = NodeSelection(in: graph, earlier: earlier)
        let failed = try selection.nodes(SelectorParser.parse(select: ["result:error"])).nodes
        let fresher = try selection.nodes(SelectorParser.parse(select: ["source_status:fresher"])).nodes
        #expect(graph.ids(of: failed) == ["model.a.x"])
        #expect(graph.ids(of: fresher) == ["source.a.s.t"])
    }
}

extension JSONTree {
    /// Sets what a path of keys names, making objects on the way.
    fileprivate mutating func set(_ path: ArraySlice<String>, to value: JSONTree) {
        guard let key = path.first else { return self = value }
        var members = self.members
        let index = members.firstIndex { $0.key == key }
        if path.count == 1, value == .text("__delete__") {
            members.removeAll { $0.key == key }
        } else {
            var child = index.map { members[$0].value } ?? .object([])
            child.set(path.dropFirst(), to: value)
            if let index { members[index].value = child } else { members.append(.init(key: key, value: child)) }
        }
        self = .object(members)
    }
}

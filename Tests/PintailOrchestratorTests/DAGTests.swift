import PintailOrchestrator
import Testing

@Suite struct DAGTests {
    private func dag(_ nodes: KeyValuePairs<String, [String]>) throws -> DAG<String> {
        try DAG(nodes.map { ($0.key, $0.value) })
    }

    @Test(
        arguments: [
            (["a": [], "b": [], "c": []], ["a", "b", "c"]),
            (["c": [], "b": [], "a": []], ["c", "b", "a"]),
            (["load": ["clean"], "clean": ["raw"], "raw": []], ["raw", "clean", "load"]),
            (["a": ["d"], "b": [], "c": ["b"], "d": []], ["b", "c", "d", "a"]),
            (["a": [], "b": ["a", "a"], "c": ["b", "a"]], ["a", "b", "c"]),
            ([:], []),
        ] as [(KeyValuePairs<String, [String]>, [String])]
    )
    func `nodes come after what they depend on, else as declared`(
        nodes: KeyValuePairs<String, [String]>,
        order: [String]
    ) throws {
        #expect(try dag(nodes).topologicalOrder == order)
    }

    @Test(
        arguments: [
            (["a": ["a"]], .cycle(["a", "a"])),
            (["a": ["b"], "b": ["a"]], .cycle(["a", "b", "a"])),
            (["free": [], "after": ["x"], "x": ["free", "y"], "y": ["z"], "z": ["x"]], .cycle(["x", "y", "z", "x"])),
            (["a": ["nowhere"]], .unknownDependency("nowhere", of: "a")),
            (["a": [], "a": []], .declaredTwice("a")),
        ] as [(KeyValuePairs<String, [String]>, DAGError<String>)]
    )
    func `what makes no order is named`(nodes: KeyValuePairs<String, [String]>, error: DAGError<String>) {
        #expect(throws: error) { try dag(nodes) }
    }

    @Test func `a node is ready when all it depends on is done`() throws {
        let dag = try dag(["a": [], "b": ["a"], "c": ["a", "b"], "d": []])
        #expect(dag.ready(done: []) == ["a", "d"])
        #expect(dag.ready(done: ["a"]) == ["b", "d"])
        #expect(dag.ready(done: ["a", "d"]) == ["b"])
        #expect(dag.ready(done: ["a", "b", "c", "d"]) == [])
    }

    @Test func `ancestors and descendants reach through others`() throws {
        let dag = try dag(["d": ["b", "c"], "a": [], "b": ["a"], "c": ["a"], "e": []])
        #expect(dag.descendants(of: "a") == ["b", "c", "d"])
        #expect(dag.ancestors(of: "d") == ["a", "b", "c"])
        #expect(dag.descendants(of: "e") == [])
        #expect(dag.dependencies(of: "d") == ["b", "c"])
        #expect(dag.dependents(of: "a") == ["b", "c"])
    }

    @Test func `a chain of fifty thousand nodes is sorted without deep recursion`() throws {
        let dag = try DAG((0..<50_000).reversed().map { ($0, $0 == 0 ? [] : [$0 - 1]) })
        #expect(dag.topologicalOrder == Array(0..<50_000))
    }
}

import Jinja
import Testing

@testable import PintailEngine

/// What nodes that render at the same time leave in `graph` for each other.
@Suite struct GraphNotesTests {
    private func noting(_ notes: GraphNotes, _ change: (DictObject) -> Void) -> () -> Void {
        let graph = DictObject()
        let before = notes.enter(graph)
        change(graph)
        return { notes.leave(graph, givenBefore: before) }
    }

    private func text(_ notes: GraphNotes) throws -> String {
        let graph = DictObject()
        _ = notes.enter(graph)
        return try Value.dict(graph).text
    }

    private func entry(_ key: String, _ value: Value) -> (DictObject) -> Void {
        { graph in
            if case .dict(let box)? = graph["box"] { box[key] = value } else { graph["box"] = .dict(of: [key: value]) }
        }
    }

    @Test func `two nodes that add at the same time are both heard`() throws {
        let notes = GraphNotes()
        noting(notes, entry("a", 1))()
        let (one, other) = (noting(notes, entry("b", 2)), noting(notes, entry("c", [1])))
        one()
        other()
        #expect(try text(notes) == "{'box': {'a': 1, 'b': 2, 'c': [1]}}")
    }

    @Test func `what is appended to one list is appended to what others appended`() throws {
        let notes = GraphNotes()
        noting(notes, entry("list", ["x"]))()
        let append: (Value) -> (DictObject) -> Void = { value in
            { graph in
                if case .dict(let box)? = graph["box"], case .list(let list)? = box["list"] {
                    list.values.append(value)
                }
            }
        }
        let (one, other) = (noting(notes, append("y")), noting(notes, append("z")))
        one()
        other()
        #expect(try text(notes) == "{'box': {'list': ['x', 'y', 'z']}}")
    }

    @Test func `relations stay relations`() throws {
        let notes = GraphNotes()
        let relation = Relation(database: "d", schema: "s", identifier: "i")
        noting(notes, entry("t", .object(RelationObject(relation))))()
        let graph = DictObject()
        _ = notes.enter(graph)
        guard case .dict(let box)? = graph["box"], case .object(let object)? = box["t"] else {
            Issue.record("nothing was kept")
            return
        }
        #expect((object as? RelationObject)?.relation == relation)
    }
}

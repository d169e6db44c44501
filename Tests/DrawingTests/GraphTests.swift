import Testing

@testable import Drawing

@Suite struct GraphTests {
    @Test func `every edge points to the right, and no two boxes lie on each other`() {
        var generator = Generator(state: 7)
        for count in [1, 2, 5, 30, 120] {
            let edges = (0..<count * 2).map { _ in (from: generator.next(count), to: generator.next(count)) }
                .filter { $0.from < $0.to }
            let layout = GraphLayout(count: count, edges: edges)
            for edge in edges { #expect(layout.places[edge.from].layer < layout.places[edge.to].layer) }
            for layer in 0..<layout.columnCount {
                let heights = layout.places.filter { $0.layer == layer && $0.node != nil }.map(\.y).sorted()
                for (upper, lower) in zip(heights, heights.dropFirst()) { #expect(lower - upper > 0.999) }
            }
        }
    }

    @Test func `a chain lies in one line, and a parent in the middle of its children`() {
        let chain = GraphLayout(count: 4, edges: [(0, 1), (1, 2), (2, 3)])
        #expect(Set(chain.places.map(\.y)) == [0])
        let tree = GraphLayout(count: 4, edges: [(0, 1), (0, 2), (0, 3)])
        #expect(abs(tree.places[0].y - tree.places[1...].map(\.y).reduce(0, +) / 3) < 0.01)
    }

    @Test func `two edges that need not cross do not`() {
        let layout = GraphLayout(count: 4, edges: [(0, 3), (1, 2)])
        let above = layout.places[0].y < layout.places[1].y
        #expect((layout.places[3].y < layout.places[2].y) == above)
    }

    @Test func `circles and edges to oneself are drawn and end`() {
        let layout = GraphLayout(count: 3, edges: [(0, 1), (1, 0), (2, 2)])
        #expect(layout.routes.count == 2)
    }

    @Test func `an edge over several columns passes between the boxes`() {
        let layout = GraphLayout(count: 4, edges: [(0, 1), (1, 2), (2, 3), (0, 3)])
        let long = layout.routes.max { $0.count < $1.count } ?? []
        #expect(long.count == 4)
        for place in long.dropFirst().dropLast() {
            let other = layout.places.first { $0.node != nil && $0.layer == layout.places[place].layer }
            #expect(abs((other?.y ?? 0) - layout.places[place].y) > 0.4)
        }
    }

    @Test func `boxes are links whose names are escaped, and the focus is told to readers`() {
        let boxes = [
            GraphDrawing.Box("a<b", kind: "model", link: "/x?a=1&b", isFocus: true), .init("c", kind: "source"),
        ]
        let text = GraphDrawing("Lineage", boxes: boxes, edges: [(1, 0)]).svg.text
        #expect(text.contains("<a href=\"/x?a=1&amp;b\" aria-current=\"page\">"))
        #expect(text.contains(">a&lt;b</text>"))
        #expect(GraphDrawing("Empty", boxes: [], edges: []).svg.text.contains("</svg>"))
    }

    private struct Generator {
        var state: UInt64
        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }
}

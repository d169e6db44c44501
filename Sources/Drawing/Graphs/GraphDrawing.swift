/// A graph of boxes with links, as SVG.
package struct GraphDrawing: Sendable {
    /// A box.
    package struct Box: Hashable, Sendable {
        /// What stands in it.
        package var label: String
        /// A class of the page's style, as `model`.
        package var kind: String
        /// Where it leads to.
        package var link: String?
        /// Whether it is what the graph is about.
        package var isFocus: Bool

        /// Describes a box.
        package init(_ label: String, kind: String, link: String? = nil, isFocus: Bool = false) {
            self.label = label
            self.kind = kind
            self.link = link
            self.isFocus = isFocus
        }
    }

    private let boxes: [Box]
    private let layout: GraphLayout
    private let title: String
    private let widths: [Double]

    private static let row = 40.0
    private static let boxHeight = 28.0
    private static let textSize = 13.0
    private static let between = 46.0
    private static let margin = 6.0

    /// Lays a graph out; edges go from what is read to what reads it, by the boxes' places in the list.
    package init(_ title: String, boxes: [Box], edges: [(from: Int, to: Int)]) {
        self.title = title
        self.boxes = boxes
        let layout = GraphLayout(count: boxes.count, edges: edges)
        self.layout = layout
        var widths = Array(repeating: 40.0, count: layout.columnCount)
        for place in layout.places {
            guard let node = place.node else { continue }
            let text = TextWidth.of(boxes[node].label, size: Self.textSize) * Self.weight(boxes[node])
            widths[place.layer] = max(widths[place.layer], min(280, text + 26))
        }
        self.widths = widths
    }

    /// The graph as an element of a page.
    package var svg: Markup {
        let width = (widths.reduce(0, +)) + Double(max(0, widths.count - 1)) * Self.between + 2 * Self.margin
        let height = layout.height * Self.row + Self.boxHeight + 2 * Self.margin
        let edges = layout.routes.map { edge($0) }
        let nodes = layout.places.enumerated().compactMap { index, place in place.node.map { box($0, at: index) } }
        return """
            <svg class="graph" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" role="group" \
            aria-label="\(title)"><g class="edges" aria-hidden="true">\(edges)</g>\(nodes)</svg>
            """
    }

    /// The letters of what the graph is about are bold, and wider.
    private static func weight(_ box: Box) -> Double { box.isFocus ? 1.1 : 1 }

    private func left(_ place: Int) -> Double {
        let layer = layout.places[place].layer
        return Self.margin + widths[..<layer].reduce(0, +) + Double(layer) * Self.between
    }

    private func middle(_ place: Int) -> Double {
        Self.margin + layout.places[place].y * Self.row + Self.boxHeight / 2
    }

    private func box(_ node: Int, at place: Int) -> Markup {
        let box = boxes[node]
        let width = widths[layout.places[place].layer]
        let (x, y) = (left(place), middle(place))
        let label = TextWidth.fitted(box.label, to: (width - 20) / Self.weight(box), size: Self.textSize)
        let focus: Markup = box.isFocus ? " focus" : ""
        let shape: Markup = """
            <g class="box \(box.kind)\(focus)"><title>\(box.label) (\(box.kind))</title>\
            <rect x="\(x)" y="\(y - Self.boxHeight / 2)" width="\(width)" height="\(Self.boxHeight)" rx="6"/>\
            <text x="\(x + 12)" y="\(y + 4.5)">\(label)</text></g>
            """
        guard let link = box.link else { return shape }
        let current: Markup = box.isFocus ? " aria-current=\"page\"" : ""
        return "<a href=\"\(link)\"\(current)>\(shape)</a>"
    }

    private func edge(_ route: [Int]) -> Markup {
        var path: Markup = ""
        for (from, to) in zip(route, route.dropFirst()) {
            let start = left(from) + (layout.places[from].node == nil ? 0 : widths[layout.places[from].layer])
            let (y1, y2) = (middle(from), middle(to))
            if path.text.isEmpty { path += "M\(start) \(y1)" }
            // A place that is only passed is crossed in a straight line.
            if layout.places[from].node == nil {
                path += "H\(left(from) + widths[layout.places[from].layer])"
                let begin = left(from) + widths[layout.places[from].layer]
                path += curve(begin, y1, left(to), y2)
            } else {
                path += curve(start, y1, left(to), y2)
            }
        }
        return "<path d=\"\(path)\"/>"
    }

    private func curve(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> Markup {
        let half = (x1 + x2) / 2
        return "C\(half) \(y1) \(half) \(y2) \(x2) \(y2)"
    }
}

/// A chart as SVG: axes, marks, legend, and words for those who do not see it.
package struct ChartDrawing: Sendable {
    /// How points become marks.
    package enum Marks: String, Sendable {
        case line, bar, scatter
    }

    let title: String
    let table: ChartTable
    let marks: Marks
    let isLog: Bool
    let unit: String?

    /// Describes a drawing; `unit` is what values are counted in.
    package init(_ title: String, table: ChartTable, marks: Marks, isLog: Bool = false, unit: String? = nil) {
        self.title = title
        self.table = table
        self.marks = marks
        self.isLog = isLog
        self.unit = unit
    }

    static let width = 760.0
    static let textSize = 13.0

    /// The drawing as an element of a page.
    ///
    /// - Parameters:
    ///   - id: Tells the chart's elements from those of other charts on the page.
    ///   - isAlone: Whether it is a file of its own, which shows its title and brings its style.
    package func svg(id: String, isAlone: Bool = false) -> Markup {
        let plot = isLying ? lyingPlot : standingPlot
        var content: Markup = ""
        var top = 0.0
        if isAlone {
            content += "<style>\(Markup(verbatim: ChartStyle.css))</style>"
            content += "<rect width=\"100%\" height=\"100%\" style=\"fill:var(--ground)\"/>"
            content +=
                "<text class=\"strong\" x=\"4\" y=\"22\" style=\"font-size:17px;font-weight:600\">\(title)</text>"
            top = 36
        }
        let legend = legend
        let head = top + legend.height
        let height = head + plot.height
        content += "<g transform=\"translate(0 \(top))\">\(legend.markup)</g>"
        content += "<g transform=\"translate(0 \(head))\">\(plot.markup)</g>"
        let space: Markup = isAlone ? " xmlns=\"http://www.w3.org/2000/svg\"" : ""
        return """
            <svg\(space) class="chart" viewBox="0 0 \(Self.width) \(height)" role="img" \
            aria-labelledby="\(id)-t \(id)-d"><title id="\(id)-t">\(title)</title>\
            <desc id="\(id)-d">\(description)</desc>\(content)</svg>
            """
    }

    /// The style that drawings on a page share.
    package static var style: Markup { Markup(verbatim: ChartStyle.css) }

    /// A part of a drawing with its height.
    struct Part {
        var height: Double
        var markup: Markup
    }

    // MARK: Words

    /// What the chart shows, in a sentence or two.
    private var description: String {
        guard !table.isEmpty else { return "An empty chart: there are no values to show." }
        let kind = ["line": "Line chart", "bar": "Bar chart", "scatter": "Scatter plot"][marks.rawValue] ?? "Chart"
        let what = table.yName.isEmpty ? "values" : table.yName
        let names = table.series.map(\.name).joined(separator: ", ")
        let series = table.series.count > 1 ? ", \(table.series.count) series: \(names)" : ""
        let values = table.values
        let range = "from \(label(values.min() ?? 0)) to \(label(values.max() ?? 0))"
        return "\(kind) of \(what) by \(table.xName)\(series). Values go \(range)."
    }

    func label(_ value: Double) -> String {
        NumberLabel.plain(value) + (unit.map { "\u{202F}" + $0 } ?? "")
    }

    /// A place from left to right, in words.
    func placeLabel(_ x: Double) -> String {
        switch table.across {
        case .numbers: NumberLabel.plain(x)
        case .times(let isDay): TimeAxis.label(x, isDay: isDay)
        case .names(let names): Int(x) < names.count ? names[Int(x)] : ""
        }
    }

    /// A point's place from left to right, in words.
    package func place(of point: ChartTable.Point) -> String { placeLabel(point.x) }

    /// What is shown of a point when a pointer rests on it.
    func hint(_ point: ChartTable.Point, _ value: Double, _ series: ChartTable.Series) -> Markup {
        let name = table.series.count > 1 ? series.name + ", " : ""
        return "<title>\(name + placeLabel(point.x)): \(label(value))</title>"
    }

    // MARK: Legend

    private var legend: Part {
        guard table.series.count > 1 else { return Part(height: 0, markup: "") }
        var (x, y) = (4.0, 0.0)
        var entries: [Markup] = []
        for (index, series) in table.series.enumerated() {
            let name = TextWidth.fitted(series.name, to: Self.width - 60, size: Self.textSize)
            let width = TextWidth.of(name, size: Self.textSize) + 38
            if x + width > Self.width, x > 4 { (x, y) = (4, y + 22) }
            let place = "\(index % ChartStyle.seriesCount)"
            let key: Markup =
                marks == .line
                ? "<line class=\"line\" x1=\"\(x)\" x2=\"\(x + 16)\" y1=\"\(y + 10)\" y2=\"\(y + 10)\"/>"
                : "<rect class=\"bar\" x=\"\(x + 2)\" y=\"\(y + 4)\" width=\"12\" height=\"12\" rx=\"2\"/>"
            entries.append(
                "<g class=\"s\(place)\">\(key)<text class=\"strong\" x=\"\(x + 22)\" y=\"\(y + 14)\">\(name)</text></g>"
            )
            x += width
        }
        return Part(height: y + 30, markup: "\(entries)")
    }
}

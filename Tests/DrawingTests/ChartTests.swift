import Testing

@testable import Drawing

@Suite struct ChartTests {
    private func table(
        _ across: ChartTable.Across,
        _ series: [(String, [(Double, Double?)])]
    ) -> ChartTable {
        ChartTable(
            across: across,
            series: series.map { .init(name: $0, points: $1.map { .init(x: $0, y: $1) }) },
            xName: "x",
            yName: "y"
        )
    }

    private func svg(_ marks: ChartDrawing.Marks, _ table: ChartTable, isLog: Bool = false) -> String {
        ChartDrawing("A <chart>", table: table, marks: marks, isLog: isLog, unit: "kWh").svg(id: "c1").text
    }

    @Test func `a line breaks where a value is missing, and a lonely value is a dot`() {
        let points: [(Double, Double?)] = [(0, 1), (1, 2), (2, nil), (3, 4), (4, nil), (5, 1), (6, 2)]
        let text = svg(.line, table(.numbers, [("a", points)]))
        #expect(text.components("<path class=\"line\"") == 1)
        let path = text.between("<path class=\"line\" d=\"", "\"")
        #expect(path.filter { $0 == "M" }.count == 3)
        #expect(text.components("class=\"dot\"") == 1)
    }

    @Test func `bars begin at zero, whatever their values`() {
        let text = svg(.bar, table(.names(["a", "b"]), [("n", [(0, 90), (1, 100)])]))
        let heights = text.split(separator: "<rect").dropFirst().compactMap {
            Double(String($0).between("height=\"", "\""))
        }
        #expect(heights.count == 2)
        #expect(abs(heights[0] / heights[1] - 0.9) < 0.001)
    }

    @Test func `long names make bars lie, and nothing is cut without its whole name to be had`() {
        let long = "a very long name that goes on and on, much further than any chart has room at its left side"
        let text = svg(.bar, table(.names([long, "b"]), [("n", [(0, 90), (1, 100)])]))
        #expect(text.contains("…") && text.contains("left side</text>"))
        #expect(text.contains("<title>\(long)</title>"))
    }

    @Test(arguments: ["line", "bar", "scatter"])
    func `no values, one value, huge ones and tiny ones are drawn without a flaw`(kind: String) throws {
        let marks = try #require(ChartDrawing.Marks(rawValue: kind))
        let cases: [[(Double, Double?)]] = [
            [], [(0, nil)], [(0, 5)], [(0, 0)], [(0, -1e300), (1, 1e300)], [(0, 1e-300), (1, 2e-300)],
            [(0, 1e17), (1, 1e17 + 16)], [(-1e300, 1), (1e300, 2)], [(0, .leastNonzeroMagnitude)],
        ]
        for points in cases {
            for across in [ChartTable.Across.numbers, .times(isDay: true)] {
                let text = svg(marks, table(across, [("a", points)]))
                #expect(!text.lowercased().contains("nan") && !text.contains("inf"), "\(points)")
                if points.allSatisfy({ $0.1 == nil }) { #expect(text.contains("No values to show")) }
            }
        }
    }

    @Test func `whatever texts hold, the picture stays well formed and says what it shows`() {
        let hostile = "</svg><script>alert('&\"')</script>"
        let chart = ChartDrawing(
            hostile,
            table: table(.names([hostile, "日本語", "👩‍👩‍👧"]), [(hostile, [(0, 1), (1, 2)]), ("b", [(2, 1)])]),
            marks: .bar,
            unit: hostile
        )
        let text = chart.svg(id: "c1", isAlone: true).text
        #expect(!text.contains("<script"))
        #expect(text.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
        #expect(text.contains("role=\"img\" aria-labelledby=\"c1-t c1-d\""))
        #expect(text.contains("日本語"))
        #expect(text.between("<desc id=\"c1-d\">", "<").hasPrefix("Bar chart of y by x, 2 series"))
    }

    @Test func `a legend stands above several series, and breaks into lines`() {
        let series = (0..<12).map { ("a series of some length \($0)", [(0.0, Optional(Double($0)))]) }
        let text = svg(.line, table(.numbers, series))
        for (name, _) in series { #expect(text.contains(">\(name)</text>")) }
        #expect(!svg(.line, table(.numbers, [series[0]])).contains(">\(series[0].0)</text>"))
    }

    @Test func `on a log scale equal factors are equal heights`() {
        let text = svg(.scatter, table(.numbers, [("a", [(0, 1), (1, 100), (2, 10_000)])]), isLog: true)
        let heights = text.split(separator: "<circle").dropFirst().compactMap {
            Double(String($0).between("cy=\"", "\""))
        }
        #expect(heights.count == 3)
        #expect(abs((heights[0] - heights[1]) - (heights[1] - heights[2])) < 0.05)
    }
}

extension String {
    /// What stands between two texts, from the first of them on; empty when one is missing.
    func between(_ start: String, _ end: String) -> String {
        guard let from = firstRange(of: start)?.upperBound, let to = self[from...].firstRange(of: end)?.lowerBound
        else {
            return ""
        }
        return String(self[from..<to])
    }

    func components(_ text: String) -> Int { ranges(of: text).count }
}

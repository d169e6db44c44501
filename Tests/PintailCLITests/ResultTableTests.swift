import Testing

@testable import PintailCLI

@Suite struct `Tables on a terminal` {
    private func widths(_ limit: Int) -> [String] {
        let columns = [
            ResultTable.Column(name: "run", alignsRight: false, isWhole: true),
            ResultTable.Column(name: "pipeline", alignsRight: false),
            ResultTable.Column(name: "command", alignsRight: false),
        ]
        let row = ["20261122-010930-9d39", "newsroom_nightly", "run newsroom_nightly --full-refresh"]
        let palette = Palette(isColored: false)
        let table = ResultTable(columns, rows: [row], limit: limit, glyphs: .unicode, palette: palette)
        return table.line(row).split(separator: "│").map { $0.trimmingPrefix(" ") }.map(String.init)
    }

    @Test(arguments: [50, 60, 80]) func `a name that is typed again is never cut, others make room for it`(limit: Int) {
        #expect(widths(limit).first == "20261122-010930-9d39 ")
        #expect(widths(limit)[2].contains("…"))
    }
}

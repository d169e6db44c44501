import Foundation
import PintailOrchestrator
import Testing

@testable import PintailCLI

/// Events in, text out: a case is a file `runs/NAME.jsonl` with a line of JSON for each event.
@Suite struct `How a run is shown` {
    private static let cases = Golden.names(in: "runs", ending: ".jsonl")

    private static func events(_ name: String) throws -> [RunEvent] {
        try Golden.text("runs/\(name).jsonl").split(separator: "\n").map { line in
            try JSONDecoder().decode(RunEvent.self, from: Data(line.utf8))
        }
    }

    @Test(arguments: cases)
    func `a log has a line for what begins and what ends`(name: String) throws {
        var report = RunReport(glyphs: .unicode, tellsProgress: true, explains: true)
        let lines = try Self.events(name).flatMap { report.lines(for: $0) }
        let text = lines.map { $0.text(Palette(isColored: false)) + "\n" }.joined()
        try Golden.expect(text, equals: "runs/\(name).log.txt")
    }

    /// What is on the screen 0.25 s after each event, 72 columns wide and 6 rows high.
    @Test(arguments: cases)
    func `a terminal shows what runs`(name: String) throws {
        var report = RunReport(glyphs: .unicode, tellsProgress: false)
        var display = RunDisplay(glyphs: .unicode)
        var text = ""
        let plain = Palette(isColored: false)
        for event in try Self.events(name) {
            display.receive(event)
            text += "--- \(event.name) \(event.node?.name ?? "")\n"
            text += report.lines(for: event).map { $0.text(plain) + "\n" }.joined()
            let later = Timestamp(millisecondsSince1970: event.at.millisecondsSince1970 + 250)
            text += display.lines(at: later, limit: 4).map { "> " + $0.text(plain, width: 70) + "\n" }.joined()
        }
        try Golden.expect(text, equals: "runs/\(name).screen.txt")
    }

    @Test func `a frame is drawn over the last one, however the terminal has wrapped that`() {
        var frame = Frame(palette: Palette(isColored: false), columns: 10)
        frame.moveUp(over: [5, 20, 21])
        frame.add(StyledLine("stays for good, whole"), mayWrap: true)
        frame.add(StyledLine("moves and is cut"), mayWrap: false)
        let expected = "\r\u{1B}[6Astays for good, whole\u{1B}[K\nmoves an…\u{1B}[K\n\u{1B}[J"
        #expect(frame.finished() == expected)
    }

    @Test func `colours end with the text that they belong to`() {
        let line = StyledLine("ab", .red).adding("cd", .plain).adding("ef", .dim)
        #expect(line.text(Palette(isColored: true)) == "\u{1B}[31mab\u{1B}[0mcd\u{1B}[2mef\u{1B}[0m")
        #expect(line.text(Palette(isColored: true), width: 3) == "\u{1B}[31mab\u{1B}[0m…")
    }

    @Test(arguments: [
        ("plain", 5, 5), ("数据", 4, 4), ("e\u{301}t\u{e9}", 3, 3), ("👩‍👩‍👧", 2, 2), ("✓ ok", 4, 4), ("ﾊﾝｶｸ", 4, 4),
    ])
    func `columns are counted as terminals count them`(text: String, width: Int, _: Int) {
        #expect(text.displayWidth == width)
    }

    @Test(arguments: [
        ("数据库", 5, "数据…"), ("数据库", 4, "数…"), ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abc", 1, "…"), ("abc", 0, ""),
    ])
    func `a text is cut to the columns it may have`(text: String, width: Int, fitted: String) {
        #expect(text.fitted(to: width) == fitted)
    }

    @Test func `what a terminal would obey is made visible`() {
        #expect("a\u{1B}[2Jb\nc\t\u{9B}1A\u{7F}".printable == "a\\x1b[2Jb\\nc\\t\\x9b1A\\x7f")
    }

    @Test(arguments: [
        (Duration.milliseconds(0), "0 ms"), (.milliseconds(99), "99 ms"), (.milliseconds(100), "0.1 s"),
        (.milliseconds(3449), "3.4 s"), (.milliseconds(9949), "9.9 s"), (.milliseconds(9951), "10 s"),
        (.seconds(59), "59 s"),
        (.milliseconds(59_600), "1 min 00 s"), (.seconds(72), "1 min 12 s"), (.seconds(3599), "59 min 59 s"),
        (.seconds(7500), "2 h 05 min"),
    ])
    func `time is told as people say it`(time: Duration, text: String) {
        #expect(time.spoken == text)
    }
}

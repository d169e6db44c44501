import Dispatch
import PintailOrchestrator
import Synchronization

/// Shows a run on a terminal: lines that stay scroll by above lines that move.
///
/// Every frame is one write, and leaves the cursor at the start of a line below all that was drawn: whatever ends the
/// process, the terminal is as it was.
final class TerminalSink: RunEventSink {
    /// Ten frames a second look smooth and cost nothing.
    private static let frame = DispatchTimeInterval.milliseconds(100)

    let name = "the terminal"
    private let stream: TextStream
    private let state: Mutex<State>
    private let frames = DispatchQueue(label: "pintail.terminal")

    private struct State {
        var report: RunReport
        var display: RunDisplay
        /// How wide each line of the last frame was: on a narrower terminal one takes several rows.
        var drawn: [Int] = []
    }

    /// Shows runs on `stream`, which is a terminal.
    init(_ stream: TextStream, report: RunReport) {
        self.stream = stream
        state = Mutex(State(report: report, display: RunDisplay(glyphs: report.glyphs)))
        drawNextFrame()
    }

    /// Shows what the event changes.
    func receive(_ event: RunEvent) throws {
        try state.withLock { state in
            state.display.receive(event)
            let lines = state.report.lines(for: event)
            // Progress waits for the next frame; what stays is shown at once.
            if !lines.isEmpty || state.display.isEmpty { try draw(lines, &state) }
        }
    }

    /// Shows that the user's wish to stop was heard.
    func cancel() {
        state.withLock { $0.display.cancel() }
        redraw()
    }

    /// Draws until nobody holds the sink any more.
    private func drawNextFrame() {
        frames.asyncAfter(deadline: .now() + Self.frame) { [weak self] in
            self?.redraw()
            self?.drawNextFrame()
        }
    }

    private func redraw() {
        state.withLock { state in
            guard !state.display.isEmpty else { return }
            // A terminal that has gone is found out about by the next event.
            do { try draw([], &state) } catch { return }
        }
    }

    private func draw(_ staying: [StyledLine], _ state: inout State) throws {
        let (columns, rows) = stream.size ?? (80, 24)
        let moving = state.display.lines(at: .now, limit: max(1, rows - 2))
        var frame = Frame(palette: stream.palette, columns: columns)
        frame.moveUp(over: state.drawn)
        for line in staying { frame.add(line, mayWrap: true) }
        for line in moving { frame.add(line, mayWrap: false) }
        state.drawn = moving.map { min($0.width, columns - 1) }
        try stream.write(frame.finished())
    }
}

/// The text that turns what is on the terminal into what should be.
struct Frame {
    private let palette: Palette
    private let columns: Int
    private var text = ""

    init(palette: Palette, columns: Int) {
        self.palette = palette
        self.columns = columns
    }

    /// Goes to the start of the first of the lines that were drawn last, as the terminal has wrapped them since.
    mutating func moveUp(over widths: [Int]) {
        let rows = widths.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
        if rows > 0 { text += "\r\u{1B}[\(rows)A" }
    }

    /// Writes a line over whatever is there.
    mutating func add(_ line: StyledLine, mayWrap: Bool) {
        text += line.text(palette, width: mayWrap ? nil : columns - 1) + "\u{1B}[K\n"
    }

    /// Clears what is left below.
    consuming func finished() -> String { text + "\u{1B}[J" }
}

import PintailOrchestrator

/// The way a run is shown: a display on a terminal, lines elsewhere, events when JSON is wanted.
struct RunView: Sendable {
    let sink: any RunEventSink
    /// Shows that the user's wish to stop was heard.
    let cancel: @Sendable () -> Void

    init(_ console: Console, explains: Bool, asJSON: Bool, isKept: Bool) {
        let isWatched = console.errors.canRedraw && !console.isQuiet
        let report = RunReport(
            glyphs: .current,
            tellsProgress: !isWatched && !console.isQuiet,
            explains: explains,
            isKept: isKept
        )
        if asJSON {
            sink = JSONSink(console.output)
            cancel = {}
        } else if isWatched {
            let terminal = TerminalSink(console.errors, report: report)
            sink = terminal
            cancel = { terminal.cancel() }
        } else {
            sink = LineSink(console.errors, report: report, isQuiet: console.isQuiet)
            cancel = { console.note("cancelling…") }
        }
    }
}

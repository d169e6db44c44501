/// Where a command prints: data on standard output, everything else on standard error.
struct Console: Sendable {
    let output: TextStream
    let errors: TextStream
    let isQuiet: Bool
    /// The signs that tables are drawn with.
    var glyphs = Glyphs.current

    /// The same for somebody who wants quiet.
    var quiet: Console { Console(output: output, errors: errors, isQuiet: true, glyphs: glyphs) }

    /// Prints a line of data or facts.
    func print(_ text: String) throws { try output.line(text) }

    /// Tells the user how it goes; nobody is told when they want quiet.
    func note(_ text: String) {
        if !isQuiet { complain(text) }
    }

    /// Prints a line that is no data, and that quiet does not silence.
    func complain(_ text: String) {
        // When standard error is gone there is nobody left to tell.
        do { try errors.line(text) } catch { return }
    }

    /// Warns the user.
    func warn(_ text: String) { complain(errors.palette.yellow("warning:") + " " + text) }
}

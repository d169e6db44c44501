#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard output or standard error: where texts go, and what the place they go to can show.
struct TextStream: Sendable {
    let descriptor: Int32
    /// Whether a person looks at it.
    let isTerminal: Bool
    let palette: Palette
    /// Whether what was printed can be drawn over.
    let canRedraw: Bool
    /// How wide it is said to be; nil to ask the terminal.
    private let givenWidth: Int?

    /// Looks at what a file descriptor is connected to.
    init(_ descriptor: Int32, allowsColor: Bool = true) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
        canRedraw = isTerminal && environment("TERM") != "dumb"
        palette = Palette(isColored: canRedraw && allowsColor)
        givenWidth = nil
    }

    /// Takes a file for a terminal of a certain width.
    init(_ descriptor: Int32, asTerminalOf width: Int, palette: Palette) {
        self.descriptor = descriptor
        self.palette = palette
        isTerminal = true
        canRedraw = false
        givenWidth = width
    }

    /// Writes all of a text.
    ///
    /// - Throws: ``BrokenPipe`` when nobody reads any more, ``WriteError`` when it cannot be written.
    func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { unsafe try write($0) }
    }

    /// Writes all of the bytes.
    func write(bytes: ArraySlice<UInt8>) throws {
        try unsafe bytes.withUnsafeBufferPointer { unsafe try write($0) }
    }

    private func write(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        var done = 0
        while done < bytes.count {
            let written = unsafe systemWrite(descriptor, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done)
            if written >= 0 {
                done += written
            } else if errno == EAGAIN {
                // Whoever shares the terminal with us may have made it non-blocking.
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&wait, 1, -1)
            } else if errno != EINTR {
                throw errno == EPIPE ? BrokenPipe() : WriteError(code: errno)
            }
        }
    }

    /// Writes a text and a line end.
    func line(_ text: String = "") throws { try write(text + "\n") }

    /// How many columns a line may have; 80 where that cannot be known.
    var width: Int { givenWidth ?? size?.columns ?? environment("COLUMNS").flatMap { Int($0) } ?? 80 }

    /// What the terminal says of itself; nil when it is none or does not know.
    var size: (columns: Int, rows: Int)? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}

/// Whoever read our output has gone: `pintail query … | head`.
struct BrokenPipe: Error {}

/// Output could not be written, by `errno`.
struct WriteError: Error {
    let code: Int32
}

extension WriteError: CustomStringConvertible {
    var description: String { unsafe "cannot write the output: " + String(cString: strerror(code)) }
}

// A method of the same name hides the C function inside a type.
private let systemWrite = unsafe write

/// A variable of the environment; nil when it is missing or empty.
func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
}

/// Whether a file descriptor is connected to a terminal.
func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

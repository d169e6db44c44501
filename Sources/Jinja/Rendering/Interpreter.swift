/// One rendering on one thread: the output so far, the macros that run, what was used of the limits.
package final class Interpreter {
    /// The rules of the template that was rendered first.
    package let environment: Environment
    /// Whatever the embedder wants its callables to find.
    package let embedder: AnyObject?
    var output: [UInt8] = []
    /// Values of a native rendering.
    var values: [Value] = []
    /// Whether marks of native filters mean something.
    var isNative = false
    /// How many captures are open: what they print is text.
    var captures = 0
    /// Frames that run, innermost last.
    var running: [Frame] = []
    var autoescapes: Bool
    /// Where the output of the template that is rendered came from; nil where nobody asks.
    var trace: [SourceMap.Piece]?
    private var steps = 0
    private let stack = StackGuard()
    /// What `return` carries out of a macro.
    private var carried: Value?

    /// An interpreter for one rendering.
    package init(_ environment: Environment, embedder: AnyObject? = nil) {
        self.environment = environment
        self.embedder = embedder
        autoescapes = environment.options.autoescapes
    }

    // MARK: Limits

    /// Counts one step of work; callables that loop may count theirs.
    package func step() throws {
        steps += 1
        if steps > environment.options.limits.steps {
            throw TemplateError(
                .limit,
                "the template does not end: more than \(environment.options.limits.steps) steps"
            )
        }
    }

    func checkStack() throws {
        if stack.isNearlyFull {
            throw TemplateError(.limit, "the template is nested too deeply for this thread's stack")
        }
    }

    func checkOutput() throws {
        if output.count > environment.options.limits.outputBytes {
            throw TemplateError(.limit, "the output is larger than \(environment.options.limits.outputBytes) bytes")
        }
    }

    // MARK: Frames

    /// Runs a body in a frame of its own; errors leave with their place.
    func enter<Result>(_ frame: Frame, _ body: () throws -> Result) throws -> Result {
        guard running.count < environment.options.limits.depth else {
            throw located(
                TemplateError(.limit, "maximum recursion depth exceeded: \(running.count) macros within each other")
            )
        }
        try checkStack()
        let depth = running.count
        frame.captures = captures
        running.append(frame)
        do {
            let result = try body()
            running.removeLast()
            return result
        } catch {
            let error = error is CarriedValue ? error : located(error)
            running.removeLast(running.count - depth)
            throw error
        }
    }

    /// The error with the place that is being evaluated and the macros that run.
    func located(_ error: any Error) -> TemplateError {
        var located = error as? TemplateError ?? TemplateError(.raised, String(describing: error), cause: error)
        guard located.place == nil, let frame = running.last else { return located }
        located.place = frame.template.place(of: frame.at)
        for (place, frame) in running.enumerated().reversed() {
            guard let macro = frame.macro, located.calls.count < Self.mostCalls else { continue }
            let caller = place > 0 ? running[place - 1] : nil
            located.calls.append(
                TemplateError.Call(macro: macro, place: caller.flatMap { $0.template.place(of: $0.at) })
            )
        }
        return located
    }

    /// More of them nobody reads.
    private static let mostCalls = 32

    /// Leaves the innermost macro with `value` as its result: `throw interpreter.returning(value)`.
    package func returning(_ value: Value) -> any Error {
        carried = value
        return CarriedValue()
    }

    func takeCarried() -> Value {
        defer { carried = nil }
        return carried ?? .none
    }

    /// The template and line being rendered, for log lines and warnings.
    package var place: TemplateError.Place? {
        running.last.flatMap { $0.template.place(of: $0.at) }
    }

    /// The names of the macros that run, innermost first.
    package var macroNames: [String] { running.reversed().compactMap(\.macro) }

    // MARK: Output

    /// Runs a body and takes what it printed.
    func captured(_ body: () throws -> Void) throws -> String {
        let mark = output.count
        captures += 1
        defer { captures -= 1 }
        do {
            try body()
        } catch {
            output.removeLast(output.count - mark)
            throw error
        }
        let text = String(decoding: output[mark...], as: UTF8.self)
        output.removeLast(output.count - mark)
        return text
    }

    /// Notes where the output that follows comes from, unless it is captured for later.
    func note(_ source: Syntax.Extent, isText: Bool) {
        // One capture is the rendering itself; macros print into captures of their own.
        guard trace != nil, captures == 1, running.count == 1 else { return }
        trace?.append(SourceMap.Piece(output: output.count, source: source, isText: isText))
    }

    func print(_ value: Value) throws {
        switch value {
        case .string(let text):
            if autoescapes { output += HTML.escaped(text).utf8 } else { output += text.utf8 }
        case .markup(let text): output += text.utf8
        case .integer(let number): output += String(number).utf8
        case .undefined(let undefined): output += try undefined.text().utf8
        default:
            let text = try value.text
            output += (autoescapes ? HTML.escaped(text) : text).utf8
        }
        try checkOutput()
    }
}

/// On its way out of a macro; the value waits in the interpreter, as errors cross threads and values do not.
struct CarriedValue: Error {}

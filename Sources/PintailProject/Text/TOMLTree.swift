import CTOML

/// Makes the tree of a TOML file, in the order written.
struct TOMLTree {
    private let file: SourceFile
    private let events: [Event]
    private var position = 0

    private struct Event {
        var kind: ctoml_kind
        var start: SourceLocation
        var end: SourceLocation
        var integer: Int64
        var number: Double
        var text: String
    }

    /// The tree of a file; its root is always a mapping.
    static func parse(_ file: SourceFile) throws(Diagnostic) -> ConfigNode {
        try TOMLScan.check(file)
        let result: Result<[Event], Diagnostic> = unsafe file.bytes.withUnsafeBytes { bytes in
            let text = unsafe bytes.assumingMemoryBound(to: CChar.self)
            guard let document = unsafe ctoml_parse(text.baseAddress, text.count) else {
                return .failure(Diagnostic("there is not enough memory to read '\(file.path)'"))
            }
            defer { unsafe ctoml_free(document) }
            if let problem = unsafe syntaxError(document, file) { return .failure(problem) }
            return .success(unsafe events(of: document, file))
        }
        var tree = TOMLTree(file: file, events: try result.get())
        let whole = SourceLocation(file: file.path, line: 1, column: 1)
        return tree.node() ?? ConfigNode(content: .mapping([]), location: whole)
    }

    private init(file: SourceFile, events: [Event]) {
        self.file = file
        self.events = events
    }

    private static func syntaxError(_ document: OpaquePointer, _ file: SourceFile) -> Diagnostic? {
        var line: UInt32 = 0
        var column: UInt32 = 0
        guard let raw = unsafe ctoml_error(document, &line, &column) else { return nil }
        var problem = unsafe String(cString: raw)
        if problem.hasPrefix("Error while parsing "), let colon = problem.firstIndex(of: ":") {
            let part = problem[problem.index(problem.startIndex, offsetBy: 20)..<colon]
            problem = "\(problem[problem.index(colon, offsetBy: 2)...]), in a \(part)"
        }
        problem = problem.replacing("\n", with: "\\n").replacing("\r", with: "\\r")
        return Diagnostic(
            "this is not valid TOML: " + problem,
            at: SourceLocation(file: file.path, line: max(1, Int(line)), column: max(1, Int(column))),
            hint: hint(for: problem)
        )
    }

    private static func hint(for problem: String) -> String? {
        if problem.contains("expected 'nan'") || problem.contains("expected 'inf'")
            || problem.contains("determine value type")
        {
            return "a text needs quotes"
        }
        if problem.contains("control characters") { return "is the closing quote missing?" }
        if problem.contains("cannot redefine") { return "it is given above already" }
        return nil
    }

    private static func events(of document: OpaquePointer, _ file: SourceFile) -> [Event] {
        var count = 0
        let raw = unsafe UnsafeBufferPointer(start: ctoml_events(document, &count), count: count)
        return unsafe raw.map { event in
            let bytes = unsafe UnsafeRawBufferPointer(start: event.text, count: event.text_length)
            return unsafe Event(
                kind: event.kind,
                start: SourceLocation(
                    file: file.path,
                    line: Int(max(1, event.line)),
                    column: Int(max(1, event.column))
                ),
                end: SourceLocation(
                    file: file.path,
                    line: Int(max(1, event.end_line)),
                    column: Int(max(1, event.end_column))
                ),
                integer: event.integer,
                number: event.number,
                text: String(decoding: bytes, as: UTF8.self)
            )
        }
    }
}

extension TOMLTree {
    private mutating func take() -> Event? {
        guard position < events.count else { return nil }
        defer { position += 1 }
        return events[position]
    }

    private mutating func node() -> ConfigNode? {
        guard let event = take() else { return nil }
        var location = event.start
        switch event.kind {
        case CTOML_TABLE_BEGIN: return table(at: location)
        case CTOML_ARRAY_BEGIN: return array(at: location)
        case CTOML_STRING: return text(event)
        default:
            location.length = event.end.line == event.start.line ? max(1, event.end.column - event.start.column) : 1
            let value: Scalar =
                switch event.kind {
                case CTOML_INTEGER: .integer(event.integer)
                case CTOML_FLOAT: .number(event.number)
                case CTOML_BOOLEAN: .boolean(event.integer != 0)
                default: .text(event.text)
                }
            return ConfigNode(content: .scalar(value), location: location, isPlain: true)
        }
    }

    private mutating func table(at location: SourceLocation) -> ConfigNode {
        var entries: [ConfigEntry] = []
        while let event = take(), event.kind == CTOML_KEY {
            var keyLocation = event.start
            if event.end.line == event.start.line {
                keyLocation.length = max(1, event.end.column - event.start.column)
            }
            guard let value = node() else { break }
            entries.append(ConfigEntry(key: event.text, keyLocation: keyLocation, value: value))
        }
        // toml++ keeps tables by key; people read them by line.
        entries.sort { ($0.keyLocation.line, $0.keyLocation.column) < ($1.keyLocation.line, $1.keyLocation.column) }
        return ConfigNode(content: .mapping(entries), location: location)
    }

    private mutating func array(at location: SourceLocation) -> ConfigNode {
        var items: [ConfigNode] = []
        while position < events.count, events[position].kind != CTOML_ARRAY_END {
            guard let item = node() else { break }
            items.append(item)
        }
        position += 1
        return ConfigNode(content: .sequence(items), location: location)
    }

    private func text(_ event: Event) -> ConfigNode {
        let places = ScalarWalk.places(of: event.text, in: file, from: event.start, to: event.end, style: .toml)
        var location = event.text.isEmpty ? event.start : places.place(of: 0, in: event.text)
        if event.text.isEmpty {
            location.length = 2
        } else if location.line == event.end.line {
            location.length = max(1, event.end.column - location.column - 1)
        } else {
            location.length = max(1, (file.line(location.line) ?? "").unicodeScalars.count - location.column + 1)
        }
        return ConfigNode(content: .scalar(.text(event.text)), location: location, places: places)
    }
}

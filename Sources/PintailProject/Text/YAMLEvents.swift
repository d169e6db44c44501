import CYAML

/// What libyaml reports, in order; places are indexes of Unicode scalars over the whole file.
enum YAMLEvent {
    struct Scalar {
        var value: String
        var style: ScalarStyle
        var tag: String?
        var anchor: String?
    }

    case streamEnd
    case documentStart, documentEnd
    case alias(String)
    case scalar(Scalar)
    case sequenceStart(anchor: String?, tag: String?)
    case sequenceEnd
    case mappingStart(anchor: String?, tag: String?)
    case mappingEnd
}

/// libyaml's event parser over one file.
///
/// The parser keeps pointers to itself and to the bytes, so it lives on the heap and inside the call that lends them.
@safe struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let file: SourceFile
    /// Where the event last returned begins, and the first scalar behind it.
    private(set) var start = 0
    private(set) var end = 0

    /// Reads `file`, whose bytes must be the ones lent.
    init(_ bytes: UnsafeBufferPointer<UInt8>, of file: SourceFile) throws(Diagnostic) {
        self.file = file
        unsafe parser = .allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            throw Diagnostic("there is not enough memory to read '\(file.path)'")
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    /// The next event.
    mutating func next() throws(Diagnostic) -> YAMLEvent {
        while true {
            var raw = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &raw) == 1 else { throw syntaxError() }
            defer { unsafe yaml_event_delete(&raw) }
            start = unsafe Int(raw.start_mark.index)
            end = unsafe Int(raw.end_mark.index)
            if let event = unsafe YAMLEvent(raw) { return event }
        }
    }

    /// Passes the end of the document, after which no other may come.
    mutating func endDocument() throws(Diagnostic) {
        _ = try next()
        guard case .documentStart = try next() else { return }
        throw Diagnostic(
            "a second document begins here, and a file may hold only one",
            at: file.location(scalar: start, length: 3),
            hint: "put each into a file of its own"
        )
    }
}

extension YAMLEvent {
    /// `nil` for events that carry nothing.
    fileprivate init?(_ raw: yaml_event_t) {
        switch unsafe raw.type {
        case YAML_STREAM_END_EVENT: self = .streamEnd
        case YAML_DOCUMENT_START_EVENT: self = .documentStart
        case YAML_DOCUMENT_END_EVENT: self = .documentEnd
        case YAML_ALIAS_EVENT: self = unsafe .alias(text(raw.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT: self = unsafe .scalar(Scalar(raw.data.scalar))
        case YAML_SEQUENCE_START_EVENT:
            self = unsafe .sequenceStart(
                anchor: text(raw.data.sequence_start.anchor),
                tag: text(raw.data.sequence_start.tag)
            )
        case YAML_SEQUENCE_END_EVENT: self = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            self = unsafe .mappingStart(
                anchor: text(raw.data.mapping_start.anchor),
                tag: text(raw.data.mapping_start.tag)
            )
        case YAML_MAPPING_END_EVENT: self = .mappingEnd
        default: return nil
        }
    }
}

extension YAMLEvent.Scalar {
    fileprivate init(_ raw: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar) {
        let bytes = unsafe UnsafeBufferPointer(start: raw.value, count: raw.length)
        value = unsafe String(decoding: bytes, as: UTF8.self)
        style =
            switch unsafe raw.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
        tag = unsafe text(raw.tag)
        anchor = unsafe text(raw.anchor)
    }
}

private func text(_ raw: UnsafePointer<yaml_char_t>?) -> String? {
    guard let raw = unsafe raw else { return nil }
    return unsafe String(decodingCString: raw, as: UTF8.self)
}

extension YAMLEvents {
    /// libyaml's complaint, at the place that helps most.
    private func syntaxError() -> Diagnostic {
        if unsafe parser.pointee.error == YAML_READER_ERROR {
            let offset = unsafe Int(parser.pointee.problem_offset)
            return Diagnostic(
                "'\(file.path)' holds a control character, which YAML does not allow",
                at: file.location(offset: offset),
                hint: "inside double quotes it can be written as an escape: \"\\x1b\""
            )
        }
        let problem = unsafe sentence(parser.pointee.problem) ?? "it cannot be read"
        let context = unsafe sentence(parser.pointee.context)
        var index = unsafe Int(parser.pointee.problem_mark.index)
        // What is never closed is noticed only at the end of the file; where it was opened is the place to look.
        let contextIndex = unsafe Int(parser.pointee.context_mark.index)
        let isAtEnd = file.location(scalar: index).line > file.location(scalar: contextIndex).line
        if context != nil, problem.contains("unexpected end of stream") || (isAtEnd && problem.contains("',' or")) {
            index = contextIndex
        }
        let place = file.location(scalar: index)
        return Diagnostic(
            "this is not valid YAML: " + problem + (context.map { ", " + $0 } ?? ""),
            at: place,
            hint: hint(for: problem, at: place)
        )
    }

    private func sentence(_ raw: UnsafePointer<CChar>?) -> String? {
        guard let raw = unsafe raw else { return nil }
        return unsafe String(cString: raw)
    }

    private func hint(for problem: String, at place: SourceLocation) -> String? {
        let line = file.line(place.line) ?? ""
        if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
            return "indent with spaces: YAML does not allow tabs there"
        }
        if problem.contains("mapping values are not allowed") {
            return "a text that holds ': ' needs quotes; else look at the indentation"
        }
        if problem.contains("cannot start any token") {
            return "a text that begins with this character needs quotes"
        }
        if problem.contains("unexpected end of stream") { return "the closing quote is missing" }
        if problem.contains("',' or") { return "the closing bracket or a comma is missing" }
        return nil
    }
}

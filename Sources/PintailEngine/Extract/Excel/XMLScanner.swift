/// Reads the elements of an XML part one after another: as much XML as workbooks hold.
///
/// Office Open XML parts have no entities of their own, no CDATA to speak of and no external anything, so nothing is resolved.
struct XMLScanner {
    /// What stands next in the part.
    enum Event: Equatable {
        case start(String, attributes: [String: String], isEmpty: Bool)
        case end(String)
        case text(String)
    }

    private let source: any ByteSource
    private var window: [UInt8] = []
    private var next = 0
    private var isAtEnd = false

    init(_ source: any ByteSource) { self.source = source }

    /// The next event; `nil` at the end.
    mutating func event() throws -> Event? {
        while true {
            guard try has(next) else { return nil }
            if window[next] != UInt8(ascii: "<") {
                return .text(Self.unescaped(try take(until: UInt8(ascii: "<"))[...]))
            }
            next += 1
            let tag = try take(until: UInt8(ascii: ">"))
            next += 1
            guard let first = tag.first, first != UInt8(ascii: "?"), first != UInt8(ascii: "!") else { continue }
            if first == UInt8(ascii: "/") { return .end(Self.local(tag.dropFirst())) }
            return Self.start(tag)
        }
    }

    private mutating func has(_ index: Int) throws -> Bool {
        while index >= window.count, !isAtEnd {
            if next > 1 << 20 {
                window.removeFirst(next)
                return try hasAfterShift(index - next)
            }
            if try source.read(1 << 18, into: &window) == 0 { isAtEnd = true }
        }
        return index < window.count
    }

    private mutating func hasAfterShift(_ index: Int) throws -> Bool {
        next = 0
        return try has(index)
    }

    /// Takes bytes up to, and stands at, the next `end`.
    private mutating func take(until end: UInt8) throws -> [UInt8] {
        var taken: [UInt8] = []
        while try has(next) {
            if let found = window[next...].firstIndex(of: end) {
                taken += window[next..<found]
                next = found
                return taken
            }
            taken += window[next...]
            next = window.count
        }
        return taken
    }

    private static func start(_ tag: [UInt8]) -> Event {
        let isEmpty = tag.last == UInt8(ascii: "/")
        var rest = isEmpty ? tag.dropLast() : tag[...]
        let name = rest.prefix { !isSpace($0) }
        rest = rest.dropFirst(name.count)
        var attributes: [String: String] = [:]
        while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
            let key = rest[..<equals].filter { !isSpace($0) }
            rest = rest[(equals + 1)...].drop { isSpace($0) }
            guard let quote = rest.first, let end = rest.dropFirst().firstIndex(of: quote) else { break }
            attributes[local(key[...])] = unescaped(rest[(rest.startIndex + 1)..<end])
            rest = rest[(end + 1)...]
        }
        return .start(local(name), attributes: attributes, isEmpty: isEmpty)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }

    /// A name without its namespace's prefix.
    private static func local(_ name: ArraySlice<UInt8>) -> String {
        let bare = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
        return String(decoding: bare.filter { !isSpace($0) }, as: UTF8.self)
    }

    /// Text with the five entities and numbered characters put in, and Excel's own `_x000D_` for control characters.
    static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var text = ""
        var rest = bytes
        while let ampersand = rest.firstIndex(of: UInt8(ascii: "&")) {
            text += String(decoding: rest[..<ampersand], as: UTF8.self)
            guard let end = rest[ampersand...].firstIndex(of: UInt8(ascii: ";")) else {
                return text + String(decoding: rest[ampersand...], as: UTF8.self)
            }
            text += entity(String(decoding: rest[(ampersand + 1)..<end], as: UTF8.self))
            rest = rest[(end + 1)...]
        }
        return text + String(decoding: rest, as: UTF8.self)
    }

    private static func entity(_ name: String) -> String {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let code = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
            return code.flatMap { Unicode.Scalar($0) }.map { String($0) } ?? ""
        }
    }
}

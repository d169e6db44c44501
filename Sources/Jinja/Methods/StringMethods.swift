/// The methods of `str`, on code points; where a text is ASCII, bytes are code points.
enum StringMethods {
    static let names: Set<String> = [
        "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find", "format", "format_map",
        "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric",
        "isprintable", "isspace", "istitle", "isupper", "join", "ljust", "lower", "lstrip", "maketrans", "partition",
        "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip",
        "split", "splitlines", "startswith", "strip", "swapcase", "title", "translate", "upper", "zfill",
    ]

    static func call(_ name: String, _ text: String, _ arguments: Arguments) throws -> Value? {
        if let result = try cased(name, text, arguments) { return result }
        if let result = try searched(name, text, arguments) { return result }
        if let result = try parted(name, text, arguments) { return result }
        if let result = try padded(name, text, arguments) { return result }
        if let claim = CharacterClaims.all[name] {
            _ = try arguments.bound(name)
            return .bool(claim(text))
        }
        return nil
    }

    private static func cased(_ name: String, _ text: String, _ arguments: Arguments) throws -> Value? {
        let change: (String) -> String
        switch name {
        case "lower": change = TextCase.lower
        case "upper": change = TextCase.upper
        case "capitalize": change = TextCase.capitalized
        case "title": change = TextCase.title
        case "swapcase": change = TextCase.swapped
        case "casefold": change = TextCase.folded
        case "format": return .string(try BraceFormat.format(text, arguments))
        case "format_map":
            guard case .dict(let dict)? = try arguments.bound(name, "mapping")[0] else {
                throw TemplateError(.type, "format requires a mapping")
            }
            let keywords = dict.items.compactMap { item in item.key.asString.map { (name: $0, value: item.value) } }
            return .string(try BraceFormat.format(text, Arguments(keyword: keywords)))
        case "encode": return .object(ByteString(Array(text.utf8)))
        default: return nil
        }
        _ = try arguments.bound(name)
        return .string(change(text))
    }

    // MARK: Searching

    private static func searched(_ name: String, _ text: String, _ arguments: Arguments) throws -> Value? {
        switch name {
        case "startswith", "endswith":
            let given = try arguments.bound(name, "prefix", "start?", "end?")
            let bytes = try window(text, given[1], given[2]).bytes
            let candidates: [Value] = if case .tuple(let several)? = given[0] { several } else { [given[0] ?? .none] }
            for candidate in candidates {
                guard let part = candidate.asString else {
                    throw TemplateError(
                        .type,
                        "\(name) first arg must be str or a tuple of str, not \(candidate.typeName)"
                    )
                }
                let matches =
                    name == "startswith"
                    ? bytes.starts(with: part.utf8) : bytes.reversed().starts(with: part.utf8.reversed())
                if matches { return true }
            }
            return false
        case "find", "rfind", "index", "rindex":
            let given = try arguments.bound(name, "sub", "start?", "end?")
            let part = Array(try string(given[0], name).utf8)
            let (bytes, offset) = try window(text, given[1], given[2])
            let found =
                name.hasPrefix("r")
                ? TextSearch.last(of: part, in: bytes, before: bytes.count)
                : TextSearch.first(of: part, in: bytes, from: 0)
            guard let found else {
                if name.hasSuffix("index") { throw TemplateError(.value, "substring not found") }
                return -1
            }
            return .integer(offset + bytes[..<found].count { $0 & 0xC0 != 0x80 })
        case "count":
            let given = try arguments.bound(name, "sub", "start?", "end?")
            let part = Array(try string(given[0], name).utf8)
            let bytes = try window(text, given[1], given[2]).bytes
            if part.isEmpty { return .integer(bytes.count { $0 & 0xC0 != 0x80 } + 1) }
            return .integer(occurrences(of: part, in: bytes, most: .max).count)
        case "replace":
            let given = try arguments.bound(name, "old", "new", "count?")
            let most = try integer(given[2], name) ?? -1
            return .string(replaced(text, try string(given[0], name), try string(given[1], name), most: most))
        default: return nil
        }
    }

    /// The bytes between two code points, and how many code points lie before them.
    private static func window(_ text: String, _ start: Value?, _ end: Value?) throws -> (bytes: [UInt8], offset: Int) {
        let start = try integer(start, "slice")
        let end = try integer(end, "slice")
        if start == nil, end == nil { return (Array(text.utf8), 0) }
        let scalars = text.unicodeScalars
        let count = scalars.count
        func place(_ index: Int?, _ fallback: Int) -> Int {
            guard let index else { return fallback }
            return max(0, min(count, index < 0 ? index + count : index))
        }
        let from = place(start, 0)
        let to = max(from, place(end, count))
        let part = scalars[
            scalars.index(scalars.startIndex, offsetBy: from)..<scalars.index(scalars.startIndex, offsetBy: to)
        ]
        return (Array(String(part).utf8), from)
    }

    private static func occurrences(of part: [UInt8], in text: [UInt8], most: Int) -> [Int] {
        var places: [Int] = []
        var from = 0
        while places.count < most, let place = TextSearch.first(of: part, in: text, from: from) {
            places.append(place)
            from = place + part.count
        }
        return places
    }

    static func replaced(_ text: String, _ old: String, _ new: String, most: Int) -> String {
        let most = most < 0 ? Int.max : most
        if old.isEmpty { return interleaved(text, new, most: most) }
        let bytes = Array(text.utf8)
        let part = Array(old.utf8)
        let places = occurrences(of: part, in: bytes, most: most)
        if places.isEmpty { return text }
        var result: [UInt8] = []
        var from = 0
        for place in places {
            result += bytes[from..<place]
            result += new.utf8
            from = place + part.count
        }
        result += bytes[from...]
        return String(decoding: result, as: UTF8.self)
    }

    private static func interleaved(_ text: String, _ new: String, most: Int) -> String {
        var result = String.UnicodeScalarView()
        var rest = most
        for scalar in text.unicodeScalars {
            if rest > 0 { result.append(contentsOf: new.unicodeScalars) }
            rest -= 1
            result.append(scalar)
        }
        if rest > 0 { result.append(contentsOf: new.unicodeScalars) }
        return String(result)
    }

    // MARK: Parts

    private static func parted(_ name: String, _ text: String, _ arguments: Arguments) throws -> Value? {
        switch name {
        case "strip", "lstrip", "rstrip":
            let characters = try arguments.bound(name, "chars?")[0]
            return .string(
                stripped(
                    text,
                    try characters.flatMap { $0.isNone ? nil : try string($0, name) },
                    left: name != "rstrip",
                    right: name != "lstrip"
                )
            )
        case "split", "rsplit":
            let given = try arguments.bound(name, "sep?", "maxsplit?")
            let separator = try given[0].flatMap { $0.isNone ? nil : try string($0, name) }
            let parts = try split(text, separator, most: try integer(given[1], name) ?? -1, fromRight: name == "rsplit")
            return .list(of: parts.map { .string($0) })
        case "splitlines":
            let keeps = try arguments.bound(name, "keepends?")[0]?.isTrue ?? false
            return .list(of: lines(text, keepingEnds: keeps).map { .string($0) })
        case "partition", "rpartition":
            let separator = try string(try arguments.bound(name, "sep")[0], name)
            return .tuple(try partition(text, separator, fromRight: name == "rpartition").map { .string($0) })
        case "removeprefix":
            let prefix = try string(try arguments.bound(name, "prefix")[0], name)
            return .string(text.utf8.starts(with: prefix.utf8) ? drop(text, first: prefix.utf8.count) : text)
        case "removesuffix":
            let suffix = try string(try arguments.bound(name, "suffix")[0], name)
            let ends = !suffix.isEmpty && text.utf8.reversed().starts(with: suffix.utf8.reversed())
            return .string(ends ? String(decoding: text.utf8.dropLast(suffix.utf8.count), as: UTF8.self) : text)
        case "join":
            return .string(try join(text, try arguments.bound(name, "iterable")[0] ?? .none))
        case "maketrans": return .dict(try translationTable(arguments))
        case "translate":
            guard case .dict(let table)? = try arguments.bound(name, "table")[0] else { return .string(text) }
            return .string(try translated(text, table))
        default: return nil
        }
    }

    /// What `translate` takes: code points with what replaces them.
    private static func translationTable(_ arguments: Arguments) throws -> DictObject {
        let given = try arguments.bound("maketrans", "x", "y?", "z?")
        let table = DictObject()
        func key(_ scalar: Unicode.Scalar) throws -> DictObject.Key { try DictObject.Key(of: .integer(Int(scalar.value))) }
        guard let targets = given[1] else {
            guard case .dict(let dict)? = given[0] else {
                throw TemplateError(.type, "if you give only one argument to maketrans it must be a dict")
            }
            for (name, value) in dict.items {
                guard let text = name.asString else {
                    table[try DictObject.Key(of: name)] = value
                    continue
                }
                guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
                    throw TemplateError(.value, "string keys in translate table must be of length 1")
                }
                table[try key(scalar)] = value
            }
            return table
        }
        let (from, to) = (try string(given[0], "maketrans"), try string(targets, "maketrans"))
        guard from.unicodeScalars.count == to.unicodeScalars.count else {
            throw TemplateError(.value, "the first two maketrans arguments must have equal length")
        }
        for (one, other) in zip(from.unicodeScalars, to.unicodeScalars) {
            table[try key(one)] = .integer(Int(other.value))
        }
        if let gone = given[2] {
            for scalar in try string(gone, "maketrans").unicodeScalars { table[try key(scalar)] = Value.none }
        }
        return table
    }

    private static func drop(_ text: String, first count: Int) -> String {
        String(decoding: text.utf8.dropFirst(count), as: UTF8.self)
    }

    private static func join(_ separator: String, _ values: Value) throws -> String {
        var result = ""
        var cursor = try values.cursor(orFail: "can only join an iterable")
        var place = 0
        while let value = try cursor.next() {
            guard let part = value.asString ?? value.markedText else {
                throw TemplateError(
                    .type,
                    "sequence item \(place): expected str instance, \(value.typeName) found"
                )
            }
            if place > 0 { result += separator }
            result += part
            place += 1
        }
        return result
    }

    private static func translated(_ text: String, _ table: DictObject) throws -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            guard let replacement = table[try DictObject.Key(of: .integer(Int(scalar.value)))] else {
                result.unicodeScalars.append(scalar)
                continue
            }
            if let code = replacement.asInteger {
                if let scalar = Unicode.Scalar(UInt32(clamping: code)) { result.unicodeScalars.append(scalar) }
            } else {
                result += replacement.asString ?? ""
            }
        }
        return result
    }

    static func stripped(_ text: String, _ characters: String?, left: Bool = true, right: Bool = true) -> String {
        let set = characters.map { Set($0.unicodeScalars) }
        func isDropped(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? CodePoint.isSpace(scalar) }
        var part = text.unicodeScalars[...]
        if left { part = part.drop(while: isDropped) }
        if right { while let last = part.last, isDropped(last) { part.removeLast() } }
        return String(part)
    }

    static func split(_ text: String, _ separator: String?, most: Int, fromRight: Bool) throws -> [String] {
        let most = most < 0 ? Int.max : most
        guard let separator else { return fromRight ? words(text, lastMost: most) : words(text, most: most) }
        guard !separator.isEmpty else { throw TemplateError(.value, "empty separator") }
        let bytes = Array(text.utf8)
        let part = Array(separator.utf8)
        var places = fromRight ? [] : occurrences(of: part, in: bytes, most: most)
        if fromRight {
            var end = bytes.count
            while places.count < most, let place = TextSearch.last(of: part, in: bytes, before: end) {
                places.append(place)
                end = place
            }
            places.reverse()
        }
        var parts: [String] = []
        var from = 0
        for place in places {
            parts.append(String(decoding: bytes[from..<place], as: UTF8.self))
            from = place + part.count
        }
        return parts + [String(decoding: bytes[from...], as: UTF8.self)]
    }

    /// Words between white space; what is left after `most` of them is one more.
    private static func words(_ text: String, most: Int) -> [String] {
        var words: [String] = []
        var rest = text.unicodeScalars[...].drop(while: CodePoint.isSpace)
        while !rest.isEmpty {
            if words.count == most {
                words.append(String(rest))
                break
            }
            let word = rest.prefix { !CodePoint.isSpace($0) }
            words.append(String(word))
            rest = rest[word.endIndex...].drop(while: CodePoint.isSpace)
        }
        return words
    }

    private static func words(_ text: String, lastMost most: Int) -> [String] {
        let reversed = words(String(String.UnicodeScalarView(text.unicodeScalars.reversed())), most: most)
        return reversed.map { String(String.UnicodeScalarView($0.unicodeScalars.reversed())) }.reversed()
    }

    static func lines(_ text: String, keepingEnds: Bool = false) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard isLineEnd(scalar) else {
                line.append(scalar)
                continue
            }
            if keepingEnds { line.append(scalar) }
            if scalar == "\r", rest.first == "\n" {
                rest.removeFirst()
                if keepingEnds { line.append("\n") }
            }
            lines.append(String(line))
            line = String.UnicodeScalarView()
        }
        return line.isEmpty ? lines : lines + [String(line)]
    }

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    private static func partition(_ text: String, _ separator: String, fromRight: Bool) throws -> [String] {
        let parts = try split(text, separator, most: 1, fromRight: fromRight)
        if parts.count == 2 { return [parts[0], separator, parts[1]] }
        return fromRight ? ["", "", text] : [text, "", ""]
    }

    // MARK: Padding

    private static func padded(_ name: String, _ text: String, _ arguments: Arguments) throws -> Value? {
        switch name {
        case "center", "ljust", "rjust":
            let given = try arguments.bound(name, "width", "fillchar?")
            let fill = try given[1].map { try string($0, name) } ?? " "
            guard fill.unicodeScalars.count == 1 else {
                throw TemplateError(.type, "The fill character must be exactly one character long")
            }
            return .string(try TextPadding.pad(text, to: try integer(given[0], name) ?? 0, with: fill, name))
        case "zfill":
            let width = try integer(try arguments.bound(name, "width")[0], name) ?? 0
            let missing = try TextPadding.checked(width - text.unicodeScalars.count)
            let zeros = String(repeating: "0", count: missing)
            guard let sign = text.unicodeScalars.first, sign == "-" || sign == "+" else { return .string(zeros + text) }
            return .string(String(sign) + zeros + String(text.unicodeScalars.dropFirst()))
        case "expandtabs":
            let size = try integer(try arguments.bound(name, "tabsize?")[0], name) ?? 8
            return .string(TextPadding.expanded(text, tab: min(size, 1000)))
        default: return nil
        }
    }

    private static func string(_ value: Value?, _ function: String) throws -> String {
        guard let text = value?.asString else {
            if case .undefined(let undefined)? = value, undefined.behaviour == .strict { throw undefined.error }
            throw TemplateError(.type, "\(function)() argument must be str, not \(value?.typeName ?? "nothing")")
        }
        return text
    }

    private static func integer(_ value: Value?, _ function: String) throws -> Int? {
        guard let value, !value.isNone else { return nil }
        guard let number = value.asInteger else {
            throw TemplateError(.type, "'\(value.typeName)' object cannot be interpreted as an integer")
        }
        return number
    }
}

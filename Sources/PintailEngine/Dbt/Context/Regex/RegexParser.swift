import Jinja

/// Reads the pattern of a regular expression.
struct RegexParser {
    private let scalars: [UInt32]
    private var place = 0
    private(set) var flags: PythonRegex.Flags
    private(set) var groupCount = 0
    private(set) var names: [(name: String, group: Int)] = []
    private var depth = 0

    init(_ pattern: String, _ flags: PythonRegex.Flags) {
        scalars = pattern.unicodeScalars.map(\.value)
        self.flags = flags
    }

    mutating func whole() throws(TemplateError) -> RegexNode {
        let node = try alternatives()
        guard place == scalars.count else { throw mistake("unbalanced parenthesis") }
        return node
    }

    private func mistake(_ what: String) -> TemplateError { TemplateError(.value, "\(what) at position \(place)") }

    private func at(_ character: Unicode.Scalar) -> Bool { place < scalars.count && scalars[place] == character.value }

    private mutating func take(_ text: String) -> Bool {
        let wanted = text.unicodeScalars.map(\.value)
        guard scalars[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private mutating func alternatives() throws(TemplateError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth < 200 else { throw mistake("parentheses are nested too deeply") }
        var all = [try sequence()]
        while take("|") { all.append(try sequence()) }
        return all.count == 1 ? all[0] : .alternatives(all)
    }

    private mutating func sequence() throws(TemplateError) -> RegexNode {
        var nodes: [RegexNode] = []
        while true {
            skipComments()
            guard place < scalars.count, !at("|"), !at(")") else { break }
            guard let node = try item() else { continue }
            nodes.append(try repeated(node))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    /// Blanks and what follows a `#` mean nothing in verbose patterns.
    private mutating func skipComments() {
        guard flags.contains(.verbose) else { return }
        while place < scalars.count {
            if at("#") {
                while place < scalars.count, !at("\n") { place += 1 }
            } else if [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D].contains(scalars[place]) {
                place += 1
            } else {
                return
            }
        }
    }

    private mutating func item() throws(TemplateError) -> RegexNode? {
        let scalar = scalars[place]
        switch Unicode.Scalar(scalar) {
        case "(": return try group()
        case "[":
            place += 1
            return .single(try set())
        case "\\":
            place += 1
            return try escape()
        case ".":
            place += 1
            return .single(.any(newlines: flags.contains(.dotAll)))
        case "^":
            place += 1
            return .place(flags.contains(.multiline) ? .lineStart : .textStart)
        case "$":
            place += 1
            return .place(flags.contains(.multiline) ? .lineEnd : .end)
        case "*", "+", "?": throw mistake("nothing to repeat")
        default:
            place += 1
            return .single(.scalar(scalar, foldsCase: flags.contains(.ignoreCase)))
        }
    }

    // MARK: Repetition

    private mutating func repeated(_ node: RegexNode) throws(TemplateError) -> RegexNode {
        skipComments()
        guard let (least, most) = bounds() else { return node }
        guard least <= most else { throw mistake("min repeat greater than max repeat") }
        if case .place = node { throw mistake("nothing to repeat") }
        var kind = RegexNode.RepetitionKind.greedy
        if take("?") { kind = .lazy } else if take("+") { kind = .possessive }
        let start = place
        skipComments()
        if bounds() != nil { throw mistake("multiple repeat") }
        place = start
        return .repetition(node, least: least, most: most, kind)
    }

    private mutating func bounds() -> (Int, Int)? {
        if take("*") { return (0, Int.max) }
        if take("+") { return (1, Int.max) }
        if take("?") { return (0, 1) }
        guard at("{") else { return nil }
        let start = place
        place += 1
        let least = number()
        if take("}"), let least { return (least, least) }
        if take(",") {
            let most = number()
            if take("}") { return (least ?? 0, most ?? Int.max) }
        }
        // A brace that says no number stands for itself.
        place = start
        return nil
    }

    private mutating func number() -> Int? {
        var value: Int?
        while place < scalars.count, (0x30...0x39).contains(scalars[place]) {
            value = min((value ?? 0) * 10 + Int(scalars[place] - 0x30), 1_000_000)
            place += 1
        }
        return value
    }

    // MARK: Groups

    private mutating func group() throws(TemplateError) -> RegexNode? {
        place += 1
        let outer = flags
        var node: RegexNode?
        if !take("?") {
            node = try captured(nil)
        } else if take(":") {
            node = try alternatives()
        } else if take("P<") {
            node = try captured(name(until: ">"))
        } else if take("P=") {
            let wanted = try name(until: ")")
            guard let known = names.first(where: { $0.name == wanted }) else {
                throw mistake("unknown group name '\(wanted)'")
            }
            return .reference(known.group, foldsCase: flags.contains(.ignoreCase))
        } else if take("=") {
            node = .look(try alternatives(), isBehind: false, isNegative: false)
        } else if take("!") {
            node = .look(try alternatives(), isBehind: false, isNegative: true)
        } else if take("<=") {
            node = .look(try alternatives(), isBehind: true, isNegative: false)
        } else if take("<!") {
            node = .look(try alternatives(), isBehind: true, isNegative: true)
        } else if take(">") {
            node = .atomic(try alternatives())
        } else if take("#") {
            while place < scalars.count, !at(")") { place += 1 }
        } else {
            try readFlags()
            // Without a colon they are meant for all that follows.
            if take(")") { return nil }
            guard take(":") else { throw mistake("unknown extension") }
            node = try alternatives()
        }
        guard take(")") else { throw mistake("missing ), unterminated subpattern") }
        flags = outer
        return node
    }

    private mutating func captured(_ name: String?) throws(TemplateError) -> RegexNode {
        groupCount += 1
        let number = groupCount
        if let name { names.append((name, number)) }
        return .group(number, try alternatives())
    }

    private mutating func name(until end: Unicode.Scalar) throws(TemplateError) -> String {
        var name = String.UnicodeScalarView()
        while place < scalars.count, !at(end) {
            if let scalar = Unicode.Scalar(scalars[place]) { name.append(scalar) }
            place += 1
        }
        guard place < scalars.count, !name.isEmpty else { throw mistake("missing group name") }
        place += 1
        return String(name)
    }

    private mutating func readFlags() throws(TemplateError) {
        var isOff = false
        while place < scalars.count, !at(")"), !at(":") {
            let flag: PythonRegex.Flags
            switch Unicode.Scalar(scalars[place]) {
            case "i": flag = .ignoreCase
            case "m": flag = .multiline
            case "s": flag = .dotAll
            case "x": flag = .verbose
            case "a": flag = .ascii
            case "u", "L": flag = []
            case "-":
                isOff = true
                flag = []
            default: throw mistake("unknown extension")
            }
            if isOff { flags.remove(flag) } else { flags.insert(flag) }
            place += 1
        }
    }

    // MARK: Escapes and sets

    private mutating func escape() throws(TemplateError) -> RegexNode {
        guard place < scalars.count else { throw mistake("bad escape (end of pattern)") }
        switch Unicode.Scalar(scalars[place]) {
        case "A": place += 1; return .place(.textStart)
        case "Z": place += 1; return .place(.textEnd)
        case "b": place += 1; return .place(.wordEdge)
        case "B": place += 1; return .place(.noWordEdge)
        case _ where (0x31...0x39).contains(scalars[place]):
            let group = number() ?? 0
            guard group <= groupCount else { throw mistake("invalid group reference \(group)") }
            return .reference(group, foldsCase: flags.contains(.ignoreCase))
        default: return .single(try escapedSingle())
        }
    }

    private mutating func escapedSingle() throws(TemplateError) -> PythonRegex.Single {
        let scalar = scalars[place]
        let isASCII = flags.contains(.ascii)
        place += 1
        func plain(_ value: UInt32) -> PythonRegex.Single { .scalar(value, foldsCase: flags.contains(.ignoreCase)) }
        switch Unicode.Scalar(scalar) {
        case "d": return .digit(ascii: isASCII)
        case "D": return .not(.digit(ascii: isASCII))
        case "w": return .word(ascii: isASCII)
        case "W": return .not(.word(ascii: isASCII))
        case "s": return .space
        case "S": return .not(.space)
        case "n": return plain(0x0A)
        case "t": return plain(0x09)
        case "r": return plain(0x0D)
        case "f": return plain(0x0C)
        case "v": return plain(0x0B)
        case "a": return plain(0x07)
        case "0": return plain(octal())
        case "x": return plain(try hexadecimal(2))
        case "u": return plain(try hexadecimal(4))
        case "U": return plain(try hexadecimal(8))
        default:
            let isLetter = (0x41...0x5A).contains(scalar) || (0x61...0x7A).contains(scalar)
            guard !isLetter else { throw mistake("bad escape") }
            return plain(scalar)
        }
    }

    private mutating func octal() -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<2 where place < scalars.count && (0x30...0x37).contains(scalars[place]) {
            value = value * 8 + scalars[place] - 0x30
            place += 1
        }
        return value
    }

    private mutating func hexadecimal(_ count: Int) throws(TemplateError) -> UInt32 {
        let digits = scalars[place...].prefix(count).compactMap { Unicode.Scalar($0).map(Character.init) }
        guard digits.count == count, let value = UInt32(String(digits), radix: 16) else {
            throw mistake("incomplete escape")
        }
        place += count
        return value
    }

    private mutating func set() throws(TemplateError) -> PythonRegex.Single {
        let isNegative = take("^")
        var members: [PythonRegex.Single] = []
        var isFirst = true
        while true {
            guard place < scalars.count else { throw mistake("unterminated character set") }
            if at("]"), !isFirst { break }
            isFirst = false
            let member = try setMember()
            if case .scalar(let low, _) = member, at("-"), place + 1 < scalars.count,
                scalars[place + 1] != UInt32(UInt8(ascii: "]"))
            {
                place += 1
                guard case .scalar(let high, _) = try setMember(), high >= low else {
                    throw mistake("bad character range")
                }
                members.append(.range(low, high))
            } else {
                members.append(member)
            }
        }
        place += 1
        return .set(members, isNegative: isNegative, foldsCase: flags.contains(.ignoreCase))
    }

    private mutating func setMember() throws(TemplateError) -> PythonRegex.Single {
        if take("\\") {
            guard place < scalars.count else { throw mistake("unterminated character set") }
            if take("b") { return .scalar(0x08, foldsCase: false) }
            if (0x31...0x37).contains(scalars[place]) { return .scalar(octal(), foldsCase: false) }
            return try escapedSingle()
        }
        place += 1
        return .scalar(scalars[place - 1], foldsCase: false)
    }
}

/// Fills in `${NAME}` and `${NAME:-default}`; `$${` stands for `${` itself.
struct VariableExpansion {
    let variables: [String: String]
    private(set) var problems: [Diagnostic] = []

    init(_ variables: [String: String]) { self.variables = variables }

    /// The tree with every text filled in; what is missing or misspelt is added to `problems`.
    mutating func expanded(_ node: ConfigNode) -> ConfigNode {
        var node = node
        switch node.content {
        case .null: break
        case .sequence(let items): node.content = .sequence(items.map { expanded($0) })
        case .mapping(let entries):
            node.content = .mapping(
                entries.map { entry in
                    var entry = entry
                    entry.value = expanded(entry.value)
                    return entry
                }
            )
        case .scalar(.text(let text)) where text.utf8.contains(0x24): expand(text, in: &node)
        case .scalar: break
        }
        return node
    }

    private mutating func expand(_ text: String, in node: inout ConfigNode) {
        var filling = Filling(text: text, places: node.places, location: node.location, variables: variables)
        filling.run()
        problems += filling.problems
        guard filling.isChanged else { return }
        node.content = .scalar(.text(String(decoding: filling.result, as: UTF8.self)))
        node.variables = filling.names
        node.places = node.places.map { TextPlaces(file: $0.file, anchors: filling.anchors) }
    }
}

/// One text being filled in.
private struct Filling {
    let text: String
    let places: TextPlaces?
    let location: SourceLocation
    let variables: [String: String]
    private let bytes: [UInt8]
    private(set) var result: [UInt8] = []
    private(set) var anchors: [TextPlaces.Anchor] = []
    private(set) var names: [String] = []
    private(set) var problems: [Diagnostic] = []
    private(set) var isChanged = false

    init(text: String, places: TextPlaces?, location: SourceLocation, variables: [String: String]) {
        self.text = text
        self.places = places
        self.location = location
        self.variables = variables
        bytes = Array(text.utf8)
    }

    mutating func run() {
        var position = 0
        var literalStart = 0
        while position < bytes.count {
            if bytes[position...].starts(with: Array("$${".utf8)) {
                // Both dollars are passed over; the second one and the brace stay.
                copy(literalStart..<position)
                isChanged = true
                literalStart = position + 1
                position += 3
            } else if bytes[position...].starts(with: Array("${".utf8)) {
                copy(literalStart..<position)
                position = fill(from: position)
                literalStart = position
            } else {
                position += 1
            }
        }
        copy(literalStart..<bytes.count)
    }

    private mutating func copy(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if let places {
            anchors.append(places.anchor(at: range.lowerBound, in: text, as: result.count))
            anchors += places.anchors(inside: range, movedTo: result.count)
        }
        result += bytes[range]
    }

    /// Fills in the variable at `start`, and returns where the text goes on.
    private mutating func fill(from start: Int) -> Int {
        isChanged = true
        guard let end = closingBrace(from: start + 2) else {
            report(
                "'${' is never closed",
                from: start,
                to: start + 2,
                hint: "write $${ for the two characters themselves"
            )
            return bytes.count
        }
        let inside = String(decoding: bytes[(start + 2)..<end], as: UTF8.self)
        if let value = value(of: inside, from: start, to: end + 1, depth: 0) {
            if let places { anchors.append(places.anchor(at: start, in: text, as: result.count, isFixed: true)) }
            result += Array(value.utf8)
        }
        return end + 1
    }

    private func closingBrace(from start: Int) -> Int? {
        var depth = 1
        for index in start..<max(start, bytes.count) {
            if bytes[index] == 0x7B, bytes[index - 1] == 0x24 { depth += 1 }
            if bytes[index] == 0x7D { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    private mutating func value(of inside: String, from start: Int, to end: Int, depth: Int) -> String? {
        let name = String(inside.prefix { $0 != ":" })
        let rest = inside.dropFirst(name.count)
        guard isName(name), rest.isEmpty || rest.hasPrefix(":-") else {
            report(
                "'${\(name.prefix { $0.isLetter || $0.isNumber || $0 == "_" })…}' does not name a variable",
                from: start,
                to: end,
                hint: "write ${NAME} or ${NAME:-default}, or $${ for the two characters themselves"
            )
            return nil
        }
        names.append(name)
        if let value = variables[name], rest.isEmpty || !value.isEmpty { return value }
        guard rest.isEmpty else { return defaultValue(String(rest.dropFirst(2)), from: start, to: end, depth: depth) }
        report(
            "the variable '\(name)' is not set",
            from: start,
            to: end,
            hint: didYouMean(name, among: variables.keys)
                ?? "set it in the environment or in .env, or give a default: ${\(name):-…}"
        )
        return nil
    }

    /// A default may be made of variables itself.
    private mutating func defaultValue(_ text: String, from start: Int, to end: Int, depth: Int) -> String? {
        guard text.contains("${"), depth < 10 else { return text }
        var inner = Filling(text: text, places: nil, location: location, variables: variables)
        inner.run()
        names += inner.names
        for problem in inner.problems { report(problem.message, from: start, to: end, hint: problem.hint ?? "") }
        return inner.problems.isEmpty ? String(decoding: inner.result, as: UTF8.self) : nil
    }

    private func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.unicodeScalars.allSatisfy {
            $0 == "_" || ($0.isASCII && $0.properties.isAlphabetic) || ("0"..."9").contains($0)
        }
    }

    private mutating func report(_ message: String, from start: Int, to end: Int, hint: String) {
        var place = places?.place(of: start, in: text) ?? location
        if places != nil { place.length = bytes[start..<end].count { $0 & 0xC0 != 0x80 } }
        problems.append(Diagnostic(message, at: place, hint: hint))
    }
}

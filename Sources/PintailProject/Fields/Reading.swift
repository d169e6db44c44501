/// The state of reading one file into values: where we are, what is wrong so far, where each field was written.
final class Reading {
    /// What a reader may need to know of the project around it.
    struct Surroundings {
        /// The declared connections.
        var connections: [String: ConnectionSettings] = [:]
        /// False when the project's file could not be read: then no connection is said to be undeclared.
        var connectionsAreKnown = true
        /// Where files that are named in a pipeline are read from.
        var files: ProjectFiles
        /// What `${NAME}` in them is filled in with.
        var variables: [String: String] = [:]
    }

    var surroundings: Surroundings
    private(set) var problems: [Diagnostic] = []
    /// The steps in which something is wrong.
    var unsound: [UnsoundStep] = []
    /// The places of the step that is being read.
    private(set) var places = FieldLocations()
    private var path: [String] = []
    /// Whether what is read here must never be shown.
    private var isSecret = false

    init(_ surroundings: Surroundings) { self.surroundings = surroundings }

    /// How much is wrong so far.
    var mistakes: Int { problems.count { $0.severity == .error } }

    func report(_ message: String, at location: SourceLocation?, hint: String? = nil) {
        problems.append(Diagnostic(message, at: location, hint: hint))
    }

    func warn(_ message: String, at location: SourceLocation?, hint: String? = nil) {
        problems.append(Diagnostic(message, at: location, hint: hint, severity: .warning))
    }

    /// Says what was wanted and what was found, in words that give no secret away.
    func reportMismatch(_ node: ConfigNode, wanted: String, hint: String? = nil) {
        report(
            "\(subject) must be \(wanted), not \(node.found(isSecret: isSecret))",
            at: node.location,
            hint: hint ?? path.last.flatMap(node.splitHint) ?? node.typeHint(wanted: wanted)
        )
    }

    /// Whether nothing has been descended into.
    var isAtTop: Bool { path.isEmpty }

    /// The field being read, as it is named in a message.
    var subject: String {
        guard let last = path.last else { return "the file" }
        if Int(last) != nil, path.count > 1 { return "each item of '\(path[path.count - 2])'" }
        return "'\(last)'"
    }

    /// Reads a field's or an item's value one level down, and notes its place.
    func descend<Value>(
        to key: String,
        keyLocation: SourceLocation? = nil,
        into node: ConfigNode,
        isSecret: Bool = false,
        _ body: () -> Value
    ) -> Value {
        path.append(key)
        let wasSecret = self.isSecret
        self.isSecret = wasSecret || isSecret
        defer {
            path.removeLast()
            self.isSecret = wasSecret
        }
        note(node, keyLocation: keyLocation)
        return body()
    }

    /// Reads a step, whose places are its own.
    func scoped<Value>(_ body: () -> Value) -> (Value, FieldLocations) {
        let outer = (places, path)
        places = FieldLocations()
        path = []
        defer { (places, path) = outer }
        let value = body()
        return (value, places)
    }

    /// States the place of a path of the step, besides those noted in passing.
    func note(_ node: ConfigNode, at path: String) {
        places.places[path] = node.location
        if let text = node.places { places.texts[path] = text }
    }

    func note(at location: SourceLocation, _ path: String) { places.places[path] = location }

    func note(_ text: TextPlaces, at path: String) {
        places.texts[path] = text
        places.places[path] = text.place(of: 0, in: "")
    }

    private func note(_ node: ConfigNode, keyLocation: SourceLocation?) {
        let path = self.path.joined(separator: ".")
        note(node, at: path)
        guard let keyLocation else { return }
        places.keys[path] = keyLocation
        // A collection begins with a sign or with its first item: its key is the better place to point at.
        switch node.content {
        case .sequence, .mapping: places.places[path] = keyLocation
        case .null, .scalar: break
        }
    }
}

extension ConfigNode {
    /// What was found, as a message names it; the content only where it cannot be a secret.
    fileprivate func found(isSecret: Bool) -> String {
        switch content {
        case .null: return "nothing"
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let scalar):
            let isHidden = isSecret || !variables.isEmpty
            switch scalar {
            case .boolean(let value): return isHidden ? "a boolean" : "\(value)"
            case .integer(let value): return isHidden ? "a number" : "the number \(value)"
            case .number(let value): return isHidden ? "a number" : "the number \(value)"
            case .text(let text):
                if let name = variables.first { return "the value of ${\(name)}" }
                return isHidden ? "a text" : "the text '\(Self.shortened(text))'"
            }
        }
    }

    private static func shortened(_ text: String) -> String {
        let line = SecretMask.masked(String(text.prefix { !$0.isNewline }))
        return line.count > 40 ? line.prefix(40) + "…" : line
    }

    /// Where `{amount: decimal(12,2)}` was taken apart at its comma, `2)` is a key without a value.
    fileprivate func splitHint(key: String) -> String? {
        guard case .null = content, let end = key.last, ")]".contains(end) else { return nil }
        return "inside { } a comma ends a value: put the one before it in quotes, as in \"decimal(12,2)\""
    }

    fileprivate func typeHint(wanted: String) -> String? {
        switch content {
        case .scalar(.text(let text)) where wanted == "a mapping" && text.hasPrefix("postgres"):
            return "an address stands under 'url', as in {url: \"${DATABASE_URL}\"}"
        case .null: return "give it a value, or remove the key"
        case .scalar(.text(let text)) where wanted.hasPrefix("true or false"):
            let words = ["yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"]
            if variables.isEmpty, text == "true" || text == "false" { return "write it without quotes" }
            return words[text.lowercased()].map { "write \($0): '\(text)' is a text here" }
        case .scalar(.text(let text)) where !isPlain && variables.isEmpty && wanted.contains("number"):
            return ScalarResolution.number(text) == nil ? nil : "write it without quotes"
        case .scalar(.integer), .scalar(.number), .scalar(.boolean):
            return wanted.hasPrefix("a text") ? "put it in quotes" : nil
        default: return nil
        }
    }
}

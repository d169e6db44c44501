/// Makes the tree of a YAML file: one document, anchors filled in, merge keys merged, no key twice.
struct YAMLTree: ~Copyable {
    private var events: YAMLEvents
    private let file: SourceFile
    private var anchors: [String: ConfigNode] = [:]
    /// Anchors whose value is still being read.
    private var open: Set<String> = []
    private var problems: [Diagnostic] = []
    private var values = 0

    /// The tree of a file; an empty file is a null.
    ///
    /// - Throws: ``Diagnostics``: the syntax error that ended the reading, or all keys that occur twice.
    static func parse(_ file: SourceFile) throws(Diagnostics) -> (root: ConfigNode, warnings: [Diagnostic]) {
        let result: Result<(ConfigNode, [Diagnostic]), Diagnostics> = unsafe file.bytes.withUnsafeBufferPointer {
            bytes in
            do throws(Diagnostic) {
                var tree = YAMLTree(events: try unsafe YAMLEvents(bytes, of: file), file: file)
                let root = try tree.document()
                let errors = tree.problems.filter { $0.severity == .error }
                return errors.isEmpty ? .success((root, tree.problems)) : .failure(Diagnostics(tree.problems))
            } catch {
                return .failure(Diagnostics([error]))
            }
        }
        let (root, warnings) = try result.get()
        return (root, warnings)
    }

    private init(events: consuming YAMLEvents, file: SourceFile) {
        self.events = events
        self.file = file
    }

    private mutating func document() throws(Diagnostic) -> ConfigNode {
        guard case .documentStart = try events.next() else {
            return ConfigNode(content: .null, location: file.location(scalar: 0))
        }
        let root = try node(of: try events.next(), depth: 0)
        try events.endDocument()
        return root
    }

    private mutating func node(of event: YAMLEvent, depth: Int) throws(Diagnostic) -> ConfigNode {
        let location = file.location(scalar: events.start, length: 1)
        values += 1
        guard depth < ConfigLimits.depth else {
            throw Diagnostic("this is nested more than \(ConfigLimits.depth) levels deep", at: location)
        }
        try limitValues(at: location)
        switch event {
        case .alias(let name): return try alias(name)
        case .scalar(let scalar): return remember(self.scalar(scalar), as: scalar.anchor)
        case .sequenceStart(let anchor, let tag):
            noteTag(tag, at: location)
            if let anchor { open.insert(anchor) }
            return remember(try sequence(at: location, depth: depth), as: anchor)
        case .mappingStart(let anchor, let tag):
            noteTag(tag, at: location)
            if let anchor { open.insert(anchor) }
            return remember(try mapping(at: location, depth: depth), as: anchor)
        case .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            return ConfigNode(content: .null, location: location)
        }
    }

    private mutating func remember(_ node: ConfigNode, as anchor: String?) -> ConfigNode {
        guard let anchor else { return node }
        open.remove(anchor)
        anchors[anchor] = node
        return node
    }

    private func limitValues(at location: SourceLocation) throws(Diagnostic) {
        guard values > ConfigLimits.values else { return }
        throw Diagnostic(
            "this file grows beyond \(ConfigLimits.values) values",
            at: location,
            hint: "aliases of aliases multiply; write out what is needed"
        )
    }

    private mutating func alias(_ name: String) throws(Diagnostic) -> ConfigNode {
        let location = file.location(scalar: events.start, length: events.end - events.start)
        if open.contains(name) {
            throw Diagnostic("'*\(name)' stands inside '&\(name)' and would hold itself", at: location)
        }
        guard let node = anchors[name] else {
            throw Diagnostic(
                "no '&\(name)' comes before this '*\(name)'",
                at: location,
                hint: didYouMean(name, among: anchors.keys)
            )
        }
        values += node.count(upTo: ConfigLimits.values + 1)
        try limitValues(at: location)
        return node
    }
}

extension YAMLTree {
    private mutating func sequence(at location: SourceLocation, depth: Int) throws(Diagnostic) -> ConfigNode {
        var items: [ConfigNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event { break }
            items.append(try node(of: event, depth: depth + 1))
        }
        return ConfigNode(content: .sequence(items), location: location)
    }

    private mutating func mapping(at location: SourceLocation, depth: Int) throws(Diagnostic) -> ConfigNode {
        var entries: [ConfigEntry] = []
        var places: [String: SourceLocation] = [:]
        var merged: [ConfigEntry] = []
        while true {
            let event = try events.next()
            if case .mappingEnd = event { break }
            let (key, keyLocation) = try self.key(event, depth: depth + 1)
            let value = try node(of: try events.next(), depth: depth + 1)
            if key == "<<" {
                merged += try mergeable(value, at: keyLocation)
            } else if let first = places[key] {
                problems.append(Self.duplicate(key, at: keyLocation, first: first))
            } else {
                places[key] = keyLocation
                entries.append(ConfigEntry(key: key, keyLocation: keyLocation, value: value))
            }
        }
        for entry in merged where places[entry.key] == nil {
            places[entry.key] = entry.keyLocation
            entries.append(entry)
        }
        return ConfigNode(content: .mapping(entries), location: location)
    }

    private static func duplicate(_ key: String, at location: SourceLocation, first: SourceLocation) -> Diagnostic {
        Diagnostic(
            "'\(key)' is given twice",
            at: location,
            hint: "it is first given at \(first.file):\(first.line):\(first.column)"
        )
    }

    private mutating func key(_ event: YAMLEvent, depth: Int) throws(Diagnostic) -> (String, SourceLocation) {
        let node = try node(of: event, depth: depth)
        switch (event, node.content) {
        case (.scalar(let scalar), _): return (scalar.value, node.location)
        case (_, .scalar(.text(let text))): return (text, node.location)
        default:
            let line = file.line(node.location.line) ?? ""
            throw Diagnostic(
                "a key must be a text",
                at: node.location,
                hint: line.contains("{{") ? "a text that begins with '{{' needs quotes" : "quote it if it is one"
            )
        }
    }

    private func mergeable(_ node: ConfigNode, at location: SourceLocation) throws(Diagnostic) -> [ConfigEntry] {
        switch node.content {
        case .mapping(let entries): return entries
        case .sequence(let items):
            var entries: [ConfigEntry] = []
            for item in items {
                guard let more = item.entries else { fallthrough }
                entries += more
            }
            return entries
        default:
            throw Diagnostic("'<<' merges a mapping or a list of mappings", at: location, hint: "as in <<: *defaults")
        }
    }

    private mutating func scalar(_ scalar: YAMLEvent.Scalar) -> ConfigNode {
        let start = self.start(of: scalar)
        let end = file.location(scalar: events.end)
        let places = ScalarWalk.places(of: scalar.value, in: file, from: start, to: end, style: scalar.style)
        let blank = scalar.style == .literal ? scalar.value.utf8.prefix { $0 == 0x0A }.count : 0
        let first = scalar.value.isEmpty ? start : places.place(of: blank, in: scalar.value)
        var node = ConfigNode(content: .null, location: first, places: places, isPlain: scalar.style == .plain)
        node.location.length = length(of: scalar, from: first, to: end)
        node.content = content(of: scalar, at: first)
        return node
    }

    /// Behind an anchor and a tag, which libyaml counts in.
    private func start(of scalar: YAMLEvent.Scalar) -> SourceLocation {
        var index = events.start
        guard scalar.anchor != nil || scalar.tag != nil else { return file.location(scalar: index) }
        let (from, to) = (file.location(scalar: index), file.location(scalar: events.end))
        var rest = file.scalars(fromLine: from.line, column: from.column, toLine: to.line, column: to.column)[...]
        while rest.first == "&" || rest.first == "!" {
            rest = rest.drop { !$0.properties.isWhitespace }.drop { $0.properties.isWhitespace }
        }
        index = events.end - rest.count
        return file.location(scalar: index)
    }

    /// A text's first line is underlined, without its quotes.
    private func length(
        of scalar: YAMLEvent.Scalar,
        from first: SourceLocation,
        to end: SourceLocation
    ) -> Int {
        let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
        if scalar.value.isEmpty { return isQuoted ? 2 : 1 }
        if first.line == end.line { return max(1, end.column - first.column - (isQuoted ? 1 : 0)) }
        let line = file.line(first.line) ?? ""
        return max(1, line.unicodeScalars.count - first.column + 1)
    }

    private mutating func content(of scalar: YAMLEvent.Scalar, at location: SourceLocation) -> ConfigNode.Content {
        let core = "tag:yaml.org,2002:"
        switch scalar.tag {
        case core + "str": return .scalar(.text(scalar.value))
        case core + "int", core + "float", core + "bool", core + "null":
            return ScalarResolution.resolve(scalar.value)
        default:
            noteTag(scalar.tag, at: location)
            return scalar.style == .plain ? ScalarResolution.resolve(scalar.value) : .scalar(.text(scalar.value))
        }
    }

    /// The language's own tags say what is so anyway; others would be silently without effect.
    private mutating func noteTag(_ tag: String?, at location: SourceLocation) {
        guard let tag, !tag.hasPrefix("tag:yaml.org,2002:"), tag != "!" else { return }
        problems.append(
            Diagnostic(
                "the tag '\(tag)' has no meaning here and is passed over",
                at: location,
                hint: "remove it",
                severity: .warning
            )
        )
    }
}

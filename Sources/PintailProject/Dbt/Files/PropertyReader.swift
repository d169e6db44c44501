/// Reads YAML as dbt does, that is as PyYAML: YAML 1.1's words and numbers, and of a key given twice the last value.
struct PropertyReader: ~Copyable {
    private var events: YAMLEvents
    private let file: SourceFile
    private var anchors: [String: PropertyNode] = [:]
    private var values = 0

    /// The tree of a file; an empty file is a null.
    ///
    /// - Throws: the ``Diagnostic`` that ended the reading.
    static func read(_ file: SourceFile) throws(Diagnostic) -> PropertyDocument {
        let result: Result<PropertyNode, Diagnostic> = unsafe file.bytes.withUnsafeBufferPointer { whole in
            // dbt reads files without the blanks at their end: a text that ends there has no last line feed.
            let count = (unsafe whole.lastIndex { $0 > 0x20 }).map { $0 + 1 } ?? 0
            let bytes = unsafe UnsafeBufferPointer(rebasing: whole[..<count])
            do throws(Diagnostic) {
                var reader = PropertyReader(events: try unsafe YAMLEvents(bytes, of: file), file: file)
                return .success(try reader.document())
            } catch {
                return .failure(error)
            }
        }
        return PropertyDocument(file: file, root: try result.get())
    }

    private init(events: consuming YAMLEvents, file: SourceFile) {
        self.events = events
        self.file = file
    }

    private mutating func document() throws(Diagnostic) -> PropertyNode {
        guard case .documentStart = try events.next() else {
            return PropertyNode(content: .scalar(.null), start: 0)
        }
        let root = try node(of: try events.next(), depth: 0)
        try events.endDocument()
        return root
    }

    private mutating func node(of event: YAMLEvent, depth: Int) throws(Diagnostic) -> PropertyNode {
        let start = Int32(events.start)
        values += 1
        guard depth < ConfigLimits.depth, values < ConfigLimits.values * 10 else {
            throw Diagnostic("this is nested too deeply or grows too large", at: file.location(scalar: events.start))
        }
        switch event {
        case .alias(let name):
            guard let node = anchors[name] else {
                throw Diagnostic(
                    "no '&\(name)' comes before this '*\(name)'",
                    at: file.location(scalar: events.start, length: events.end - events.start),
                    hint: didYouMean(name, among: anchors.keys)
                )
            }
            values += node.count
            return node
        case .scalar(let scalar):
            let length = max(1, min(events.end - events.start, scalar.value.utf8.count + 2))
            let node = PropertyNode(content: .scalar(Self.value(of: scalar)), start: start, length: Int32(length))
            if let anchor = scalar.anchor { anchors[anchor] = node }
            return node
        case .sequenceStart(let anchor, _):
            var items: [PropertyNode] = []
            while true {
                let event = try events.next()
                if case .sequenceEnd = event { break }
                items.append(try node(of: event, depth: depth + 1))
            }
            return remember(PropertyNode(content: .sequence(items), start: start), as: anchor)
        case .mappingStart(let anchor, _):
            let entries = try mapping(depth: depth)
            return remember(PropertyNode(content: .mapping(entries), start: start), as: anchor)
        case .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            return PropertyNode(content: .scalar(.null), start: start)
        }
    }

    private mutating func remember(_ node: PropertyNode, as anchor: String?) -> PropertyNode {
        if let anchor { anchors[anchor] = node }
        return node
    }

    private mutating func mapping(depth: Int) throws(Diagnostic) -> [PropertyEntry] {
        var entries: [PropertyEntry] = []
        var merged: [PropertyEntry] = []
        while true {
            let event = try events.next()
            if case .mappingEnd = event { break }
            let keyStart = Int32(events.start)
            let key = try self.key(event, depth: depth + 1)
            let value = try node(of: try events.next(), depth: depth + 1)
            if key == "<<" {
                merged += value.entries ?? value.items?.flatMap { $0.entries ?? [] } ?? []
            } else if let place = entries.firstIndex(where: { $0.key == key }) {
                entries[place] = PropertyEntry(key: key, keyStart: keyStart, value: value)
            } else {
                entries.append(PropertyEntry(key: key, keyStart: keyStart, value: value))
            }
        }
        for entry in merged where !entries.contains(where: { $0.key == entry.key }) { entries.append(entry) }
        return entries
    }

    private mutating func key(_ event: YAMLEvent, depth: Int) throws(Diagnostic) -> String {
        if case .scalar(let scalar) = event { return scalar.value }
        let node = try node(of: event, depth: depth)
        let location = file.location(scalar: Int(node.start))
        let line = file.line(location.line) ?? ""
        throw Diagnostic(
            "a key must be a text",
            at: location,
            hint: line.contains("{{") ? "a text that begins with '{{' needs quotes" : "quote it if it is one"
        )
    }

    private static func value(of scalar: YAMLEvent.Scalar) -> ConfigValue {
        let core = "tag:yaml.org,2002:"
        if let tag = scalar.tag, tag.hasPrefix(core) {
            return tag == core + "str" ? .string(scalar.value) : YAMLWords.value(of: scalar.value)
        }
        return scalar.style == .plain ? YAMLWords.value(of: scalar.value) : .string(scalar.value)
    }
}

extension PropertyNode {
    /// Values in it, itself included.
    fileprivate var count: Int {
        switch content {
        case .scalar: 1
        case .sequence(let items): items.reduce(1) { $0 + $1.count }
        case .mapping(let entries): entries.reduce(1) { $0 + $1.value.count }
        }
    }
}

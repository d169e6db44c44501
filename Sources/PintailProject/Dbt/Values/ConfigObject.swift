/// Keys with values in the order they were written.
///
/// Most have a handful of keys, which are found by going through them; large ones keep an index.
package struct ConfigObject: Sendable {
    private var entries: [(key: String, value: ConfigValue)] = []
    private var places: [String: Int]?

    /// No entries.
    package init() {}

    /// Entries in their order; of a key that is given twice the last value counts.
    package init(_ entries: [(String, ConfigValue)]) {
        for (key, value) in entries { self[key] = value }
    }

    /// More keys than this are worth an index.
    private static let fewKeys = 12

    /// The keys in order.
    package var keys: [String] { entries.map(\.key) }

    /// The values in order.
    package var values: [ConfigValue] { entries.map(\.value) }

    /// The value of a key; giving nil takes the entry out.
    package subscript(key: String) -> ConfigValue? {
        get { place(of: key).map { entries[$0].value } }
        set {
            guard let newValue else {
                remove(key)
                return
            }
            if let place = place(of: key) {
                entries[place].value = newValue
            } else {
                entries.append((key, newValue))
                places?[key] = entries.count - 1
                if places == nil, entries.count > Self.fewKeys { index() }
            }
        }
    }

    /// Takes out an entry and gives its value.
    @discardableResult
    package mutating func remove(_ key: String) -> ConfigValue? {
        guard let place = place(of: key) else { return nil }
        let value = entries.remove(at: place).value
        if places != nil { index() }
        return value
    }

    /// This with the entries of another in their keys' places or behind.
    package func merging(_ other: ConfigObject) -> ConfigObject {
        var merged = self
        for (key, value) in other { merged[key] = value }
        return merged
    }

    private mutating func index() {
        places = Dictionary(entries.enumerated().map { ($1.key, $0) }) { $1 }
    }

    private func place(of key: String) -> Int? {
        if let places { return places[key] }
        return entries.firstIndex { $0.key == key }
    }
}

extension ConfigObject: RandomAccessCollection {
    /// The first entry.
    package var startIndex: Int { 0 }
    /// Behind the last entry.
    package var endIndex: Int { entries.count }
    /// The entry at a place.
    package subscript(place: Int) -> (key: String, value: ConfigValue) { entries[place] }
}

extension ConfigObject: Hashable {
    /// Equal with the same entries, whatever their order.
    package static func == (one: ConfigObject, other: ConfigObject) -> Bool {
        one.count == other.count && one.allSatisfy { other[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for key in keys.sorted() {
            hasher.combine(key)
            hasher.combine(self[key])
        }
    }
}

extension ConfigObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral entries: (String, ConfigValue)...) { self.init(entries) }
}

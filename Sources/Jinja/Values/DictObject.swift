/// A dictionary that keeps the order of insertion and is shared by everything that names it.
package final class DictObject {
    /// Entries in order; removed ones leave a gap until the next sweep.
    private var entries: ContiguousArray<Entry?> = []
    /// Places in `entries`; small dictionaries are searched without.
    private var places: [Key: Int] = [:]
    /// How many entries it has.
    package private(set) var count = 0

    private struct Entry {
        let key: Key
        var value: Value
    }

    /// An empty dictionary.
    package init() {}

    /// A dictionary with the entries of another.
    package init(copying other: DictObject) {
        entries = other.entries
        places = other.places
        count = other.count
    }

    /// Whether it has no entry.
    package var isEmpty: Bool { count == 0 }

    /// The value of a key that is a string.
    package subscript(_ name: String) -> Value? {
        get { self[Key(name)] }
        set { self[Key(name)] = newValue }
    }

    /// The value of a key.
    package subscript(_ key: Key) -> Value? {
        get { places[key].flatMap { entries[$0]?.value } }
        set {
            guard let newValue else {
                remove(key)
                return
            }
            if let place = places[key] {
                entries[place]?.value = newValue
            } else {
                places[key] = entries.count
                entries.append(Entry(key: key, value: newValue))
                count += 1
            }
        }
    }

    /// Takes out an entry and gives its value.
    @discardableResult
    package func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        let value = entries[place]?.value
        entries[place] = nil
        count -= 1
        sweep()
        return value
    }

    /// Takes out the last entry.
    func removeLast() -> (Value, Value)? {
        guard let last = entries.last(where: { $0 != nil }), let last else { return nil }
        remove(last.key)
        return (last.key.value, last.value)
    }

    /// Takes out everything.
    package func removeAll() {
        entries = []
        places = [:]
        count = 0
    }

    private func sweep() {
        while let last = entries.last, last == nil { entries.removeLast() }
        guard entries.count > 2 * count + 8 else { return }
        entries = ContiguousArray(entries.filter { $0 != nil })
        for (place, entry) in entries.enumerated() { if let entry { places[entry.key] = place } }
    }

    /// The keys in order.
    package var keys: [Value] { entries.compactMap { $0?.key.value } }

    /// The values in order.
    package var values: [Value] { entries.compactMap { $0?.value } }

    /// Keys and values in order.
    package var items: [(key: Value, value: Value)] { entries.compactMap { $0.map { ($0.key.value, $0.value) } } }

    /// The next entry at or after a place, and the place behind it.
    func entry(from place: Int) -> (key: Value, value: Value, next: Int)? {
        var place = place
        while place < entries.count {
            if let entry = entries[place] { return (entry.key.value, entry.value, place + 1) }
            place += 1
        }
        return nil
    }
}

extension DictObject {
    /// A value that can be found again: compared as Python compares, where 1, 1.0 and true are one key.
    package struct Key: Hashable {
        /// What was given as the key.
        package let value: Value

        /// A key that is a string.
        package init(_ name: String) { value = .string(name) }

        /// Any value that can be a key.
        ///
        /// - Throws: ``TemplateError`` of kind type for lists, dictionaries and what contains them.
        package init(of value: Value) throws {
            try value.requireHashable()
            self.value = value
        }

        package static func == (one: Key, other: Key) -> Bool {
            if case .string(let one) = one.value, case .string(let other) = other.value { return sameText(one, other) }
            return one.value.isEqual(to: other.value)
        }

        package func hash(into hasher: inout Hasher) { value.hash(into: &hasher) }
    }
}

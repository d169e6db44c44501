import Jinja
import PintailProject
import Synchronization

/// What templates of one node leave in `graph` for those of others: dbt gives all of them one dictionary, and packages
/// keep there between nodes what they write at a run's end.
///
/// Every node has a copy of its own, as nodes render at the same time; what it changed is put to what others changed.
final class GraphNotes: Sendable {
    private let notes = Mutex<[String: SharedValue]>([:])

    /// Puts the notes so far into a node's graph, and says what they were.
    func enter(_ graph: DictObject) -> [String: SharedValue] {
        let known = notes.withLock { $0 }
        for (name, value) in known { graph[name] = value.value }
        return known
    }

    /// Takes over what a node's templates changed since they were given `known`.
    func leave(_ graph: DictObject, givenBefore known: [String: SharedValue]) {
        var changed: [String: SharedValue] = [:]
        for (key, value) in graph.items {
            guard let name = key.asString, !GraphValue.parts.contains(name) else { continue }
            let now = SharedValue(value)
            if now != known[name] { changed[name] = now }
        }
        guard !changed.isEmpty else { return }
        notes.withLock { notes in
            for (name, value) in changed { notes[name] = value.merged(into: notes[name], since: known[name]) }
        }
    }
}

/// A value of templates that can be handed from thread to thread.
indirect enum SharedValue: Hashable, Sendable {
    case plain(ConfigValue)
    case list([SharedValue])
    case dict([SharedEntry])
    case relation(Relation)
    case time(CalendarTime, Zone?)
    case date(CalendarTime)
    /// Microseconds.
    case span(Int64)
    case number(Int128, scale: Int)

    struct SharedEntry: Hashable, Sendable {
        let key: SharedValue
        let value: SharedValue
    }

    /// A copy of a value; what has no other form is kept as its text.
    init(_ value: Value) {
        switch value {
        case .list(let list): self = .list(list.values.map { SharedValue($0) })
        case .tuple(let values): self = .list(values.map { SharedValue($0) })
        case .dict(let dict):
            self = .dict(dict.items.map { SharedEntry(key: SharedValue($0.key), value: SharedValue($0.value)) })
        case .object(let object as RelationObject): self = .relation(object.relation)
        case .object(let object as DateTimeValue): self = .time(object.civil, object.zone)
        case .object(let object as DateValue): self = .date(object.civil)
        case .object(let object as TimeSpan): self = .span(object.microseconds)
        case .object(let object as DecimalNumber) where object.double.isFinite:
            self = .number(object.mantissa, scale: object.scale)
        default: self = .plain(ConfigValue(value))
        }
    }

    /// The value, made anew.
    var value: Value {
        switch self {
        case .plain(let plain): return plain.templateValue
        case .list(let items): return .list(of: items.map(\.value))
        case .dict(let entries):
            let dict = DictObject()
            for entry in entries { if let key = try? DictObject.Key(of: entry.key.value) { dict[key] = entry.value.value } }
            return .dict(dict)
        case .relation(let relation): return .object(RelationObject(relation))
        case .time(let civil, let zone): return .object(DateTimeValue(civil, zone: zone))
        case .date(let civil): return .object(DateValue(civil))
        case .span(let microseconds): return .object(TimeSpan(microseconds: microseconds))
        case .number(let mantissa, let scale): return .object(DecimalNumber(mantissa, scale: scale))
        }
    }

    /// This value with what others changed since both began with `base`.
    ///
    /// Dictionaries are put together key by key, and what was appended to a list is appended; of anything else the last
    /// change counts.
    func merged(into current: SharedValue?, since base: SharedValue?) -> SharedValue {
        guard let current, current != base, current != self else { return self }
        switch (self, current) {
        case (.dict(let mine), .dict(let theirs)): return Self.merge(mine, theirs, base?.entries ?? [])
        case (.list(let mine), .list(let theirs)):
            guard case .list(let before)? = base, mine.starts(with: before) else { return self }
            return .list(theirs + mine.dropFirst(before.count))
        default: return self
        }
    }

    private var entries: [SharedEntry] {
        if case .dict(let entries) = self { entries } else { [] }
    }

    private static func merge(_ mine: [SharedEntry], _ theirs: [SharedEntry], _ base: [SharedEntry]) -> SharedValue {
        let before = Dictionary(base.map { ($0.key, $0.value) }) { $1 }
        let own = Dictionary(mine.map { ($0.key, $0.value) }) { $1 }
        let known = Set(theirs.map(\.key))
        var merged: [SharedEntry] = []
        for entry in theirs {
            guard let value = own[entry.key] else {
                // Taken out here, unless it is new there.
                if before[entry.key] == nil { merged.append(entry) }
                continue
            }
            let isChanged = value != before[entry.key]
            let kept = isChanged ? value.merged(into: entry.value, since: before[entry.key]) : entry.value
            merged.append(SharedEntry(key: entry.key, value: kept))
        }
        return .dict(merged + mine.filter { !known.contains($0.key) && before[$0.key] != $0.value })
    }
}

import Jinja

extension PythonRegex {
    /// Where a pattern was found: start and end of the whole and of each group, by scalars.
    struct Found {
        let slots: [Int]

        var start: Int { slots[0] }
        var end: Int { slots[1] }

        /// The place of a group; nil for one that took no part.
        func group(_ number: Int) -> Range<Int>? {
            let (start, end) = (slots[2 * number], slots[2 * number + 1])
            return start >= 0 && end >= start ? start..<end : nil
        }
    }

    /// How far a match must reach.
    enum Extent { case anywhere, atStart, whole }

    /// The first match at or behind a place.
    ///
    /// - Parameter mustAdvance: whether an empty match at `start` does not count.
    func find(
        in text: [UInt32],
        from start: Int = 0,
        _ extent: Extent = .anywhere,
        mustAdvance: Bool = false
    ) throws(TemplateError) -> Found? {
        var machine = RegexMachine(self, text)
        machine.mustReachEnd = extent == .whole
        for place in start...max(start, text.count) {
            if let first, extent == .anywhere {
                guard place < text.count else { return nil }
                guard first.contains(where: { $0.matches(text[place]) }) else { continue }
            }
            machine.forbiddenEnd = mustAdvance && place == start ? start : nil
            if let end = try machine.run(from: 0, at: place) {
                return Found(slots: [place, end] + machine.slots[2..<(2 * (groupCount + 1))])
            }
            if extent != .anywhere { return nil }
        }
        return nil
    }

    /// All matches, one behind the other, as `finditer` gives them.
    func all(in text: [UInt32], most: Int = Int.max) throws(TemplateError) -> [Found] {
        var found: [Found] = []
        var place = 0
        var mustAdvance = false
        while place <= text.count, found.count < most,
            let next = try find(in: text, from: place, mustAdvance: mustAdvance)
        {
            found.append(next)
            mustAdvance = next.start == next.end
            place = next.end
        }
        return found
    }
}

/// Goes through the steps of a pattern, and back where they lead nowhere.
private struct RegexMachine {
    private let steps: [PythonRegex.Step]
    private let text: [UInt32]
    private(set) var slots: [Int]
    var mustReachEnd = false
    /// An end that does not count.
    var forbiddenEnd: Int?
    private var choices: [Choice] = []
    private var undo: [(slot: Int, value: Int)] = []
    private var work = 0

    /// A pattern that tries more than this on one text would go on for minutes.
    private static let mostWork = 50_000_000

    private enum Choice {
        case resume(step: Int, place: Int, undo: Int)
        /// Places from `least` to `place` are left to try, the last first; or the other way round.
        case shorter(step: Int, least: Int, place: Int, undo: Int)
        case longer(step: Int, place: Int, most: Int, undo: Int)
    }

    init(_ regex: PythonRegex, _ text: [UInt32]) {
        steps = regex.steps
        self.text = text
        slots = Array(repeating: -1, count: regex.slots)
    }

    /// Where a match ends that begins at a place; nil where there is none.
    mutating func run(from first: Int, at start: Int, isWithin: Bool = false) throws(TemplateError) -> Int? {
        let floor = choices.count
        if !isWithin { for slot in slots.indices { slots[slot] = -1 } }
        var (step, place) = (first, start)
        while true {
            work += 1
            guard work < Self.mostWork else { throw TemplateError(.value, "the regular expression takes too long") }
            if case .accept = steps[step], isWithin || accepts(place) {
                // The first way counts: others are forgotten.
                choices.removeLast(choices.count - floor)
                return place
            }
            if let next = try advance(step, place) {
                (step, place) = next
            } else if let next = back(to: floor) {
                (step, place) = next
            } else {
                return nil
            }
        }
    }

    private func accepts(_ place: Int) -> Bool {
        (!mustReachEnd || place == text.count) && forbiddenEnd != place
    }

    /// The step and place that come next; nil where it goes on no further.
    private mutating func advance(_ step: Int, _ place: Int) throws(TemplateError) -> (Int, Int)? {
        switch steps[step] {
        case .accept: return nil
        case .single(let single):
            return place < text.count && single.matches(text[place]) ? (step + 1, place + 1) : nil
        case .span(let single, let least, let most, let isLazy):
            return span(single, least, most, isLazy, step + 1, place)
        case .split(let one, let other):
            choices.append(.resume(step: other, place: place, undo: undo.count))
            return (one, place)
        case .jump(let target): return (target, place)
        case .save(let slot):
            undo.append((slot, slots[slot]))
            slots[slot] = place
            return (step + 1, place)
        case .progress(let slot): return slots[slot] == place ? nil : (step + 1, place)
        case .place(let wanted): return matches(wanted, place) ? (step + 1, place) : nil
        case .reference(let group, let foldsCase):
            return reference(group, foldsCase, place).map { (step + 1, $0) }
        case .look(let behind, let isNegative, let end):
            return try look(behind, isNegative, step, place) ? (end, place) : nil
        case .atomic(let end):
            return try run(from: step + 1, at: place, isWithin: true).map { (end, $0) }
        }
    }

    private mutating func span(
        _ single: PythonRegex.Single,
        _ least: Int,
        _ most: Int,
        _ isLazy: Bool,
        _ next: Int,
        _ place: Int
    ) -> (Int, Int)? {
        let limit = most < text.count - place ? place + most : text.count
        let wanted = isLazy ? min(limit, place + least) : limit
        var end = place
        while end < wanted, single.matches(text[end]) { end += 1 }
        work += end - place
        guard end - place >= least else { return nil }
        if isLazy {
            if end < limit { choices.append(.longer(step: next - 1, place: end, most: limit, undo: undo.count)) }
        } else if end > place + least {
            choices.append(.shorter(step: next, least: place + least, place: end - 1, undo: undo.count))
        }
        return (next, end)
    }

    /// Goes back to the last choice.
    private mutating func back(to floor: Int) -> (Int, Int)? {
        while choices.count > floor, let choice = choices.popLast() {
            switch choice {
            case .resume(let step, let place, let count):
                takeBack(to: count)
                return (step, place)
            case .shorter(let step, let least, let place, let count):
                takeBack(to: count)
                if place > least {
                    choices.append(.shorter(step: step, least: least, place: place - 1, undo: count))
                }
                return (step, place)
            case .longer(let step, let place, let most, let count):
                takeBack(to: count)
                guard case .span(let single, _, _, _) = steps[step], single.matches(text[place]) else { continue }
                if place + 1 < most {
                    choices.append(.longer(step: step, place: place + 1, most: most, undo: count))
                }
                return (step + 1, place + 1)
            }
        }
        return nil
    }

    private mutating func takeBack(to count: Int) {
        while undo.count > count, let last = undo.popLast() { slots[last.slot] = last.value }
    }

    private mutating func look(_ behind: Int?, _ isNegative: Bool, _ step: Int, _ place: Int) throws(TemplateError)
        -> Bool
    {
        guard let behind else {
            let count = undo.count
            let isFound = try run(from: step + 1, at: place, isWithin: true) != nil
            if isNegative { takeBack(to: count) }
            return isFound != isNegative
        }
        guard place >= behind else { return isNegative }
        let end = try run(from: step + 1, at: place - behind, isWithin: true)
        return (end == place) != isNegative
    }

    private func reference(_ group: Int, _ foldsCase: Bool, _ place: Int) -> Int? {
        let (start, end) = (slots[2 * group], slots[2 * group + 1])
        guard start >= 0, end >= start, place + end - start <= text.count else { return nil }
        for offset in 0..<(end - start) {
            let single = PythonRegex.Single.scalar(text[start + offset], foldsCase: foldsCase)
            guard single.matches(text[place + offset]) else { return nil }
        }
        return place + end - start
    }

    private func matches(_ wanted: PythonRegex.Place, _ place: Int) -> Bool {
        switch wanted {
        case .textStart: place == 0
        case .textEnd: place == text.count
        case .end: place == text.count || (place == text.count - 1 && text[place] == 0x0A)
        case .lineStart: place == 0 || text[place - 1] == 0x0A
        case .lineEnd: place == text.count || text[place] == 0x0A
        case .wordEdge: isWord(place - 1) != isWord(place)
        case .noWordEdge: isWord(place - 1) == isWord(place)
        }
    }

    private func isWord(_ place: Int) -> Bool {
        text.indices.contains(place) && PythonRegex.Single.word(ascii: false).matches(text[place])
    }
}

extension PythonRegex.Single {
    func matches(_ value: UInt32) -> Bool {
        switch self {
        case .scalar(let wanted, let foldsCase):
            value == wanted || (foldsCase && Self.folded(value) == Self.folded(wanted))
        case .any(let newlines): newlines || value != 0x0A
        case .range(let low, let high): value >= low && value <= high
        case .digit(let isASCII):
            (0x30...0x39).contains(value)
                || (!isASCII && value > 0x7F
                    && Unicode.Scalar(value)?.properties.generalCategory == .decimalNumber)
        case .word(let isASCII): Self.isWord(value, isASCII)
        case .space:
            (0x09...0x0D).contains(value) || (0x1C...0x20).contains(value)
                || (value > 0x7F && (Unicode.Scalar(value)?.properties.isWhitespace ?? false))
        case .not(let single): !single.matches(value)
        case .set(let members, let isNegative, let foldsCase):
            isNegative != (members.contains { $0.matches(value) } || (foldsCase && Self.folds(value, in: members)))
        }
    }

    private static func isWord(_ value: UInt32, _ isASCII: Bool) -> Bool {
        if value < 0x80 {
            let lower = value | 0x20
            return (0x61...0x7A).contains(lower) || (0x30...0x39).contains(value) || value == 0x5F
        }
        guard !isASCII, let properties = Unicode.Scalar(value)?.properties else { return false }
        return properties.isAlphabetic || properties.numericType != nil
    }

    private static func folds(_ value: UInt32, in members: [PythonRegex.Single]) -> Bool {
        let (lower, upper) = (folded(value), raised(value))
        return members.contains { $0.matches(lower) || $0.matches(upper) }
    }

    private static func folded(_ value: UInt32) -> UInt32 {
        if value < 0x80 { return (0x41...0x5A).contains(value) ? value | 0x20 : value }
        return single(Unicode.Scalar(value)?.properties.lowercaseMapping) ?? value
    }

    private static func raised(_ value: UInt32) -> UInt32 {
        if value < 0x80 { return (0x61...0x7A).contains(value) ? value & ~0x20 : value }
        return single(Unicode.Scalar(value)?.properties.uppercaseMapping) ?? value
    }

    private static func single(_ text: String?) -> UInt32? {
        guard let scalars = text?.unicodeScalars, scalars.count == 1 else { return nil }
        return scalars.first?.value
    }
}

/// Changes to a manifest that was written before: which of its bytes become which others.
struct ManifestPatch {
    private var changes: [(range: Range<Int>, bytes: [UInt8])] = []

    mutating func replace(_ range: Range<Int>, with value: ConfigValue) {
        var writer = JSONWriter()
        writer.value(value)
        changes.append((range, writer.bytes))
    }

    /// In the order of their places.
    mutating func settle() { changes.sort { $0.range.lowerBound < $1.range.lowerBound } }

    /// Whether no two changes meet, and all are within a file of this size.
    func fits(_ size: Int) -> Bool {
        var end = 0
        for change in changes {
            guard change.range.lowerBound >= end, change.range.upperBound <= size else { return false }
            end = change.range.upperBound
        }
        return true
    }

    /// Writes the changed text, piece by piece.
    func write(_ old: UnsafeRawBufferPointer, to file: borrowing ReplacedFile) throws(Diagnostic) {
        file.reserve(changes.reduce(old.count) { $0 + $1.bytes.count - $1.range.count })
        var place = 0
        for change in changes {
            try unsafe file.write(UnsafeRawBufferPointer(rebasing: old[place..<change.range.lowerBound]))
            try file.write(change.bytes)
            place = change.range.upperBound
        }
        try unsafe file.write(UnsafeRawBufferPointer(rebasing: old[place...]))
    }

    /// Where ranges lie afterwards; ranges come in the order of their places.
    struct Moves {
        fileprivate var changes: ArraySlice<(range: Range<Int>, bytes: [UInt8])>
        fileprivate var distance = 0

        mutating func moved(_ range: Range<Int>) -> Range<Int> {
            while let change = changes.first, change.range.upperBound <= range.lowerBound { pass(change) }
            let start = range.lowerBound + distance
            if let change = changes.first, change.range == range {
                pass(change)
                return start..<(start + change.bytes.count)
            }
            return start..<(start + range.count)
        }

        private mutating func pass(_ change: (range: Range<Int>, bytes: [UInt8])) {
            distance += change.bytes.count - change.range.count
            changes.removeFirst()
        }
    }

    var moves: Moves { Moves(changes: changes[...]) }
}

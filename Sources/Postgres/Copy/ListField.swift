import DuckDB

/// What is the same in all arrays of a column.
struct ArrayShape: Sendable {
    /// The server's number for the element's type.
    let elementOID: UInt32
    /// One entry for each level of nesting: the number of elements when the type fixes it.
    var levels: [Int?] = []
}

/// Lists on their way into arrays: the elements of many rows are handled as one column.
///
/// The layout is `array_send`'s: https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt/arrayfuncs.c
struct ListField: Sendable {
    private let encoding: FieldEncoding
    private let shape: ArrayShape
    /// Per value, how many elements it has in all; -1 for NULL.
    private var counts: [Int] = []
    /// Per value and level, the length of the lists there.
    private var lengths: [Int] = []
    /// Where the elements stand in their column.
    private var elements: [Int] = []
    /// The elements' sizes, then their cursors.
    private var places: [Int] = []

    init(_ encoding: FieldEncoding, _ shape: ArrayShape) {
        self.encoding = encoding
        self.shape = shape
    }

    private var depth: Int { shape.levels.count }

    /// Adds the sizes of the arrays' fields.
    mutating func addSizes(
        of column: borrowing ColumnView,
        at indices: borrowing Span<Int>,
        to sizes: inout MutableSpan<Int>
    ) throws(ValueProblem) {
        counts.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        elements.removeAll(keepingCapacity: true)
        lengths.append(contentsOf: repeatElement(0, count: depth * indices.count))
        for slot in 0..<indices.count {
            let isValid = column.isValid(indices[slot])
            counts.append(isValid ? 1 : -1)
            if isValid { elements.append(indices[slot]) }
        }
        try descend(column, level: 0)
        var place = 0
        for slot in 0..<indices.count {
            sizes[slot] += 4
            guard counts[slot] >= 0 else { continue }
            var size = headerSize(slot)
            for element in place..<place + counts[slot] { size += places[element] }
            guard size < 0x4000_0000 else { throw ValueProblem(.tooLong, slot: slot) }
            sizes[slot] += size
            place += counts[slot]
        }
    }

    /// Writes the arrays that were measured last, or the first of them.
    mutating func write(
        _ column: borrowing ColumnView,
        at indices: borrowing Span<Int>,
        cursors: inout MutableSpan<Int>,
        into bytes: inout MutableRawSpan
    ) throws(ValueProblem) {
        var place = 0
        for slot in 0..<indices.count {
            guard counts[slot] >= 0 else {
                FieldKernels.writeNull(slot, &cursors, &bytes)
                continue
            }
            let start = cursors[slot]
            var cursor = start + 4 + headerSize(slot)
            for element in place..<place + counts[slot] {
                let size = places[element]
                places[element] = cursor
                cursor += size
            }
            place += counts[slot]
            writeHeader(slot, size: cursor - start - 4, into: &bytes, at: start)
            cursors[slot] = cursor
        }
        elements.removeLast(elements.count - place)
        try writeElements(column, level: 0, into: &bytes)
    }

    /// Replaces each list in `elements` by its own elements, level after level, then measures those.
    private mutating func descend(
        _ column: borrowing ColumnView,
        level: Int
    ) throws(ValueProblem) {
        guard level < depth else { return try measureElements(of: column) }
        var next: [Int] = []
        var place = 0
        for slot in counts.indices where counts[slot] > 0 {
            let lists = place..<place + counts[slot]
            place = lists.upperBound
            var total = 0
            for list in lists {
                guard let range = range(of: elements[list], in: column, level) else {
                    throw ValueProblem(.notRectangular, slot: slot)
                }
                if list == lists.lowerBound {
                    lengths[slot * depth + level] = range.count
                } else if lengths[slot * depth + level] != range.count {
                    throw ValueProblem(.notRectangular, slot: slot)
                }
                next.append(contentsOf: range)
                total += range.count
            }
            counts[slot] = total
        }
        elements = next
        if let length = shape.levels[level] {
            try descend(column.arrayElements(perRow: length), level: level + 1)
        } else {
            try descend(column.elements, level: level + 1)
        }
    }

    private func range(of list: Int, in column: borrowing ColumnView, _ level: Int) -> Range<Int>? {
        guard column.isValid(list) else { return nil }
        if let length = shape.levels[level] { return list * length..<(list + 1) * length }
        let entry = column.listEntries[list]
        return Int(entry.offset)..<Int(entry.offset + entry.length)
    }

    private mutating func measureElements(of column: borrowing ColumnView) throws(ValueProblem) {
        // Taken out while a span of it is lent.
        var places = self.places
        self.places = []
        places.removeAll(keepingCapacity: true)
        places.append(contentsOf: repeatElement(0, count: elements.count))
        var sizes = places.mutableSpan
        do throws(ValueProblem) {
            try encoding.addSizes(of: column, at: elements.span, to: &sizes)
        } catch {
            throw ValueProblem(error.reason, slot: slot(ofElement: error.slot), value: error.value)
        }
        self.places = places
    }

    private mutating func writeElements(
        _ column: borrowing ColumnView,
        level: Int,
        into bytes: inout MutableRawSpan
    ) throws(ValueProblem) {
        if level < depth {
            if let length = shape.levels[level] {
                return try writeElements(column.arrayElements(perRow: length), level: level + 1, into: &bytes)
            }
            return try writeElements(column.elements, level: level + 1, into: &bytes)
        }
        var places = self.places
        self.places = []
        var cursors = places.mutableSpan
        do throws(ValueProblem) {
            try encoding.write(column, at: elements.span, cursors: &cursors, into: &bytes)
        } catch {
            throw ValueProblem(error.reason, slot: slot(ofElement: error.slot), value: error.value)
        }
        self.places = places
    }

    /// Which value an element belongs to.
    private func slot(ofElement element: Int) -> Int {
        var end = 0
        return counts.firstIndex { count in
            end += max(count, 0)
            return element < end
        } ?? 0
    }

    /// Three words, and two for each dimension; an array without elements has no dimensions.
    private func headerSize(_ slot: Int) -> Int { counts[slot] == 0 ? 12 : 12 + 8 * depth }

    private func writeHeader(_ slot: Int, size: Int, into bytes: inout MutableRawSpan, at offset: Int) {
        var cursor = offset
        func put(_ word: Int, _ bytes: inout MutableRawSpan) {
            bytes.storeBytes(of: Int32(truncatingIfNeeded: word).bigEndian, toByteOffset: cursor, as: Int32.self)
            cursor += 4
        }
        put(size, &bytes)
        put(counts[slot] == 0 ? 0 : depth, &bytes)
        // Whether there are NULLs: the server finds out itself.
        put(0, &bytes)
        put(Int(shape.elementOID), &bytes)
        guard counts[slot] > 0 else { return }
        for level in 0..<depth {
            put(lengths[slot * depth + level], &bytes)
            // The lower bound.
            put(1, &bytes)
        }
    }
}

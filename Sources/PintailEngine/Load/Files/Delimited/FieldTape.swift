import DuckDB

/// The fields of a few rows, column after column, each with what follows it in its line.
struct FieldTape: ~Copyable {
    private var tape = TextTape()
    /// Where the fields end: those of the first column, then those of the next.
    private var ends: [Int] = [0]
    private let null: [UInt8]

    init(null: [UInt8]) { self.null = null }

    /// Forgets the fields.
    mutating func removeAll() {
        tape.removeAll(keeping: DelimitedEncoder.blockBytes * 2)
        ends.removeAll(keepingCapacity: true)
        ends.append(0)
    }

    /// Appends the fields of a column.
    ///
    /// - Parameters:
    ///   - ending: What follows each field: a delimiter or the line's end.
    ///   - size: The most bytes that all fields take, where there is no `widest`.
    ///   - body: Writes the value of a row that is not NULL.
    @inline(__always)
    mutating func append(
        _ rows: Range<Int>,
        of column: borrowing ColumnView,
        ending: ShortText,
        widest: Int = 0,
        size: Int = 0,
        _ body: (_ row: Int, _ cursor: inout TextCursor) -> Void
    ) {
        var cursor = tape.cursor(reserving: size + rows.count * (max(widest, null.count) + ending.count))
        let (origin, offset, first, null) = (cursor, tape.count, ends.count, null)
        ends.append(contentsOf: repeatElement(0, count: rows.count))
        var ends = ends.mutableSpan
        let words = column.validityWords
        let isComplete = words.isEmpty
        for row in rows {
            if isComplete || words[row >> 6] & (1 << UInt64(row & 63)) != 0 {
                body(row, &cursor)
            } else {
                unsafe null.withUnsafeBytes { unsafe cursor.append($0) }
            }
            cursor.append(ending)
            ends[first + row - rows.lowerBound] = offset + cursor.distance(from: origin)
        }
        tape.end(at: cursor)
    }

    /// Writes the fields row by row.
    func copy(rows: Int, columns: Int, into out: inout TextTape) {
        var cursor = out.cursor(reserving: tape.count)
        let ends = ends.span
        for row in 0..<rows {
            var field = row
            for _ in 0..<columns {
                cursor.append(tape, ends[field]..<ends[field + 1])
                field += rows
            }
        }
        out.end(at: cursor)
    }
}

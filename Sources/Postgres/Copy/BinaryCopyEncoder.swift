package import DuckDB

/// Turns DuckDB's chunks into the rows of COPY BINARY, a column at a time.
///
/// The first pass adds up the sizes of each row's fields, which gives the place where each row begins; the second
/// writes column after column into those places. What to do with a column is decided once, in `init`.
/// https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4
package struct BinaryCopyEncoder: Sendable {
    private var columns: [ColumnEncoder]
    /// Each row's size, later the place of its next field.
    private var places: [Int] = []
    private var indices: [Int] = []

    /// - Throws: ``ConversionMissing`` for the first column whose query has to cast before.
    package init(columns: [ResultColumn], targets: [PostgresType]) throws(ConversionMissing) {
        precondition(columns.count == targets.count, "each column has one target")
        var encoders: [ColumnEncoder] = []
        for (column, target) in zip(columns, targets) {
            guard let encoding = FieldEncoding(column.type, to: target) else {
                throw ConversionMissing(column: column.name, from: column.type, to: target)
            }
            encoders.append(ColumnEncoder(name: column.name, type: target, encoding))
        }
        self.columns = encoders
    }

    /// The bytes before the first row: the signature, no flags, no extension.
    package static let header: [UInt8] =
        Array("PGCOPY\n\u{FF}\r\n\0".unicodeScalars.map { UInt8($0.value) })
        + [0, 0, 0, 0, 0, 0, 0, 0]

    /// The bytes after the last row: -1 where a row would tell its number of fields.
    package static let trailer: [UInt8] = [0xFF, 0xFF]

    /// Appends rows to the buffer until it holds `limit` bytes, and tells which row comes next.
    ///
    /// At least one row is appended, whatever its size.
    /// - Parameters:
    ///   - end: The first row that is not wanted.
    ///   - firstRow: The number, counted from 1, that errors give to the chunk's first row.
    /// - Throws: ``EncodingError``; the buffer then ends with half-made rows.
    package mutating func encode(
        _ chunk: borrowing Chunk,
        from start: Int = 0,
        to end: Int = .max,
        firstRow: Int = 1,
        into buffer: inout CopyBuffer,
        limit: Int = .max
    ) throws(EncodingError) -> Int {
        let rows = start..<max(start, min(end, chunk.count))
        guard !rows.isEmpty else { return start }
        // Taken out while spans of them are lent.
        var places = self.places
        var indices = self.indices
        self.places = []
        self.indices = []
        indices.replaceAll(with: rows)
        // The number of fields takes two bytes.
        let sameSize = columns.indices.reduce(2) { $0 + (columns[$1].sameSize(in: chunk.column($1)) ?? 0) }
        places.replaceAll(with: repeatElement(sameSize, count: rows.count))
        try measure(chunk, at: indices, firstRow: firstRow, sizes: &places)
        let count = Self.place(&places, after: buffer.count, limit: limit)
        let size = places[places.count - 1] - buffer.count
        _ = buffer.grow(by: size)
        indices.removeLast(rows.count - count)
        try write(chunk, at: indices, firstRow: firstRow, cursors: &places, into: &buffer)
        self.places = places
        self.indices = indices
        return start + count
    }

    /// The first pass: adds up each row's size, but for the columns whose fields all have the same.
    private mutating func measure(
        _ chunk: borrowing Chunk,
        at indices: [Int],
        firstRow: Int,
        sizes: inout [Int]
    ) throws(EncodingError) {
        var sizes = sizes.mutableSpan
        for column in columns.indices where columns[column].sameSize(in: chunk.column(column)) == nil {
            do throws(ValueProblem) {
                try columns[column].addSizes(of: chunk.column(column), at: indices.span, to: &sizes)
            } catch {
                throw columns[column].error(error, row: firstRow + indices[error.slot])
            }
        }
    }

    /// The second pass: writes the rows, each at its cursor.
    private mutating func write(
        _ chunk: borrowing Chunk,
        at indices: [Int],
        firstRow: Int,
        cursors: inout [Int],
        into buffer: inout CopyBuffer
    ) throws(EncodingError) {
        var cursors = cursors.mutableSpan
        var bytes = buffer.bytes
        let fieldCount = Int16(truncatingIfNeeded: columns.count).bigEndian
        for row in indices.indices {
            bytes.storeBytes(of: fieldCount, toByteOffset: cursors[row], as: Int16.self)
            cursors[row] += 2
        }
        for column in columns.indices {
            do throws(ValueProblem) {
                try columns[column].write(chunk.column(column), at: indices.span, cursors: &cursors, into: &bytes)
            } catch {
                throw columns[column].error(error, row: firstRow + indices[error.slot])
            }
        }
    }

    /// Replaces the sizes of the rows that fit by their places, and tells how many rows that are.
    ///
    /// The place after the last of them is appended.
    private static func place(_ sizes: inout [Int], after start: Int, limit: Int) -> Int {
        var next = start
        var count = 0
        while count < sizes.count {
            let end = next + sizes[count]
            if end > limit, count > 0 { break }
            sizes[count] = next
            next = end
            count += 1
        }
        sizes.append(next)
        return count
    }
}

extension [Int] {
    /// Other values in the same memory.
    fileprivate mutating func replaceAll(with values: some Sequence<Int>) {
        removeAll(keepingCapacity: true)
        append(contentsOf: values)
    }
}

/// A column that no encoding fits: its query has to cast it, see ``Conversion``.
package struct ConversionMissing: Error, Hashable, Sendable {
    /// The column's name in the query.
    package let column: String
    /// What the query gives.
    package let from: LogicalType
    /// What the table holds.
    package let to: PostgresType
}

/// One column's encoding, with the memory that lists need.
private struct ColumnEncoder: Sendable {
    private let name: String
    private let type: PostgresType
    private let encoding: FieldEncoding
    private var list: ListField?

    init(name: String, type: PostgresType, _ encoding: FieldEncoding) {
        self.name = name
        self.type = type
        self.encoding = encoding
        if case .array(let element, let shape) = encoding { list = ListField(element, shape) }
    }

    /// How many bytes each field of a column takes; `nil` where they differ.
    func sameSize(in column: borrowing ColumnView) -> Int? {
        column.hasNoNulls ? encoding.fixedWidth.map { $0 + 4 } : nil
    }

    mutating func addSizes(
        of column: borrowing ColumnView,
        at indices: borrowing Span<Int>,
        to sizes: inout MutableSpan<Int>
    ) throws(ValueProblem) {
        if list != nil {
            try list?.addSizes(of: column, at: indices, to: &sizes)
        } else {
            try encoding.addSizes(of: column, at: indices, to: &sizes)
        }
    }

    mutating func write(
        _ column: borrowing ColumnView,
        at indices: borrowing Span<Int>,
        cursors: inout MutableSpan<Int>,
        into bytes: inout MutableRawSpan
    ) throws(ValueProblem) {
        if list != nil {
            try list?.write(column, at: indices, cursors: &cursors, into: &bytes)
        } else {
            try encoding.write(column, at: indices, cursors: &cursors, into: &bytes)
        }
    }

    func error(_ problem: ValueProblem, row: Int) -> EncodingError {
        EncodingError(reason: problem.reason, row: row, column: name, value: problem.value, type: type)
    }
}

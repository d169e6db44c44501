import DuckDB

/// The loops over the values of a column.
///
/// Each is made once for every pair of types, so that nothing is decided within.
///
/// `indices` are the values' places in the column; `sizes` and `cursors` have one entry for each of them.
enum FieldKernels {
    /// Calls `body` for each value that is not NULL, `absent` for each that is.
    @inline(__always)
    static func forEach(
        in column: borrowing ColumnView,
        at indices: borrowing Span<Int>,
        _ body: (_ slot: Int, _ index: Int) throws(ValueProblem) -> Void,
        absent: (_ slot: Int) -> Void
    ) throws(ValueProblem) {
        let words = column.validityWords
        if words.isEmpty {
            for slot in 0..<indices.count { try body(slot, indices[slot]) }
            return
        }
        for slot in 0..<indices.count {
            let index = indices[slot]
            if words[index >> 6] & (1 << UInt64(index & 63)) != 0 { try body(slot, index) } else { absent(slot) }
        }
    }

    /// Adds the sizes of fields that all have the same width.
    @inline(__always)
    static func addSizes(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ sizes: inout MutableSpan<Int>,
        width: Int
    ) {
        let words = column.validityWords
        for slot in 0..<indices.count {
            let index = indices[slot]
            let isValid = words.isEmpty || words[index >> 6] & (1 << UInt64(index & 63)) != 0
            sizes[slot] += isValid ? 4 + width : 4
        }
    }

    /// Adds the sizes of fields that each have their own.
    @inline(__always)
    static func addSizes(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ sizes: inout MutableSpan<Int>,
        size: (_ slot: Int, _ index: Int) throws(ValueProblem) -> Int
    ) throws(ValueProblem) {
        try forEach(
            in: column,
            at: indices,
            { (slot, index) throws(ValueProblem) in
                let size = try size(slot, index)
                // The server's limit for any value.
                guard size < 0x4000_0000 else { throw ValueProblem(.tooLong, slot: slot) }
                sizes[slot] += 4 + size
            },
            absent: { sizes[$0] += 4 }
        )
    }

    /// Writes fields of one width; `nil` from `convert` means that the value has no place in the column.
    @inline(__always)
    static func write<Stored: BitwiseCopyable, Wire: FixedWidthInteger & BitwiseCopyable>(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan,
        as stored: Stored.Type,
        describe: (Stored) -> String = { "\($0)" },
        _ convert: (Stored) -> Wire?
    ) throws(ValueProblem) {
        let values = column.values(as: stored)
        try forEach(
            in: column,
            at: indices,
            { (slot, index) throws(ValueProblem) in
                guard let wire = convert(values[index]) else {
                    throw ValueProblem(.outOfRange, slot: slot, value: describe(values[index]))
                }
                let cursor = cursors[slot]
                bytes.storeBytes(of: Int32(Wire.bitWidth / 8).bigEndian, toByteOffset: cursor, as: Int32.self)
                bytes.storeBytes(of: wire.bigEndian, toByteOffset: cursor + 4, as: Wire.self)
                cursors[slot] = cursor + 4 + Wire.bitWidth / 8
            },
            absent: { writeNull($0, &cursors, &bytes) }
        )
    }

    /// Writes fields that each have their own size, which `body` returns after writing the content at an offset.
    @inline(__always)
    static func write(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan,
        content: (_ slot: Int, _ index: Int, _ bytes: inout MutableRawSpan, _ offset: Int) throws(ValueProblem) -> Int
    ) throws(ValueProblem) {
        try forEach(
            in: column,
            at: indices,
            { (slot, index) throws(ValueProblem) in
                let cursor = cursors[slot]
                let size = try content(slot, index, &bytes, cursor + 4)
                bytes.storeBytes(of: Int32(truncatingIfNeeded: size).bigEndian, toByteOffset: cursor, as: Int32.self)
                cursors[slot] = cursor + 4 + size
            },
            absent: { writeNull($0, &cursors, &bytes) }
        )
    }

    /// A field of length -1 is NULL.
    @inline(__always)
    static func writeNull(_ slot: Int, _ cursors: inout MutableSpan<Int>, _ bytes: inout MutableRawSpan) {
        bytes.storeBytes(of: Int32(-1), toByteOffset: cursors[slot], as: Int32.self)
        cursors[slot] += 4
    }
}

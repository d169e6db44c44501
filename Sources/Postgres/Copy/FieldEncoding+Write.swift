import DuckDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension FieldEncoding {
    /// The second pass: writes each value's field at its cursor and moves the cursor behind it.
    func write(
        _ column: borrowing ColumnView,
        at indices: borrowing Span<Int>,
        cursors: inout MutableSpan<Int>,
        into bytes: inout MutableRawSpan
    ) throws(ValueProblem) {
        switch self {
        case .boolean:
            try FieldKernels.write(column, indices, &cursors, &bytes, as: UInt8.self) { $0 }
        case .float:
            try FieldKernels.write(column, indices, &cursors, &bytes, as: Float.self) { $0.bitPattern }
        case .floatAsDouble:
            try FieldKernels.write(column, indices, &cursors, &bytes, as: Float.self) { Double($0).bitPattern }
        case .double:
            try FieldKernels.write(column, indices, &cursors, &bytes, as: Double.self) { $0.bitPattern }
        case .uuid:
            // DuckDB flips the highest bit so that the numbers sort as the texts do.
            try FieldKernels.write(column, indices, &cursors, &bytes, as: UInt128.self) { $0 ^ (1 << 127) }
        case .integer(let stored, let wire):
            try writeIntegers(column, indices, &cursors, &bytes, stored, wire)
        case .integerAsNumeric(let stored), .decimal(let stored, _):
            try writeNumerics(column, indices, &cursors, &bytes, stored)
        case .text, .numericText, .blob, .bits, .label: try writeTexts(column, indices, &cursors, &bytes)
        case .null: for slot in 0..<indices.count { FieldKernels.writeNull(slot, &cursors, &bytes) }
        case .array: preconditionFailure("a list is written by ListField")
        default: try writeTimes(column, indices, &cursors, &bytes)
        }
    }

    // MARK: Numbers

    private func writeIntegers(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan,
        _ stored: StoredInteger,
        _ wire: WireInteger
    ) throws(ValueProblem) {
        switch stored {
        case .int8: try writeIntegers(Int8.self, column, indices, &cursors, &bytes, wire)
        case .int16: try writeIntegers(Int16.self, column, indices, &cursors, &bytes, wire)
        case .int32: try writeIntegers(Int32.self, column, indices, &cursors, &bytes, wire)
        case .int64: try writeIntegers(Int64.self, column, indices, &cursors, &bytes, wire)
        case .int128: try writeIntegers(Int128.self, column, indices, &cursors, &bytes, wire)
        case .uint8: try writeIntegers(UInt8.self, column, indices, &cursors, &bytes, wire)
        case .uint16: try writeIntegers(UInt16.self, column, indices, &cursors, &bytes, wire)
        case .uint32: try writeIntegers(UInt32.self, column, indices, &cursors, &bytes, wire)
        case .uint64: try writeIntegers(UInt64.self, column, indices, &cursors, &bytes, wire)
        case .uint128: try writeIntegers(UInt128.self, column, indices, &cursors, &bytes, wire)
        }
    }

    @inline(__always)
    private func writeIntegers<Stored: FixedWidthInteger & BitwiseCopyable>(
        _ stored: Stored.Type,
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan,
        _ wire: WireInteger
    ) throws(ValueProblem) {
        switch wire {
        case .int16: try FieldKernels.write(column, indices, &cursors, &bytes, as: stored) { Int16(exactly: $0) }
        case .int32: try FieldKernels.write(column, indices, &cursors, &bytes, as: stored) { Int32(exactly: $0) }
        case .int64: try FieldKernels.write(column, indices, &cursors, &bytes, as: stored) { Int64(exactly: $0) }
        }
    }

    private func writeNumerics(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan,
        _ stored: StoredInteger
    ) throws(ValueProblem) {
        switch stored {
        case .int8: try writeNumerics(Int8.self, column, indices, &cursors, &bytes)
        case .int16: try writeNumerics(Int16.self, column, indices, &cursors, &bytes)
        case .int32: try writeNumerics(Int32.self, column, indices, &cursors, &bytes)
        case .int64: try writeNumerics(Int64.self, column, indices, &cursors, &bytes)
        case .int128: try writeNumerics(Int128.self, column, indices, &cursors, &bytes)
        case .uint8: try writeNumerics(UInt8.self, column, indices, &cursors, &bytes)
        case .uint16: try writeNumerics(UInt16.self, column, indices, &cursors, &bytes)
        case .uint32: try writeNumerics(UInt32.self, column, indices, &cursors, &bytes)
        case .uint64: try writeNumerics(UInt64.self, column, indices, &cursors, &bytes)
        case .uint128: try writeNumerics(UInt128.self, column, indices, &cursors, &bytes)
        }
    }

    @inline(__always)
    private func writeNumerics<Stored: FixedWidthInteger & BitwiseCopyable>(
        _ stored: Stored.Type,
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan
    ) throws(ValueProblem) {
        let values = column.values(as: stored)
        let scale = numericScale
        try FieldKernels.write(column, indices, &cursors, &bytes) { _, index, bytes, offset in
            let value = values[index]
            return scale.write(value.magnitude, isNegative: value < 0, into: &bytes, at: offset)
        }
    }

    // MARK: Texts

    private func writeTexts(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan
    ) throws(ValueProblem) {
        let strings = column.strings
        switch self {
        case .text(let version):
            try FieldKernels.write(column, indices, &cursors, &bytes) {
                (slot, index, bytes, offset) throws(ValueProblem) in
                guard let size = bytes.put(text: strings, index, at: offset, after: version) else {
                    throw ValueProblem(.zeroByte, slot: slot, text: strings.string(index))
                }
                return size
            }
        case .numericText:
            try FieldKernels.write(column, indices, &cursors, &bytes) {
                (slot, index, bytes, offset) throws(ValueProblem) in
                try strings.numeric(index, slot: slot).write(into: &bytes, at: offset)
            }
        case .bits:
            try FieldKernels.write(column, indices, &cursors, &bytes) { $2.put(bits: strings, $1, at: $3) }
        case .label(let labels): try writeLabels(column, indices, &cursors, &bytes, labels)
        default: try FieldKernels.write(column, indices, &cursors, &bytes) { $2.put(blob: strings, $1, at: $3) }
        }
    }

    private func writeLabels(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan,
        _ labels: LabelTable
    ) throws(ValueProblem) {
        switch labels.index {
        case .uint8: try writeLabels(UInt8.self, column, indices, &cursors, &bytes, labels)
        case .uint16: try writeLabels(UInt16.self, column, indices, &cursors, &bytes, labels)
        case .uint32: try writeLabels(UInt32.self, column, indices, &cursors, &bytes, labels)
        }
    }

    private func writeLabels<Index: FixedWidthInteger & BitwiseCopyable>(
        _ index: Index.Type,
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan,
        _ labels: LabelTable
    ) throws(ValueProblem) {
        let values = column.values(as: index)
        try FieldKernels.write(column, indices, &cursors, &bytes) {
            (slot, index, bytes, offset) throws(ValueProblem) in
            let label = labels.bytes(Int(values[index]))
            guard !label.contains(0) else {
                throw ValueProblem(.zeroByte, slot: slot, text: String(decoding: label, as: UTF8.self))
            }
            unsafe label.withUnsafeBytes { unsafe bytes.put($0, at: offset) }
            return label.count
        }
    }
}

extension MutableRawSpan {
    /// Copies bytes to an offset.
    @inline(__always)
    mutating func put(_ source: UnsafeRawBufferPointer, at offset: Int) {
        let room = byteCount - offset
        let size = source.count
        precondition(offset >= 0 && size <= room, "a field is larger than it was measured")
        unsafe withUnsafeMutableBytes { target in
            guard let target = target.baseAddress, let source = source.baseAddress else { return }
            _ = unsafe memcpy(target + offset, source, size)
        }
    }

    /// Writes a text behind its version byte; `nil` when it has a zero byte.
    @inline(__always)
    fileprivate mutating func put(text: borrowing StringsView, _ index: Int, at offset: Int, after version: UInt8?)
        -> Int?
    {
        var start = offset
        if let version {
            storeBytes(of: version, toByteOffset: offset, as: UInt8.self)
            start += 1
        }
        let length = unsafe text.withBytes(index) { source -> Int? in
            unsafe put(text: source, at: start) ? source.count : nil
        }
        return length.map { $0 + start - offset }
    }

    /// Copies a text; `false` when it has a zero byte.
    @inline(__always)
    private mutating func put(text source: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        let last = source.count - 8
        guard last >= 0, last <= 24 else {
            if let first = source.baseAddress, unsafe memchr(first, 0, source.count) != nil { return false }
            unsafe put(source, at: offset)
            return true
        }
        // Most texts are short: four words, which lie over one another where it has fewer bytes, are all of one, and take
        // less time than two calls.
        let zeros =
            unsafe put(wordOf: source, at: 0, offset) | put(wordOf: source, at: min(8, last), offset)
            | put(wordOf: source, at: max(0, last - 8), offset) | put(wordOf: source, at: last, offset)
        return zeros == 0
    }

    /// Copies eight bytes of a text to the same place behind an offset; not 0 when one of them is zero.
    @inline(__always)
    private mutating func put(wordOf source: UnsafeRawBufferPointer, at place: Int, _ offset: Int) -> UInt64 {
        let word = unsafe source.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        storeBytes(of: word, toByteOffset: offset + place, as: UInt64.self)
        return (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    @inline(__always)
    fileprivate mutating func put(blob: borrowing StringsView, _ index: Int, at offset: Int) -> Int {
        unsafe blob.withBytes(index) { source in
            unsafe put(source, at: offset)
            return source.count
        }
    }

    /// DuckDB pads bits in front, Postgres behind.
    fileprivate mutating func put(bits: borrowing StringsView, _ index: Int, at offset: Int) -> Int {
        unsafe bits.withBytes(index) { source in
            let padding = unsafe Int(source[0])
            let count = source.count - 1
            storeBytes(of: Int32(count * 8 - padding).bigEndian, toByteOffset: offset, as: Int32.self)
            for place in 0..<count {
                let next = unsafe place + 1 < count ? source[place + 2] : 0
                let pair = unsafe UInt16(source[place + 1]) << 8 | UInt16(next)
                let shifted = UInt8(truncatingIfNeeded: (pair << UInt16(padding)) >> 8)
                storeBytes(of: shifted, toByteOffset: offset + 4 + place, as: UInt8.self)
            }
            return 4 + count
        }
    }
}

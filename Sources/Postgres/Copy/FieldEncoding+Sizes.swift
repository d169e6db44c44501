import DuckDB

extension FieldEncoding {
    /// How many bytes each value takes that is not NULL; `nil` where they differ.
    var fixedWidth: Int? {
        switch self {
        case .boolean: 1
        case .integer(_, .int16): 2
        case .integer(_, .int32), .float, .date: 4
        case .integer(_, .int64), .double, .floatAsDouble, .time, .timeNanoseconds, .timestamp: 8
        case .timeWithZone: 12
        case .interval, .uuid: 16
        default: nil
        }
    }

    /// The first pass: adds the size of each value's field, its length word included.
    func addSizes(
        of column: borrowing ColumnView,
        at indices: borrowing Span<Int>,
        to sizes: inout MutableSpan<Int>
    ) throws(ValueProblem) {
        if let width = fixedWidth { return FieldKernels.addSizes(column, indices, &sizes, width: width) }
        switch self {
        case .null: for slot in 0..<indices.count { sizes[slot] += 4 }
        case .integerAsNumeric(let stored), .decimal(let stored, _):
            try addNumericSizes(of: column, at: indices, to: &sizes, stored: stored)
        default: try addTextSizes(of: column, at: indices, to: &sizes)
        }
    }

    private func addTextSizes(
        of column: borrowing ColumnView,
        at indices: borrowing Span<Int>,
        to sizes: inout MutableSpan<Int>
    ) throws(ValueProblem) {
        let strings = column.strings
        switch self {
        case .text(let version):
            let extra = version == nil ? 0 : 1
            try FieldKernels.addSizes(column, indices, &sizes) { strings.length($1) + extra }
        case .blob: try FieldKernels.addSizes(column, indices, &sizes) { strings.length($1) }
        // DuckDB's bits begin with a byte that counts the padding; Postgres's with a length of four bytes.
        case .bits: try FieldKernels.addSizes(column, indices, &sizes) { strings.length($1) + 3 }
        case .numericText:
            try FieldKernels.addSizes(column, indices, &sizes) { (slot, index) throws(ValueProblem) in
                try strings.numeric(index, slot: slot).size
            }
        case .label(let labels): try addLabelSizes(of: column, at: indices, to: &sizes, labels)
        default: preconditionFailure("a list is measured by ListField")
        }
    }

    private func addLabelSizes(
        of column: borrowing ColumnView,
        at indices: borrowing Span<Int>,
        to sizes: inout MutableSpan<Int>,
        _ labels: LabelTable
    ) throws(ValueProblem) {
        switch labels.index {
        case .uint8:
            let values = column.values(as: UInt8.self)
            try FieldKernels.addSizes(column, indices, &sizes) { labels.range(Int(values[$1])).count }
        case .uint16:
            let values = column.values(as: UInt16.self)
            try FieldKernels.addSizes(column, indices, &sizes) { labels.range(Int(values[$1])).count }
        case .uint32:
            let values = column.values(as: UInt32.self)
            try FieldKernels.addSizes(column, indices, &sizes) { labels.range(Int(values[$1])).count }
        }
    }

    private func addNumericSizes(
        of column: borrowing ColumnView,
        at indices: borrowing Span<Int>,
        to sizes: inout MutableSpan<Int>,
        stored: StoredInteger
    ) throws(ValueProblem) {
        let scale = numericScale
        switch stored {
        case .int8: try addNumericSizes(Int8.self, column, indices, &sizes, scale)
        case .int16: try addNumericSizes(Int16.self, column, indices, &sizes, scale)
        case .int32: try addNumericSizes(Int32.self, column, indices, &sizes, scale)
        case .int64: try addNumericSizes(Int64.self, column, indices, &sizes, scale)
        case .int128: try addNumericSizes(Int128.self, column, indices, &sizes, scale)
        case .uint8: try addNumericSizes(UInt8.self, column, indices, &sizes, scale)
        case .uint16: try addNumericSizes(UInt16.self, column, indices, &sizes, scale)
        case .uint32: try addNumericSizes(UInt32.self, column, indices, &sizes, scale)
        case .uint64: try addNumericSizes(UInt64.self, column, indices, &sizes, scale)
        case .uint128: try addNumericSizes(UInt128.self, column, indices, &sizes, scale)
        }
    }

    @inline(__always)
    private func addNumericSizes<Stored: FixedWidthInteger & BitwiseCopyable>(
        _ stored: Stored.Type,
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ sizes: inout MutableSpan<Int>,
        _ scale: NumericScale
    ) throws(ValueProblem) {
        let values = column.values(as: stored)
        try FieldKernels.addSizes(column, indices, &sizes) { scale.size(of: values[$1].magnitude) }
    }

    /// How many digits stand behind the point.
    var numericScale: NumericScale {
        if case .decimal(_, let scale) = self { NumericScale(scale) } else { NumericScale(0) }
    }
}

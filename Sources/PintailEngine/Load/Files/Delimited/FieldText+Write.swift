import DuckDB

extension FieldText {
    /// Appends the fields of some rows of a column.
    func write(
        _ rows: Range<Int>,
        of column: borrowing ColumnView,
        _ dialect: DelimitedDialect,
        ending: ShortText,
        into fields: inout FieldTape
    ) {
        switch self {
        case .text: Self.writeTexts(rows, column, dialect, ending, &fields)
        case .boolean:
            let values = column.values(as: UInt8.self)
            let (yes, no) = (ShortText("true".utf8), ShortText("false".utf8))
            fields.append(rows, of: column, ending: ending, widest: 5) { $1.append(values[$0] != 0 ? yes : no) }
        case .integer(let stored): Self.writeIntegers(rows, column, stored, ending, &fields)
        case .decimal(let stored, let width, let scale):
            Self.writeDecimals(rows, column, stored, width, scale, ending, &fields)
        case .double: Self.writeDoubles(rows, column, ending, &fields)
        case .label(let labels): Self.writeLabels(rows, column, labels, ending, &fields)
        case .uuid:
            let values = column.values(as: UInt128.self)
            // DuckDB flips the highest bit so that the numbers sort as the texts do.
            fields.append(rows, of: column, ending: ending, widest: 36) { $1.append(uuid: values[$0] ^ (1 << 127)) }
        case .date, .time, .timestamp: writeTimes(rows, column, ending, &fields)
        }
    }

    private static func writeTexts(
        _ rows: Range<Int>,
        _ column: borrowing ColumnView,
        _ dialect: DelimitedDialect,
        _ ending: ShortText,
        _ fields: inout FieldTape
    ) {
        let strings = column.strings
        var size = 0
        for row in rows where column.isValid(row) { size += DelimitedDialect.widest(strings.length(row)) }
        fields.append(rows, of: column, ending: ending, size: size) { row, cursor in
            unsafe strings.withBytes(row) { unsafe dialect.append($0, to: &cursor) }
        }
    }

    private static func writeLabels(
        _ rows: Range<Int>,
        _ column: borrowing ColumnView,
        _ labels: LabelTexts,
        _ ending: ShortText,
        _ fields: inout FieldTape
    ) {
        switch labels.index {
        case .uint8:
            let values = column.values(as: UInt8.self)
            fields.append(rows, of: column, ending: ending, widest: labels.widest) {
                labels.append(Int(values[$0]), to: &$1)
            }
        case .uint16:
            let values = column.values(as: UInt16.self)
            fields.append(rows, of: column, ending: ending, widest: labels.widest) {
                labels.append(Int(values[$0]), to: &$1)
            }
        case .uint32:
            let values = column.values(as: UInt32.self)
            fields.append(rows, of: column, ending: ending, widest: labels.widest) {
                labels.append(Int(values[$0]), to: &$1)
            }
        }
    }

    // MARK: Numbers

    private static func writeIntegers(
        _ rows: Range<Int>,
        _ column: borrowing ColumnView,
        _ stored: StoredInteger,
        _ ending: ShortText,
        _ fields: inout FieldTape
    ) {
        switch stored {
        case .int8: writeIntegers(rows, column, Int8.self, ending, &fields)
        case .int16: writeIntegers(rows, column, Int16.self, ending, &fields)
        case .int32: writeIntegers(rows, column, Int32.self, ending, &fields)
        case .int64: writeIntegers(rows, column, Int64.self, ending, &fields)
        case .int128: writeIntegers(rows, column, Int128.self, ending, &fields)
        case .uint8: writeIntegers(rows, column, UInt8.self, ending, &fields)
        case .uint16: writeIntegers(rows, column, UInt16.self, ending, &fields)
        case .uint32: writeIntegers(rows, column, UInt32.self, ending, &fields)
        case .uint64: writeIntegers(rows, column, UInt64.self, ending, &fields)
        case .uint128: writeIntegers(rows, column, UInt128.self, ending, &fields)
        }
    }

    @inline(__always)
    private static func writeIntegers<Stored: FixedWidthInteger & BitwiseCopyable>(
        _ rows: Range<Int>,
        _ column: borrowing ColumnView,
        _ stored: Stored.Type,
        _ ending: ShortText,
        _ fields: inout FieldTape
    ) {
        let values = column.values(as: stored)
        fields.append(rows, of: column, ending: ending, widest: 40) { row, cursor in
            let value = values[row]
            if value < 0 { cursor.append(UInt8(ascii: "-")) }
            if Stored.bitWidth <= 64 {
                cursor.append(number: UInt64(truncatingIfNeeded: value.magnitude))
            } else {
                cursor.append(number: UInt128(truncatingIfNeeded: value.magnitude))
            }
        }
    }

    private static func writeDecimals(
        _ rows: Range<Int>,
        _ column: borrowing ColumnView,
        _ stored: StoredInteger,
        _ width: Int,
        _ scale: Int,
        _ ending: ShortText,
        _ fields: inout FieldTape
    ) {
        guard scale > 0 else { return writeIntegers(rows, column, stored, ending, &fields) }
        switch stored {
        case .int16: writeDecimals(rows, column, Int16.self, width, scale, ending, &fields)
        case .int32: writeDecimals(rows, column, Int32.self, width, scale, ending, &fields)
        case .int64: writeDecimals(rows, column, Int64.self, width, scale, ending, &fields)
        case .int128: writeWideDecimals(rows, column, width, scale, ending, &fields)
        default: preconditionFailure("DuckDB keeps no decimals in \(stored)")
        }
    }

    @inline(__always)
    private static func writeDecimals<Stored: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
        _ rows: Range<Int>,
        _ column: borrowing ColumnView,
        _ stored: Stored.Type,
        _ width: Int,
        _ scale: Int,
        _ ending: ShortText,
        _ fields: inout FieldTape
    ) {
        let values = column.values(as: stored)
        let unit = (0..<scale).reduce(UInt64(1)) { unit, _ in unit * 10 }
        fields.append(rows, of: column, ending: ending, widest: 24) { row, cursor in
            let value = values[row]
            let magnitude = UInt64(truncatingIfNeeded: value.magnitude)
            if value < 0 { cursor.append(UInt8(ascii: "-")) }
            let whole = magnitude / unit
            // DuckDB writes no zero before the point where there never is another digit.
            if width > scale { cursor.append(number: whole) }
            cursor.append(UInt8(ascii: "."))
            cursor.append(magnitude - whole * unit, digits: scale)
        }
    }

    private static func writeWideDecimals(
        _ rows: Range<Int>,
        _ column: borrowing ColumnView,
        _ width: Int,
        _ scale: Int,
        _ ending: ShortText,
        _ fields: inout FieldTape
    ) {
        let values = column.values(as: Int128.self)
        let unit = (0..<scale).reduce(UInt128(1)) { unit, _ in unit * 10 }
        fields.append(rows, of: column, ending: ending, widest: 48) { row, cursor in
            let value = values[row]
            if value < 0 { cursor.append(UInt8(ascii: "-")) }
            let (whole, fraction) = value.magnitude.quotientAndRemainder(dividingBy: unit)
            if width > scale { cursor.append(number: whole) }
            cursor.append(UInt8(ascii: "."))
            cursor.append(fraction, digits: scale)
        }
    }

    private static func writeDoubles(
        _ rows: Range<Int>,
        _ column: borrowing ColumnView,
        _ ending: ShortText,
        _ fields: inout FieldTape
    ) {
        let values = column.values(as: Double.self)
        var trial = DecimalTrial()
        fields.append(rows, of: column, ending: ending, widest: TextCursor.widestDouble) { row, cursor in
            let value = values[row]
            let isNegative = value.sign == .minus
            guard value.isFinite else { return cursor.append(notFinite: value.isNaN, isNegative: isNegative) }
            if isNegative { cursor.append(UInt8(ascii: "-")) }
            let magnitude = value.magnitude
            if magnitude == 0 || magnitude >= 0.0001, let found = trial.significand(of: magnitude) {
                let whole = found / trial.unit
                cursor.append(number: whole)
                cursor.append(fraction: found - whole * trial.unit, digits: trial.scale, atLeast: 1)
            } else {
                // A text of more than 15 bytes is the one thing here that takes memory of its own.
                cursor.append(printed: magnitude.description)
            }
        }
    }

    // MARK: Times

    private func writeTimes(
        _ rows: Range<Int>,
        _ column: borrowing ColumnView,
        _ ending: ShortText,
        _ fields: inout FieldTape
    ) {
        switch self {
        case .date:
            let values = column.values(as: Int32.self)
            fields.append(rows, of: column, ending: ending, widest: TextCursor.widestTime) { row, cursor in
                let day = values[row]
                if day.magnitude == Int32.max { return cursor.append(infinity: day < 0) }
                cursor.append(day: Int64(day))
            }
        case .time(let digits):
            let values = column.values(as: UInt64.self)
            let second = Self.second(digits)
            fields.append(rows, of: column, ending: ending, widest: TextCursor.widestTime) { row, cursor in
                cursor.append(timeOfDay: values[row], second: second, digits: digits)
            }
        case .timestamp(let digits):
            let values = column.values(as: Int64.self)
            let second = Self.second(digits)
            let dayLength = Int64(second) * 86_400
            fields.append(rows, of: column, ending: ending, widest: TextCursor.widestTime) { row, cursor in
                let value = values[row]
                if value.magnitude == Int64.max { return cursor.append(infinity: value < 0) }
                let day = value >= 0 ? value / dayLength : (value + 1) / dayLength - 1
                cursor.append(day: day)
                cursor.append(UInt8(ascii: " "))
                cursor.append(timeOfDay: UInt64(value - day * dayLength), second: second, digits: digits)
            }
        default: preconditionFailure("not a time")
        }
    }

    private static func second(_ digits: Int) -> UInt64 { (0..<digits).reduce(1) { second, _ in second * 10 } }
}

extension TextCursor {
    /// Writes 32 hexadecimal digits in their five groups.
    fileprivate mutating func append(uuid: UInt128) {
        for place in stride(from: 124, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: uuid >> UInt128(place)) & 15
            append(digit < 10 ? 48 + digit : 87 + digit)
            if place == 96 || place == 80 || place == 64 || place == 48 { append(UInt8(ascii: "-")) }
        }
    }
}

import DuckDB

extension FieldEncoding {
    /// Writes dates and times: DuckDB counts from 1970, Postgres from 2000.
    func writeTimes(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan
    ) throws(ValueProblem) {
        switch self {
        case .date:
            try FieldKernels.write(
                column,
                indices,
                &cursors,
                &bytes,
                as: Int32.self,
                describe: { PostgresEpoch.describe(day: Int64($0)) },
                PostgresEpoch.days
            )
        case .timestamp(let unit): try writeTimestamps(column, indices, &cursors, &bytes, unit)
        case .time: try FieldKernels.write(column, indices, &cursors, &bytes, as: Int64.self) { $0 }
        case .timeNanoseconds:
            try FieldKernels.write(column, indices, &cursors, &bytes, as: Int64.self) { $0 / 1000 }
        case .interval:
            try FieldKernels.write(column, indices, &cursors, &bytes, as: IntervalValue.self) { interval in
                let days = UInt64(UInt32(bitPattern: interval.days)) << 32
                let months = UInt64(UInt32(bitPattern: interval.months))
                return UInt128(UInt64(bitPattern: interval.microseconds)) << 64 | UInt128(days | months)
            }
        case .timeWithZone: try writeTimesWithZone(column, indices, &cursors, &bytes)
        default: preconditionFailure("not a time")
        }
    }

    private func writeTimestamps(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan,
        _ unit: TimestampUnit
    ) throws(ValueProblem) {
        switch unit {
        case .seconds: try writeTimestamps(column, indices, &cursors, &bytes, perSecond: 1) { $0.times(1_000_000) }
        case .milliseconds:
            try writeTimestamps(column, indices, &cursors, &bytes, perSecond: 1000) { $0.times(1000) }
        case .microseconds: try writeTimestamps(column, indices, &cursors, &bytes, perSecond: 1_000_000) { $0 }
        // Digits behind the microsecond are cut off, as DuckDB's own cast does.
        case .nanoseconds:
            try writeTimestamps(column, indices, &cursors, &bytes, perSecond: 1_000_000_000) { $0 / 1000 }
        }
    }

    @inline(__always)
    private func writeTimestamps(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan,
        perSecond: Int64,
        _ microseconds: (Int64) -> Int64?
    ) throws(ValueProblem) {
        try FieldKernels.write(
            column,
            indices,
            &cursors,
            &bytes,
            as: Int64.self,
            describe: { PostgresEpoch.describe(day: ($0 / perSecond) / 86_400) }
        ) { value in
            if let infinity = PostgresEpoch.infinity(value) { return infinity }
            return microseconds(value).flatMap(PostgresEpoch.microseconds)
        }
    }

    private func writeTimesWithZone(
        _ column: borrowing ColumnView,
        _ indices: borrowing Span<Int>,
        _ cursors: inout MutableSpan<Int>,
        _ bytes: inout MutableRawSpan
    ) throws(ValueProblem) {
        let values = column.values(as: UInt64.self)
        try FieldKernels.write(column, indices, &cursors, &bytes) { _, index, bytes, offset in
            // The time in the upper 40 bits; below it how far the zone is west of the easternmost, +15:59:59.
            let bits = values[index]
            let secondsWest = Int32(bits & 0xFF_FFFF) - 57_599
            bytes.storeBytes(of: (bits >> 24).bigEndian, toByteOffset: offset, as: UInt64.self)
            bytes.storeBytes(of: secondsWest.bigEndian, toByteOffset: offset + 8, as: Int32.self)
            return 12
        }
    }
}

extension Int64 {
    @inline(__always)
    fileprivate func times(_ factor: Int64) -> Int64? {
        let (product, overflows) = multipliedReportingOverflow(by: factor)
        return overflows ? nil : product
    }
}

/// Postgres's count of days and microseconds, and its limits: `datatype/timestamp.h` in the server's source.
enum PostgresEpoch {
    private static let dayOffset: Int32 = 10_957
    private static let microsecondOffset: Int64 = 946_684_800_000_000
    /// 4714-11-24 BC to 5874897-12-31.
    private static let dayRange: ClosedRange<Int32> = -2_451_545...2_145_031_948
    /// 4714-11-24 BC; the end lies beyond DuckDB's own.
    private static let firstMicrosecond: Int64 = -211_813_488_000_000_000

    @inline(__always)
    static func days(since1970 day: Int32) -> Int32? {
        if day == .max { return .max }
        if day == -.max { return .min }
        let (days, overflows) = day.subtractingReportingOverflow(dayOffset)
        return !overflows && dayRange.contains(days) ? days : nil
    }

    @inline(__always)
    static func infinity(_ value: Int64) -> Int64? {
        if value == .max { return .max }
        return value == -.max ? .min : nil
    }

    @inline(__always)
    static func microseconds(since1970 value: Int64) -> Int64? {
        let (microseconds, overflows) = value.subtractingReportingOverflow(microsecondOffset)
        return !overflows && microseconds >= firstMicrosecond ? microseconds : nil
    }

    /// A day as year, month and day.
    ///
    /// http://howardhinnant.github.io/date_algorithms.html#civil_from_days
    static func describe(day: Int64) -> String {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let monthOfYear = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (monthOfYear <= 2 ? 1 : 0)
        let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
        let parts = [monthOfYear, dayOfMonth].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
        return year > 0 ? "\(year)-\(parts)" : "\(1 - year)-\(parts) BC"
    }
}

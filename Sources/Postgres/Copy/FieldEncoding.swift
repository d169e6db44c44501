import DuckDB

/// How the values of one column become fields of COPY BINARY: chosen once, before the first row.
indirect enum FieldEncoding: Sendable {
    case boolean
    case integer(StoredInteger, WireInteger)
    case integerAsNumeric(StoredInteger)
    case decimal(StoredInteger, scale: Int)
    case float, double, floatAsDouble
    /// A text, after a byte that tells its version if the type has one: jsonb does.
    case text(version: UInt8?)
    /// A number written as text: the way of those that DuckDB keeps in no fixed size.
    case numericText
    case blob, bits
    case label(LabelTable)
    case date, time, timeWithZone, interval, uuid
    case timeNanoseconds
    case timestamp(TimestampUnit)
    case null
    case array(FieldEncoding, ArrayShape)

    /// The whole numbers that Postgres's columns hold.
    enum WireInteger: Sendable { case int16, int32, int64 }

    /// What a timestamp counts.
    enum TimestampUnit: Sendable { case seconds, milliseconds, microseconds, nanoseconds }
}

extension FieldEncoding {
    /// The encoding of values of one type into a column of another; `nil` when the query has to cast first.
    init?(_ source: LogicalType, to target: PostgresType) {
        switch (source, target) {
        case (.null, _): self = .null
        case (.boolean, .boolean): self = .boolean
        case (.float, .real): self = .float
        case (.float, .double): self = .floatAsDouble
        case (.double, .double): self = .double
        case (.varchar, .numeric): self = .numericText
        case (.blob, .bytea): self = .blob
        case (.bit, .bitVarying), (.bit, .bit): self = .bits
        case (.uuid, .uuid): self = .uuid
        case (.date, .date): self = .date
        case (.time, .time): self = .time
        case (.timeNanoseconds, .time): self = .timeNanoseconds
        case (.timeWithZone, .timeWithZone): self = .timeWithZone
        case (.interval, .interval): self = .interval
        case (.decimal(let width, let scale), .numeric): self = .decimal(StoredInteger(decimalOf: width), scale: scale)
        case (.list, .array), (.array, .array): self.init(listOf: source, to: target)
        default: self.init(text: source, to: target)
        }
    }

    private init?(text source: LogicalType, to target: PostgresType) {
        switch (source, target) {
        case (.varchar, _) where target.isText, (.json, _) where target.isText: self = .text(version: nil)
        case (.varchar, .jsonb), (.json, .jsonb): self = .text(version: 1)
        case (.enumeration(let labels), _) where target.isText: self = .label(LabelTable(labels))
        default:
            if let unit = TimestampUnit(source), target == .timestamp || target == .timestampWithZone {
                self = .timestamp(unit)
            } else if let stored = StoredInteger(source), case .numeric = target {
                self = .integerAsNumeric(stored)
            } else if let stored = StoredInteger(source), let wire = WireInteger(target) {
                self = .integer(stored, wire)
            } else {
                return nil
            }
        }
    }

    private init?(listOf source: LogicalType, to target: PostgresType) {
        guard case .array(let element, let oid) = target else { return nil }
        var shape = ArrayShape(elementOID: oid)
        var leaf = source
        while let (inner, length) = leaf.listed {
            shape.levels.append(length)
            leaf = inner
        }
        // Postgres's MAXDIM.
        guard shape.levels.count <= 6, let encoding = FieldEncoding(leaf, to: element) else { return nil }
        self = .array(encoding, shape)
    }
}

extension LogicalType {
    /// What a list's elements are, and how many there are in each when the type fixes it.
    var listed: (element: LogicalType, length: Int?)? {
        switch self {
        case .list(let element): (element, nil)
        case .array(let element, let count): (element, count)
        default: nil
        }
    }
}

extension PostgresType {
    /// Whether values travel as plain text.
    var isText: Bool {
        switch self {
        case .text, .citext, .name, .xml, .varchar, .character, .json, .enumeration: true
        default: false
        }
    }
}

extension FieldEncoding.WireInteger {
    init?(_ type: PostgresType) {
        switch type {
        case .smallint: self = .int16
        case .integer: self = .int32
        case .bigint: self = .int64
        default: return nil
        }
    }
}

extension FieldEncoding.TimestampUnit {
    init?(_ type: LogicalType) {
        switch type {
        case .timestampSeconds: self = .seconds
        case .timestampMilliseconds: self = .milliseconds
        case .timestamp, .timestampWithZone: self = .microseconds
        case .timestampNanoseconds: self = .nanoseconds
        default: return nil
        }
    }
}

/// The labels of an enumeration as bytes, one after another.
struct LabelTable: Sendable {
    let index: LabelIndex
    private let bytes: [UInt8]
    private let ends: [Int]

    init(_ labels: [String]) {
        index = LabelIndex(of: labels)
        bytes = labels.flatMap(\.utf8)
        var end = 0
        ends = labels.map { label in
            end += label.utf8.count
            return end
        }
    }

    func range(_ label: Int) -> Range<Int> { (label == 0 ? 0 : ends[label - 1])..<ends[label] }

    func bytes(_ label: Int) -> ArraySlice<UInt8> { bytes[range(label)] }
}

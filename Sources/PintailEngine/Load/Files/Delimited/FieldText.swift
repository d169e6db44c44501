import DuckDB

/// How the values of one column become text: chosen once, before the first row.
enum FieldText: Sendable {
    case boolean
    case integer(StoredInteger)
    case decimal(StoredInteger, width: Int, scale: Int)
    case double
    case text
    case label(LabelTexts)
    case date, uuid
    /// A time of day, in 10^-`digits` of a second.
    case time(digits: Int)
    /// A point in time, in 10^-`digits` of a second since 1970.
    case timestamp(digits: Int)

    /// The way of a type; `nil` when the query has to cast it to VARCHAR first.
    init?(_ type: LogicalType, _ dialect: DelimitedDialect) {
        switch type {
        case .varchar, .json: self = .text
        case .enumeration(let labels): self = .label(LabelTexts(labels, dialect))
        default:
            guard dialect.leavesPlainValuesAlone else { return nil }
            self.init(plain: type)
        }
    }

    private init?(plain type: LogicalType) {
        switch type {
        case .boolean: self = .boolean
        // Of a FLOAT DuckDB prints now the shortest digits and now those of the same DOUBLE: it is left to the cast.
        case .double: self = .double
        case .decimal(let width, let scale):
            self = .decimal(StoredInteger(decimalOf: width), width: width, scale: scale)
        case .date: self = .date
        case .uuid: self = .uuid
        case .time: self = .time(digits: 6)
        case .timeNanoseconds: self = .time(digits: 9)
        case .timestampSeconds: self = .timestamp(digits: 0)
        case .timestampMilliseconds: self = .timestamp(digits: 3)
        case .timestamp: self = .timestamp(digits: 6)
        case .timestampNanoseconds: self = .timestamp(digits: 9)
        default:
            guard let stored = StoredInteger(type) else { return nil }
            self = .integer(stored)
        }
    }
}

/// The labels of an enumeration as they stand in the file, one after another.
struct LabelTexts: Sendable {
    let index: LabelIndex
    /// The most bytes that a label takes.
    let widest: Int
    private let bytes: [UInt8]
    private let ends: [Int]

    init(_ labels: [String], _ dialect: DelimitedDialect) {
        index = LabelIndex(of: labels)
        var tape = TextTape()
        var ends = [0]
        for var label in labels {
            var cursor = tape.cursor(reserving: DelimitedDialect.widest(label.utf8.count))
            label.withUTF8 { unsafe dialect.append(UnsafeRawBufferPointer($0), to: &cursor) }
            tape.end(at: cursor)
            ends.append(tape.count)
        }
        bytes = unsafe tape.bytes.withUnsafeBufferPointer { unsafe Array($0) }
        self.ends = ends
        widest = zip(ends, ends.dropFirst()).map { $1 - $0 }.max() ?? 0
    }

    @inline(__always)
    func append(_ label: Int, to cursor: inout TextCursor) {
        let range = ends[label]..<ends[label + 1]
        unsafe bytes.withUnsafeBytes { unsafe cursor.append(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}

import DuckDB
import Jinja

extension ResultTable {
    /// Reads all rows of a result into values as Python has them.
    convenience init(reading result: inout QueryResult) throws {
        let columns = result.columns
        var rows: [[Jinja.Value]] = []
        while let chunk = try result.nextChunk() {
            let base = rows.count
            rows += Array(repeating: [], count: chunk.count)
            for (index, column) in columns.enumerated() {
                let view = chunk.column(index)
                for row in 0..<chunk.count { rows[base + row].append(view.cell(row, column.type)) }
            }
        }
        self.init(columns.map(\.name), columns.map { Kind($0.type) }, rows)
    }
}

extension ResultTable.Kind {
    fileprivate init(_ type: LogicalType) {
        self =
            switch type {
            case .boolean: .boolean
            case .float, .double, .decimal: .number
            case .date: .date
            case .timestamp, .timestampSeconds, .timestampMilliseconds, .timestampNanoseconds, .timestampWithZone:
                .dateTime
            case .null: .integer
            default: type.isInteger ? .integer : .text
            }
    }
}

extension ColumnView {
    fileprivate func cell(_ row: Int, _ type: LogicalType) -> Jinja.Value {
        guard isValid(row) else { return .none }
        switch type {
        case .boolean: return .bool(values(as: Bool.self)[row])
        case .tinyint: return .integer(Int(values(as: Int8.self)[row]))
        case .smallint: return .integer(Int(values(as: Int16.self)[row]))
        case .integer: return .integer(Int(values(as: Int32.self)[row]))
        case .bigint: return .integer(Int(values(as: Int64.self)[row]))
        case .utinyint: return .integer(Int(values(as: UInt8.self)[row]))
        case .usmallint: return .integer(Int(values(as: UInt16.self)[row]))
        case .uinteger: return .integer(Int(values(as: UInt32.self)[row]))
        case .ubigint: return whole(Int128(values(as: UInt64.self)[row]))
        case .hugeint: return whole(values(as: Int128.self)[row])
        case .float: return .object(DecimalNumber(Double(values(as: Float.self)[row])))
        case .double: return .object(DecimalNumber(values(as: Double.self)[row]))
        case .decimal(let width, let scale): return .object(DecimalNumber(mantissa(row, width), scale: scale))
        case .varchar, .json: return .string(strings.string(row))
        case .date: return .object(DateValue(days: Int(values(as: Int32.self)[row])))
        case .timestamp: return .object(DateTimeValue(microseconds: values(as: Int64.self)[row]))
        case .timestampSeconds: return .object(DateTimeValue(microseconds: values(as: Int64.self)[row] * 1_000_000))
        case .timestampMilliseconds: return .object(DateTimeValue(microseconds: values(as: Int64.self)[row] * 1000))
        case .timestampNanoseconds: return .object(DateTimeValue(microseconds: values(as: Int64.self)[row] / 1000))
        case .timestampWithZone:
            return .object(DateTimeValue(microseconds: values(as: Int64.self)[row], zone: .utc))
        default: return .string(nested(row, type))
        }
    }

    private func mantissa(_ row: Int, _ width: Int) -> Int128 {
        switch width {
        case ...4: Int128(values(as: Int16.self)[row])
        case ...9: Int128(values(as: Int32.self)[row])
        case ...18: Int128(values(as: Int64.self)[row])
        default: values(as: Int128.self)[row]
        }
    }

    private func whole(_ value: Int128) -> Jinja.Value {
        Int(exactly: value).map { .integer($0) } ?? LiteralText.value(of: String(value)) ?? .none
    }

    /// Lists, structures and maps as JSON, which is how agate keeps them.
    private func nested(_ row: Int, _ type: LogicalType) -> String {
        let value = json(row, type)
        if case .string(let text) = value { return text }
        return (try? JSONPrinter.text(of: value)) ?? ""
    }

    private func json(_ row: Int, _ type: LogicalType) -> Jinja.Value {
        guard isValid(row) else { return .none }
        switch type {
        case .list(let element):
            let entry = listEntries[row]
            let elements = elements
            return .list(
                of: (Int(entry.offset)..<Int(entry.offset + entry.length)).map { elements.json($0, element) }
            )
        case .array(let element, let count):
            let elements = arrayElements(perRow: count)
            return .list(of: (row * count..<(row + 1) * count).map { elements.json($0, element) })
        case .structure(let fields):
            let dict = DictObject()
            for (place, part) in fields.enumerated() { dict[part.name] = field(place).json(row, part.type) }
            return .dict(dict)
        case .map(let key, let value):
            let entry = listEntries[row]
            let elements = elements
            let dict = DictObject()
            for place in Int(entry.offset)..<Int(entry.offset + entry.length) {
                let name = elements.field(0).json(place, key)
                dict[(try? name.text) ?? ""] = elements.field(1).json(place, value)
            }
            return .dict(dict)
        case .enumeration(let names):
            let place =
                names.count <= 256
                ? Int(values(as: UInt8.self)[row])
                : names.count <= 65536 ? Int(values(as: UInt16.self)[row]) : Int(values(as: UInt32.self)[row])
            return .string(names[place])
        case .float: return .double(Double(values(as: Float.self)[row]))
        case .double: return .double(values(as: Double.self)[row])
        case .uuid: return .string(Self.uuid(values(as: UInt128.self)[row]))
        case .time: return .string(DateTimeValue.clock(values(as: Int64.self)[row]))
        case .interval:
            let interval = values(as: IntervalValue.self)[row]
            let days = Int64(interval.months) * 30 + Int64(interval.days)
            return .string(TimeSpan(microseconds: days * 86_400_000_000 + interval.microseconds).description)
        case .blob: return .string((try? Jinja.Value.string(strings.string(row)).repr).map { "b" + $0 } ?? "")
        case .boolean, .varchar, .json: return cell(row, type)
        case let type where type.isInteger: return cell(row, type)
        case .decimal, .date, .timestamp, .timestampSeconds, .timestampMilliseconds, .timestampNanoseconds,
            .timestampWithZone:
            return .string((try? cell(row, type).text) ?? "")
        default: return .string("<\(type)>")
        }
    }

    /// DuckDB turns the highest bit over so that UUIDs sort as numbers do.
    private static func uuid(_ bits: UInt128) -> String {
        let flipped = bits ^ (UInt128(1) << 127)
        let digits = String(flipped, radix: 16)
        let text = String(repeating: "0", count: 32 - digits.count) + digits
        var parts: [Substring] = []
        var rest = text[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}

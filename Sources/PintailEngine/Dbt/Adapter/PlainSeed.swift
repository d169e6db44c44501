import FoundationEssentials
import Jinja

/// Seeds that DuckDB reads the same whether or not it first finds out how they are written.
///
/// It tries every quote, comment and form of dates on each file, which for a small one takes ten times as long as to
/// read it.
enum PlainSeed {
    /// Larger files are read for long enough that it makes no difference; in bytes.
    private static let largest = 1_000_000

    /// The statement that loads a seed, told that the file is plain if it is.
    static func statement(_ call: AdapterCall) throws -> Value {
        let sql = try call.text(0, "sql")
        guard case .object(let object)? = call.arguments[2, "agate_table"], let table = object as? ResultTable,
            try call.context.node.config["column_types"]?.isTrue != true,
            let close = sql.lastIndex(of: ")"),
            let data = FileManager.default.contents(atPath: try SeedTypes.path(call)), data.count <= largest,
            isPlain(Array(data), try delimiter(call), table.kinds)
        else { return .string(sql) }
        return .string(sql[..<close] + ", auto_detect false" + sql[close...])
    }

    private static func delimiter(_ call: AdapterCall) throws -> String {
        guard let delimiter = call.context.node.config["delimiter"], !delimiter.isNone else { return "," }
        return try delimiter.text
    }

    /// Whether nothing in a file could be read in two ways: no quotes, comments or escapes, one kind of line end, as many
    /// fields in each line, and dates and times as ISO 8601 has them.
    static func isPlain(_ bytes: [UInt8], _ delimiter: String, _ kinds: [ResultTable.Kind]) -> Bool {
        guard delimiter.utf8.count == 1, let comma = delimiter.utf8.first, kinds.count > 1, comma > 0x20,
            // A mark of its byte order.
            !bytes.starts(with: [0xEF, 0xBB, 0xBF]), String(validating: bytes, as: UTF8.self) != nil
        else { return false }
        var column = 0
        var field = 0
        var lines = 0
        func ends(at place: Int) -> Bool {
            column < kinds.count && (lines == 0 || isPlain(bytes[field..<place], kinds[column]))
        }
        for (place, byte) in bytes.enumerated() {
            switch byte {
            case comma, 0x0A:
                guard ends(at: place), byte == comma || column == kinds.count - 1 else { return false }
                column = byte == comma ? column + 1 : 0
                lines += byte == comma ? 0 : 1
                field = place + 1
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "#"), UInt8(ascii: "\\"), 0..<0x20, 0x7F:
                return false
            default: break
            }
        }
        // The last line may do without its end.
        guard field < bytes.count || column > 0 else { return lines > 1 }
        return lines > 0 && column == kinds.count - 1 && ends(at: bytes.count)
    }

    private static func isPlain(_ field: ArraySlice<UInt8>, _ kind: ResultTable.Kind) -> Bool {
        guard !field.isEmpty else { return true }
        switch kind {
        case .date: return looksLike("0000-00-00", field)
        case .dateTime: return looksLike("0000-00-00 00:00:00", field)
        case .integer, .number:
            let unsigned = field.first == UInt8(ascii: "-") ? field.dropFirst() : field
            return unsigned.allSatisfy { digits.contains($0) || $0 == UInt8(ascii: ".") }
        case .boolean, .text: return true
        }
    }

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    /// Whether a field has digits where the form has zeros, and is else the same.
    private static func looksLike(_ form: String, _ field: ArraySlice<UInt8>) -> Bool {
        field.count == form.utf8.count
            && zip(form.utf8, field).allSatisfy { $0 == UInt8(ascii: "0") ? digits.contains($1) : $0 == $1 }
    }
}

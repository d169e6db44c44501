extension UnitTestNode.Rows {
    /// The rows as manifests keep them: those of CSV one by one, all values as texts.
    package var tabular: ConfigValue {
        guard format == "csv", let text = rows.string else { return rows }
        var lines = CSVFixture.rows(of: Array(text.trimmed.utf8))
        guard !lines.isEmpty else { return [] }
        let names = lines.removeFirst()
        return .list(
            lines.map { line in
                .object(ConfigObject(zip(names, line).map { ($0, $1.isEmpty ? .null : .string($1)) }))
            }
        )
    }
}

/// Rows of a CSV text with commas, without those that are empty.
enum CSVFixture {
    static func rows(of bytes: [UInt8]) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var place = 0
        func next() -> UInt8? { place + 1 < bytes.count ? bytes[place + 1] : nil }
        func endField() {
            row.append(String(decoding: field, as: UTF8.self))
            field.removeAll(keepingCapacity: true)
        }
        func endRow() {
            endField()
            if row != [""] { rows.append(row) }
            row = []
        }
        while place < bytes.count {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && next() == byte:
                field.append(byte)
                place += 1
            case UInt8(ascii: "\"") where isQuoted || field.isEmpty: isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: endField()
            case 0x0D where !isQuoted && next() == 0x0A: break
            case 0x0A where !isQuoted: endRow()
            default: field.append(byte)
            }
            place += 1
        }
        endRow()
        return rows
    }
}

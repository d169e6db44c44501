/// Rows of a CSV file, one after the other.
struct CSVRows {
    private let bytes: [UInt8]
    private let delimiter: UInt8
    private var place = 0

    init(_ bytes: [UInt8], delimiter: UInt8) {
        self.bytes = bytes
        self.delimiter = delimiter
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    /// The next row that is not empty; nil after the last.
    mutating func next() -> [String]? {
        while place < bytes.count {
            let row = readRow()
            if row.count > 1 || row.first?.isEmpty == false { return row }
        }
        return nil
    }

    private mutating func readRow() -> [String] {
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if isQuoted {
                guard byte == UInt8(ascii: "\"") else {
                    field.append(byte)
                    continue
                }
                if place < bytes.count, bytes[place] == byte {
                    field.append(byte)
                    place += 1
                } else {
                    isQuoted = false
                }
            } else if byte == UInt8(ascii: "\""), field.isEmpty {
                isQuoted = true
            } else if byte == delimiter {
                row.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
            } else if byte == 0x0A || byte == 0x0D {
                if byte == 0x0D, place < bytes.count, bytes[place] == 0x0A { place += 1 }
                break
            } else {
                field.append(byte)
            }
        }
        row.append(String(decoding: field, as: UTF8.self))
        return row
    }
}

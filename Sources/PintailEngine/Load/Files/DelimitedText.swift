import PintailProject

/// A position in delimited text: which row and column the next byte belongs to.
struct RecordCursor: Hashable, Sendable {
    private let delimiter: UInt8
    private let quote: UInt8
    private let newline: UInt8
    private var isQuoted = false
    /// Records that ended before here.
    private(set) var records = 0
    /// Fields of this record that ended before here.
    private(set) var fields = 0

    /// Stands at the start of a file of this dialect.
    init(_ csv: CSVOutput, _ format: FileFormat) {
        delimiter = csv.delimiter(for: format).utf8.first ?? UInt8(ascii: ",")
        quote = csv.quote.utf8.first ?? UInt8(ascii: "\"")
        newline = csv.newline.bytes.last ?? 10
    }

    /// Moves on past some bytes.
    mutating func advance(past bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if byte == quote {
                isQuoted.toggle()
            } else if isQuoted {
                continue
            } else if byte == newline {
                records += 1
                fields = 0
            } else if byte == delimiter {
                fields += 1
            }
        }
    }
}

/// The first record of a delimited file, as far as it is needed to tell the file's columns.
enum FirstRecord {
    /// The fields of the record that UTF-8 text begins with; `nil` when the record does not end in it.
    static func fields(of text: some Sequence<UInt8>, _ csv: CSVOutput, _ format: FileFormat) -> [String]? {
        let delimiter = csv.delimiter(for: format).utf8.first
        let quote = csv.quote.utf8.first
        var fields: [[UInt8]] = [[]]
        var isQuoted = false
        var wasQuote = false
        for byte in text {
            if byte == quote {
                // A quote within quotes is written twice: the second one re-opens the field and stands for itself.
                if !isQuoted, wasQuote { fields[fields.count - 1].append(byte) }
                isQuoted.toggle()
                wasQuote = !isQuoted
                continue
            }
            wasQuote = false
            if isQuoted {
                fields[fields.count - 1].append(byte)
            } else if byte == 10 || byte == 13 {
                return fields.map { String(decoding: $0, as: UTF8.self) }
            } else if byte == delimiter {
                fields.append([])
            } else {
                fields[fields.count - 1].append(byte)
            }
        }
        return nil
    }
}

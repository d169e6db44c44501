/// Goes through delimited files record by record, to say where something stands.
///
/// Slower than DuckDB and on one thread: only for what went wrong.
struct CSVInspection {
    let parts: [CSVPart]

    /// A record that DuckDB gave as a row, or could not read.
    struct Place {
        let file: SourceFile
        /// The row's number among those of all files that could be read, counted from 1.
        let row: Int
        /// The record's number in its file, header left out, counted from 1.
        let record: Int
        let fault: CSVFault?
    }

    /// Shows every record in order, headers left out, until `visit` says that it has seen enough.
    ///
    /// - Parameter judging: whether records that cannot be read are told from rows; without it each counts as a row.
    func walk(judging: Bool = true, _ visit: (Place, borrowing RecordScanner) throws -> Bool) throws {
        var row = 0
        for part in parts {
            for file in part.files {
                var scanner = try RecordScanner(FileBytes(file.path), dialect: part.dialect)
                var isHeader = part.dialect.hasHeader
                var record = 0
                while try scanner.advance() {
                    let fault = judging ? fault(in: scanner, file, part) : nil
                    if isHeader, fault == nil {
                        isHeader = false
                        continue
                    }
                    record += 1
                    if fault == nil { row += 1 }
                    if row % 4096 == 0 { try Task.checkCancellation() }
                    guard try visit(Place(file: file, row: row, record: record, fault: fault), scanner) else { return }
                }
            }
        }
    }

    /// The first record that cannot be read.
    func firstFault() throws -> CSVFault? {
        var found: CSVFault?
        try walk { place, _ in
            found = place.fault
            return found == nil
        }
        return found
    }

    /// Where the row of a number stands.
    func place(ofRow row: Int) throws -> String? {
        var found: String?
        try walk { place, scanner in
            guard place.fault == nil, place.row == row else { return true }
            found = "\(place.file.name):\(scanner.line)"
            return false
        }
        return found
    }

    private func fault(in scanner: borrowing RecordScanner, _ file: SourceFile, _ part: CSVPart) -> CSVFault? {
        let kind: CSVFault.Kind
        var line = scanner.line
        switch scanner.problem {
        case .unclosedQuote(let opened):
            kind = .unclosedQuote
            line = opened
        case .textAfterQuote(let place):
            kind = .textAfterQuote
            line = place
        case nil:
            // DuckDB lets a delimiter at the end of a row pass.
            let ends = scanner.fields.count == part.columns.count + 1 && scanner.fields.last?.range.isEmpty == true
            if scanner.fields.count != part.columns.count, !ends {
                kind = .fields(
                    found: scanner.fields.count,
                    expected: part.columns.count,
                    hasHeader: part.dialect.hasHeader
                )
            } else if let (byte, column) = UTF8Check.firstBad(scanner.raw) {
                kind = .notUTF8(byte: byte, column: column)
            } else {
                return nil
            }
        }
        return CSVFault(file: file.name, line: line, kind: kind, raw: String(decoding: scanner.raw, as: UTF8.self))
    }
}

/// Finds what is not UTF-8.
enum UTF8Check {
    /// The first byte that is no part of a character, and its place counted from 1.
    static func firstBad(_ bytes: ArraySlice<UInt8>) -> (byte: UInt8, column: Int)? {
        guard !isUTF8(bytes) else { return nil }
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let length = (1...4).first {
                bytes.endIndex - start >= $0 && String(validating: bytes[start..<(start + $0)], as: UTF8.self) != nil
            }
            guard let length else { return (bytes[start], start - bytes.startIndex + 1) }
            start += length
        }
        return nil
    }

    /// Makes no text of it, as a whole file goes through here.
    private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return true
        } catch {
            return false
        }
    }
}

import DuckDB
import PintailProject

/// What separates, ends and surrounds the fields of delimited text, by the rules of DuckDB's COPY.
struct DelimitedDialect: Sendable {
    let delimiter: ShortText
    let newline: ShortText
    /// What is written for NULL, as it is.
    let null: [UInt8]
    private let quote: UInt8
    /// The bytes that a field stands in quotes for, each in all places of a word.
    private let marks: [5 of UInt64]

    /// Takes the dialect of a load.
    init(_ csv: CSVOutput, _ format: FileFormat) {
        let delimiter = Array(csv.delimiter(for: format).utf8)
        self.delimiter = ShortText(delimiter)
        newline = ShortText(csv.newline.bytes)
        null = Array(csv.null.utf8)
        quote = csv.quote.utf8.first ?? 0
        // A line that begins with # could be taken for a comment.
        let marked = [delimiter.first ?? 0, quote, 10, 13, UInt8(ascii: "#")]
        marks = InlineArray { UInt64(marked[$0]) &* Self.everyByte }
    }

    /// The first line.
    func header(_ names: [String]) -> [UInt8] {
        var tape = TextTape()
        for (index, name) in names.enumerated() {
            var name = name
            let size = Self.widest(name.utf8.count)
            var cursor = tape.cursor(reserving: size + 2)
            name.withUTF8 { unsafe append(UnsafeRawBufferPointer($0), to: &cursor) }
            cursor.append(index == names.count - 1 ? newline : delimiter)
            tape.end(at: cursor)
        }
        return unsafe tape.bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// The most bytes that texts of so many take.
    @inline(__always)
    static func widest(_ bytes: Int) -> Int { 2 * bytes + 2 }

    /// Writes a text that is not NULL, in quotes if it must be.
    @inline(__always)
    func append(_ text: UnsafeRawBufferPointer, to cursor: inout TextCursor) {
        if unsafe needsQuotes(text) { unsafe appendQuoted(text, to: &cursor) } else { unsafe cursor.append(text) }
    }

    private func appendQuoted(_ text: UnsafeRawBufferPointer, to cursor: inout TextCursor) {
        cursor.append(quote)
        for index in 0..<text.count {
            let byte = unsafe text[index]
            if byte == quote { cursor.append(quote) }
            cursor.append(byte)
        }
        cursor.append(quote)
    }

    @inline(__always)
    private func needsQuotes(_ text: UnsafeRawBufferPointer) -> Bool {
        if text.count == null.count, unsafe text.elementsEqual(null) { return true }
        if text.count < 8 { return unsafe hasMark(ShortText(text).word) }
        var offset = 0
        while offset < text.count - 8 {
            if unsafe hasMark(text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) { return true }
            offset += 8
        }
        return unsafe hasMark(text.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self))
    }

    /// Whether one of the eight bytes needs quotes.
    ///
    /// https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
    @inline(__always)
    private func hasMark(_ word: UInt64) -> Bool {
        var found: UInt64 = 0
        for index in marks.indices {
            let difference = word ^ marks[index]
            found |= (difference &- Self.everyByte) & ~difference
        }
        return found & (Self.everyByte << 7) != 0
    }

    private static var everyByte: UInt64 { 0x0101_0101_0101_0101 }

    /// Whether a number, time or the like is never in need of quotes.
    ///
    /// Nobody's dialect but a test's has a comma that is a digit.
    var leavesPlainValuesAlone: Bool {
        let separators = [UInt8(truncatingIfNeeded: delimiter.word), quote]
        if separators.contains(where: Self.plainBytes.contains) { return false }
        guard let first = null.first else { return true }
        let isWord = Self.words.contains { null.elementsEqual($0.utf8) }
        return !isWord && !Self.numberStarts.contains(first) && null.count != Self.uuidLength
    }

    /// What numbers, times, UUIDs and `true` are written with.
    private static let plainBytes = Set("0123456789abcdefghijklmnopqrstuvwxyzBC-+.: ()".utf8)
    private static let numberStarts = Set("0123456789-.".utf8)
    private static let uuidLength = 36
    private static let words = ["true", "false", "nan", "inf", "infinity"]
}

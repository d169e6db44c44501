/// Takes a delimited file apart record by record, knowing each record's line.
///
/// DuckDB reads the data; this reads a sample to learn the dialect, and finds the place of what DuckDB stumbled over,
/// for DuckDB counts records where people count lines.
struct RecordScanner: ~Copyable {
    /// Where a field stands in ``window``.
    struct Field: Hashable {
        var range: Range<Int>
        var isQuoted = false
    }

    /// What is wrong with a record's quotes.
    enum Problem: Hashable {
        case unclosedQuote(line: Int)
        /// `"abc"d`: text between the closing quote and the delimiter.
        case textAfterQuote(line: Int)
    }

    /// The line the record begins on, counted from 1.
    private(set) var line = 0
    private(set) var fields: [Field] = []
    private(set) var problem: Problem?
    /// The record's bytes in ``window``, without its line end.
    private(set) var record = 0..<0
    /// The part of the file that is looked at.
    private(set) var window: [UInt8] = []

    private let dialect: Dialect
    private let source: any ByteSource
    private var isAtEnd = false
    private var next = 0
    private var nextLine = 1
    /// A record longer than this is taken for an unclosed quote.
    private static let longestRecord = 64 << 20
    private static let piece = 1 << 20

    /// Reads from `source`, past a byte order mark and the lines to skip.
    init(_ source: any ByteSource, dialect: Dialect) throws {
        self.source = source
        self.dialect = dialect
        try refill()
        if window.starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
        for _ in 0..<dialect.skip { try skipLine() }
    }

    /// Steps to the next record that is not blank and no comment; false at the end.
    mutating func advance() throws -> Bool {
        while true {
            guard try scan() else { return false }
            if dialect.fields > 1 || dialect.fields == 0, record.isEmpty { continue }
            if let comment = dialect.comment, !record.isEmpty, window[record.lowerBound] == comment { continue }
            return true
        }
    }

    /// A field's text, quotes and escapes taken off.
    func bytes(_ field: Field) -> [UInt8] {
        guard field.isQuoted, let quote = dialect.quote else { return Array(window[field.range]) }
        let inner = field.range.dropFirst().dropLast()
        guard let escape = dialect.escape, window[inner].contains(escape) else { return Array(window[inner]) }
        var bytes: [UInt8] = []
        var index = inner.lowerBound
        while index < inner.upperBound {
            let follows = index + 1 < inner.upperBound ? window[index + 1] : 0
            if window[index] == escape, follows == quote || follows == escape { index += 1 }
            bytes.append(window[index])
            index += 1
        }
        return bytes
    }

    /// The record as it stands in the file.
    var raw: ArraySlice<UInt8> { window[record] }

    private mutating func refill() throws {
        if next > 0 {
            window.removeFirst(next)
            next = 0
        }
        // Growing with the window keeps the rescans of one long record cheap.
        let wanted = max(Self.piece, window.count)
        if try source.read(wanted, into: &window) == 0 { isAtEnd = true }
    }

    private mutating func skipLine() throws {
        while true {
            if let end = window[next...].firstIndex(where: { $0 == 10 || $0 == 13 }), end + 1 < window.count || isAtEnd
            {
                next = end + (window[end] == 13 && end + 1 < window.count && window[end + 1] == 10 ? 2 : 1)
                nextLine += 1
                return
            }
            if isAtEnd {
                next = window.count
                return
            }
            try refill()
        }
    }

    /// Reads one record, refilling the window until the whole of it is there.
    private mutating func scan() throws -> Bool {
        while true {
            if next == window.count, isAtEnd { return false }
            if scanRecord() { return true }
            if isAtEnd { preconditionFailure("a record at the end of a file is always whole") }
            try refill()
        }
    }

    /// Reads one record of the window; false when more bytes are needed to see its end.
    private mutating func scanRecord() -> Bool {
        fields.removeAll(keepingCapacity: true)
        problem = nil
        var index = next
        var lines = nextLine
        let start = next
        while true {
            guard let field = scanField(&index, &lines) else { return false }
            fields.append(field)
            if index < window.count, matchesDelimiter(index) {
                index += dialect.delimiter.count
                continue
            }
            break
        }
        guard index < window.count || isAtEnd else { return false }
        record = start..<index
        line = nextLine
        if index < window.count {
            let isReturn = window[index] == 13
            guard !isReturn || index + 1 < window.count || isAtEnd else { return false }
            index += isReturn && index + 1 < window.count && window[index + 1] == 10 ? 2 : 1
            lines += 1
        }
        next = index
        nextLine = lines
        return true
    }

    /// Reads one field and stands at what ends it; `nil` when more bytes are needed.
    private mutating func scanField(_ index: inout Int, _ lines: inout Int) -> Field? {
        let start = index
        if index < window.count, let quote = dialect.quote, window[index] == quote {
            guard scanQuoted(&index, &lines, quote) else { return nil }
            let end = index
            if isFieldEnd(index) {
                return index < window.count || isAtEnd ? Field(range: start..<end, isQuoted: true) : nil
            }
            if problem == nil { problem = .textAfterQuote(line: lines) }
        }
        index = fieldEnd(from: index)
        return index < window.count || isAtEnd ? Field(range: start..<index) : nil
    }

    /// Passes over a quoted text; false when more bytes are needed to see the closing quote.
    private mutating func scanQuoted(_ index: inout Int, _ lines: inout Int, _ quote: UInt8) -> Bool {
        let opened = lines
        let start = index
        index += 1
        while index < window.count {
            let byte = window[index]
            if byte == dialect.escape, byte != quote, index + 1 < window.count {
                index += 1
            } else if byte == quote {
                let doubles = dialect.escape == quote && index + 1 < window.count && window[index + 1] == quote
                if !doubles {
                    guard index + 1 < window.count || isAtEnd else { return false }
                    index += 1
                    return true
                }
                index += 1
            } else if byte == 10 || (byte == 13 && !(index + 1 < window.count && window[index + 1] == 10)) {
                lines += 1
            }
            index += 1
        }
        guard isAtEnd || index - start > Self.longestRecord else { return false }
        problem = .unclosedQuote(line: opened)
        isAtEnd = true
        return true
    }

    /// Where the field ends that goes on at `start`; most of a file's bytes pass by here.
    private func fieldEnd(from start: Int) -> Int {
        let bytes = window.span
        let delimiter = dialect.delimiter[0]
        let isLong = dialect.delimiter.count > 1
        let ends = FieldEnds(delimiter)
        var index = start
        while index < bytes.count {
            if index + 8 <= bytes.count {
                let skipped = ends.skip(unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
                index += skipped
                if skipped == 8 { continue }
            }
            let byte = bytes[index]
            if byte == 10 || byte == 13 { break }
            if byte == delimiter, !isLong || matchesDelimiter(index) { break }
            index += 1
        }
        return index
    }

    /// Looks at eight bytes at once for what may end a field.
    private struct FieldEnds {
        private let delimiters: UInt64
        private static let ones: UInt64 = 0x0101_0101_0101_0101
        private static let highBits = ones << 7

        init(_ delimiter: UInt8) { delimiters = Self.ones * UInt64(delimiter) }

        /// How many of the bytes are in front of the first line end or delimiter.
        func skip(_ word: UInt64) -> Int {
            let word = UInt64(littleEndian: word)
            let found =
                Self.zeros(word ^ (Self.ones * 10)) | Self.zeros(word ^ (Self.ones * 13))
                | Self.zeros(word ^ delimiters)
            return found.trailingZeroBitCount / 8
        }

        /// The high bit of the first byte that is zero, and of bytes behind it.
        private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }
    }

    private func isFieldEnd(_ index: Int) -> Bool {
        index >= window.count || window[index] == 10 || window[index] == 13 || matchesDelimiter(index)
    }

    private func matchesDelimiter(_ index: Int) -> Bool {
        guard window[index] == dialect.delimiter[0] else { return false }
        return dialect.delimiter.count == 1 || window[index...].starts(with: dialect.delimiter)
    }
}

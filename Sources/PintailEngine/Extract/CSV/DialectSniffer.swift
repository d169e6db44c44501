import PintailProject

/// Learns a delimited file's dialect from its first records.
///
/// DuckDB has a sniffer too; it passes over lines that do not fit and does without quotes when they do not match, so that a
/// ragged or cut file gives a table of other rows without a word. This one only ever chooses how to read all of it.
struct DialectSniffer {
    /// What the user said.
    let given: CSVDialect
    let isTSV: Bool
    /// The file's first bytes, as UTF-8.
    let sample: [UInt8]
    /// Whether `sample` is the whole file.
    let isWhole: Bool

    /// What was learnt.
    struct Finding {
        var dialect: Dialect
        /// The header's names, or those given; `nil` where neither is there.
        var names: [String]?
        /// The line of a quote in the first record that is never closed: what follows is no text of the file's author.
        var unclosedQuote: Int?
    }

    private static let delimiters: [UInt8] = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
    /// Enough to see a dialect; types are learnt from more.
    private static let records = 1000

    /// Chooses the dialect under which most records have the same number of fields.
    func find() throws -> Finding {
        var best = try score(Dialect(given, isTSV: isTSV))
        for candidate in candidates {
            let scored = try score(candidate)
            if scored.value > best.value { best = scored }
        }
        var dialect = best.dialect
        dialect.fields = max(1, best.fields)
        return try finished(dialect, best)
    }

    private var candidates: [Dialect] {
        let base = Dialect(given, isTSV: isTSV)
        let delimiters = given.delimiter != nil || isTSV ? [base.delimiter] : Self.delimiters.map { [$0] }
        let comments: [UInt8?] =
            given.comment == nil && sample.first == UInt8(ascii: "#") ? [nil, UInt8(ascii: "#")] : [base.comment]
        let quotes: [UInt8?] =
            given.quote == nil && !sample.contains(UInt8(ascii: "\"")) && sample.contains(UInt8(ascii: "'"))
            ? [base.quote, UInt8(ascii: "'")] : [base.quote]
        let hasBackslashes = given.escape == nil && sample.contains(UInt8(ascii: "\\"))
        return delimiters.flatMap { delimiter in
            comments.flatMap { comment in
                quotes.flatMap { quote -> [Dialect] in
                    var dialect = base
                    dialect.delimiter = delimiter
                    dialect.comment = comment
                    dialect.quote = quote
                    dialect.escape = given.escape == nil ? quote : base.escape
                    var escaped = dialect
                    escaped.escape = UInt8(ascii: "\\")
                    return hasBackslashes ? [dialect, escaped] : [dialect]
                }
            }
        }
    }

    private struct Score {
        var dialect: Dialect
        /// How many fields most records have.
        var fields = 1
        var value = 0.0
        /// The first records' fields.
        var rows: [[[UInt8]]] = []
        var quotedFields = 0
        var firstLine = 1
        var unclosedQuote: Int?
    }

    private func score(_ dialect: Dialect) throws -> Score {
        var result = Score(dialect: dialect)
        var counts: [Int: Int] = [:]
        var first: Int?
        var total = 0
        var dialect = dialect
        dialect.fields = 0
        var scanner = try RecordScanner(ArrayBytes(sample), dialect: dialect)
        while total < Self.records, try scanner.advance() {
            if !isWhole, scanner.record.upperBound == scanner.window.count { break }
            total += 1
            if first == nil {
                first = scanner.fields.count
                result.firstLine = scanner.line
                if case .unclosedQuote(let line) = scanner.problem { result.unclosedQuote = line }
            }
            if scanner.problem == nil { counts[scanner.fields.count, default: 0] += 1 }
            result.quotedFields += scanner.fields.count { $0.isQuoted }
            result.rows.append(scanner.fields.map { scanner.bytes($0) })
        }
        guard let mode = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return result }
        result.fields = mode.key
        let share = Double(mode.value) / Double(total)
        // One field each is what every wrong delimiter gives; a header of another width speaks against a delimiter.
        result.value = (mode.key > 1 ? 1 : 0.1) * share * (first == mode.key ? 1 : 0.6)
        if mode.key > 1 { result.value += Double(min(mode.key, 100)) / 1e5 }
        // Quotes that enclose whole fields speak for the quote.
        result.value += result.quotedFields > 0 ? 1e-6 : 0
        return result
    }

    private func finished(_ dialect: Dialect, _ score: Score) throws -> Finding {
        var dialect = dialect
        // The header, or the first row, says how many columns there are; a row of another width is an error with a line.
        if let first = score.rows.first { dialect.fields = first.count }
        // DuckDB would take a blank first line for the header; comments it passes over by itself.
        if dialect.comment == nil { dialect.skip = max(dialect.skip, score.firstLine - 1) }
        if let names = given.names, given.header == nil {
            dialect.hasHeader = score.rows.first.map { Self.texts($0) == names } ?? false
        } else if given.header == nil {
            dialect.hasHeader = Self.looksLikeHeader(score.rows)
        }
        var names = dialect.hasHeader ? score.rows.first.map { Self.texts($0) } : nil
        if let given = given.names { names = given }
        return Finding(dialect: dialect, names: names, unclosedQuote: score.unclosedQuote)
    }

    private static func texts(_ fields: [[UInt8]]) -> [String] {
        fields.map { String(decoding: $0[NumberText.trimmed($0.span)], as: UTF8.self) }
    }

    /// Whether the first record names columns: it does unless it fits in with the rows below and holds a value that is no name.
    private static func looksLikeHeader(_ rows: [[[UInt8]]]) -> Bool {
        guard let first = rows.first else { return true }
        let kinds = first.map { TextKind.all(of: $0.span) }
        guard kinds.contains(where: { $0 != 0 }) else { return true }
        for (column, kind) in kinds.enumerated() {
            let below = rows.dropFirst().compactMap {
                $0.indices.contains(column) && !$0[column].isEmpty ? $0[column] : nil
            }
            guard !below.isEmpty else { continue }
            let common = below.reduce(UInt64.max) { $0 & TextKind.all(of: $1.span) }
            let isName = kind == 0 && !first[column].isEmpty
            if isName, common != 0 { return true }
        }
        return false
    }
}

/// Bytes that are in memory already.
final class ArrayBytes: ByteSource {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    func read(_ limit: Int, into bytes: inout [UInt8]) -> Int {
        let piece = rest.prefix(limit)
        bytes += piece
        rest = rest.dropFirst(limit)
        return piece.count
    }
}

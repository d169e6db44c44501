import DuckDB
import PintailProject

/// Writes delimited text, which comes in UTF-8, in the character set that was asked for.
struct OutputTranscoder: ~Copyable {
    private let encoding: OutputEncoding
    private let columns: [ResultColumn]
    private let hasHeader: Bool
    private let writer: DescriptorWriter
    private var converter: CharacterConverter
    private var cursor: RecordCursor
    private var pending: [UInt8] = []

    /// Opens the conversion.
    ///
    /// - Throws: ``StepError`` when nobody knows the character set.
    init(
        _ encoding: OutputEncoding,
        _ converter: String,
        of text: TextOutput,
        to writer: DescriptorWriter
    ) throws {
        guard let opened = CharacterConverter(from: "UTF-8", to: converter) else {
            throw StepError(
                "no character set is called '\(encoding.name)'",
                hint: "`iconv --list` prints all names; common ones are utf-8, utf-16, latin-1 and windows-1252"
            )
        }
        self.encoding = encoding
        self.writer = writer
        columns = text.columns
        hasHeader = text.csv.header && !text.isContinuation
        self.converter = opened
        cursor = RecordCursor(text.csv, text.format)
    }

    /// Writes a piece of text, but for a character that the piece ends within.
    mutating func write(_ piece: Span<UInt8>) throws {
        unsafe piece.withUnsafeBufferPointer { unsafe pending.append(contentsOf: $0) }
        let writer = writer
        do {
            let used = try converter.convert(&pending) { try writer.write($0) }
            cursor.advance(past: pending[..<used])
            pending.removeFirst(used)
        } catch let problem as CharacterConverter.Unconvertible {
            cursor.advance(past: pending[..<problem.offset])
            throw unknownCharacter(at: problem.offset)
        }
    }

    private func unknownCharacter(at offset: Int) -> StepError {
        let character = String(decoding: pending[offset...].prefix(4), as: UTF8.self).unicodeScalars.first
        let code = character.map { String($0.value, radix: 16, uppercase: true) } ?? ""
        let padding = String(repeating: "0", count: max(0, 4 - code.count))
        return StepError(
            "\(encoding.name) has no character '\(character.map(String.init) ?? "")' (U+\(padding)\(code)): \(place)",
            hint: "write the file in utf-8, or replace the character in a transform"
        )
    }

    private var place: String {
        let column = cursor.fields < columns.count ? "'\(columns[cursor.fields].name)'" : "\(cursor.fields + 1)"
        if hasHeader, cursor.records == 0 { return "header, column \(column)" }
        return "row \(cursor.records + (hasHeader ? 0 : 1)), column \(column)"
    }
}

/// What is known of delimited text on its way into a file.
struct TextOutput: Hashable, Sendable {
    let csv: CSVOutput
    let format: FileFormat
    let columns: [ResultColumn]
    /// Whether the rows come after others.
    let isContinuation: Bool
}

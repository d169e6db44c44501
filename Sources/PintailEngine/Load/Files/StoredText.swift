import DuckDB
import PintailProject

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A text file to which rows are to be added, as far as that must be known.
struct StoredText {
    /// The first bytes: enough for the header.
    let start: [UInt8]
    let endsInNewline: Bool
    /// What ends a line, in the file's own character set.
    let newline: [UInt8]
    private let output: FileOutput
    private let shown: String

    /// A header longer than this is no header.
    private static let headLimit = 1 << 20

    /// Looks at a file's beginning and end.
    init(_ target: FileTarget, _ output: FileOutput) throws {
        guard output.format.compression == .none else {
            throw StepError(
                "rows cannot be added to a compressed file",
                hint: "`mode: replace` writes it anew; a folder (`into: \(target.shown)/`) takes new files"
            )
        }
        start = try FilePart.read(target, from: 0, count: Self.headLimit)
        let encoding = output.encoding.continuing(start)
        let line = output.load.csv.newline.bytes
        newline = encoding.isWide ? line.flatMap { encoding.isBigEndian ? [0, $0] : [$0, 0] } : line
        let last = try FilePart.read(target, from: max(0, target.size - (encoding.isWide ? 2 : 1)), count: 2)
        endsInNewline = encoding.isWide ? last == Array(newline.suffix(2)) : last == [10] || last == [13]
        self.output = output
        shown = target.shown
    }

    /// The rows with their columns in the file's order.
    ///
    /// - Throws: ``StepError`` when the file has other columns.
    func matched(_ relation: LoadRelation) throws -> LoadRelation {
        guard output.format.isDelimited else { return relation }
        guard let first = try firstRecord() else { throw StepError("the first line of \(shown) does not end") }
        let names = relation.columns.map(\.name)
        guard output.load.csv.header else {
            guard first.count == names.count else {
                throw StepError("\(shown) has \(first.count) columns, and the rows have \(names.count)")
            }
            return relation
        }
        let missing = first.filter { name in !names.contains { $0.equalsIgnoringCase(name) } }
        let added = names.filter { name in !first.contains { $0.equalsIgnoringCase(name) } }
        guard missing.isEmpty, added.isEmpty, first.count == names.count else {
            throw StepError(
                "the columns of \(shown) are not those of the rows",
                cause: StepError(Self.differences(missing, added, first)),
                hint: "`mode: replace` writes a new file; check `csv:` if the file has another delimiter or quote"
            )
        }
        return first == names ? relation : relation.inOrder(of: first)
    }

    private static func differences(_ missing: [String], _ added: [String], _ first: [String]) -> String {
        let parts = [
            missing.isEmpty ? nil : "the rows lack \(missing.map { "'\($0)'" }.joined(separator: ", "))",
            added.isEmpty ? nil : "the file lacks \(added.map { "'\($0)'" }.joined(separator: ", "))",
        ].compactMap(\.self)
        return parts.isEmpty ? "the file's header is \(first.joined(separator: ", "))" : parts.joined(separator: "; ")
    }

    private func firstRecord() throws -> [String]? {
        var text = start
        if text.starts(with: OutputEncoding.utf8Mark) { text.removeFirst(3) }
        if let converter = output.encoding.continuing(start).converter {
            if output.encoding.mark == Array(text.prefix(2)) || text.starts(with: [0xFE, 0xFF]) { text.removeFirst(2) }
            text = try Self.decoded(text, from: converter, shown)
        }
        // A file of one line may lack its end.
        return FirstRecord.fields(of: text + (endsInNewline ? [] : [10]), output.load.csv, output.format.format)
    }

    private static func decoded(_ bytes: [UInt8], from name: String, _ shown: String) throws -> [UInt8] {
        var bytes = bytes
        var text: [UInt8] = []
        guard var converter = CharacterConverter(from: name, to: "UTF-8") else {
            throw StepError("no character set is called '\(name)'")
        }
        do {
            _ = try converter.convert(&bytes) { piece in
                unsafe piece.withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
            }
        } catch is CharacterConverter.Unconvertible {
            throw StepError("\(shown) is not written in \(name)")
        }
        return text
    }
}

extension OutputEncoding {
    fileprivate var isWide: Bool { converter?.hasPrefix("UTF-16") == true }
    fileprivate var isBigEndian: Bool { converter == "UTF-16BE" }
}

/// A few bytes of a file.
enum FilePart {
    /// Reads up to `count` bytes.
    static func read(_ target: FileTarget, from offset: Int, count: Int) throws(FileProblem) -> [UInt8] {
        let descriptor = unsafe open(target.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw FileProblem(target.shown) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    count - done,
                    off_t(offset + done)
                )
            }
            guard got >= 0 else { throw FileProblem(target.shown) }
            if got == 0 { break }
            done += got
        }
        return Array(bytes.prefix(done))
    }
}

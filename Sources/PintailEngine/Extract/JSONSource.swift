import DuckDB
import PintailOrchestrator
import PintailProject

/// JSON files, one value a line or arrays of objects; columns are the objects' keys.
struct JSONSource: RowSource {
    private let files: [SourceFile]
    private let format: FileFormat
    private let namesFiles: Bool
    private(set) var columns: [ResultColumn] = []
    private(set) var warnings: [String]
    let goneAfterRun: String?

    /// Reads every file to learn the keys and their types, so that none is missed that comes late.
    ///
    /// - Parameter given: columns whose types the user gave, so that nothing need be said of them.
    init(
        _ prepared: PreparedFiles,
        namesFiles: Bool,
        given: some Collection<String>,
        _ connection: borrowing Connection
    ) throws {
        let empty = prepared.files.filter { $0.size == 0 }
        files = prepared.files.filter { $0.size != 0 }
        format = prepared.format
        self.namesFiles = namesFiles
        goneAfterRun = prepared.goneAfterRun
        warnings = prepared.warnings + empty.map { "\($0.name) is empty" }
        do {
            columns = try connection.describe("FROM \(rows)")
            if !files.isEmpty { warnings += try remarks(besides: given).warnings(connection) }
        } catch {
            throw explain(error, connection)
        }
    }

    var name: String { SourceFile.name(of: files) }

    private var form: String { format == .ndjson ? "newline_delimited" : "auto" }

    private func remarks(besides given: some Collection<String>) -> JSONRemarks {
        let settled = Set(given.map { $0.lowercased() })
        return JSONRemarks(
            columns: columns.filter { !settled.contains($0.name.lowercased()) },
            files: files,
            form: form,
            largestObject: Self.largestObject
        )
    }

    var rows: SQL {
        guard !files.isEmpty else { return "(SELECT NULL::VARCHAR AS column0 WHERE false)" }
        let file: SQL = namesFiles ? ", filename = \(literal: CSVReading.fileColumn)" : ""
        let rows: SQL = """
            read_json(\(literals: files.map(\.path)), format = \(literal: form), sample_size = -1, union_by_name = true,
                maximum_depth = \(literal: Self.deepest), maximum_object_size = \(literal: Self.largestObject)\(file))
            """
        return namesFiles ? SourceFile.renamed(rows, files) : rows
    }

    /// How many records a file has, whatever their keys.
    static func count(_ file: SourceFile) -> SQL {
        """
        SELECT count(*) FROM read_json_objects_auto(\(literal: file.path), maximum_object_size = \(literal: largestObject))
        """
    }

    /// Below it all is JSON: objects in objects, thousands deep, would keep DuckDB's search for types busy for ever.
    private static let deepest = 100

    /// DuckDB's default of 16 MB is less than real documents take.
    private static let largestObject = 128 << 20

    var facts: [String: JSONValue] { ["format": .string(format.rawValue)] }
    var estimatedSize: EstimatedSource.Size? {
        let files = files.map { EstimatedFile($0.path, size: $0.size ?? 0) }
        return format == .ndjson ? .lines(files, hasHeader: false) : .records(files)
    }

    func explain(_ error: DuckDBError, _ connection: borrowing Connection) -> any Error {
        guard let facts = JSONErrorText(error.message), let file = files.first(where: { $0.path == facts.file }) else {
            return StepError("cannot read \(files.first?.name ?? "the file")", cause: error)
        }
        let line = (try? firstBadLine(of: file, connection)) ?? facts.line
        return StepError(
            "\(file.name)\(line.map { ":\($0)" } ?? ""): this is not JSON: \(facts.reason)",
            hint: facts.reason.contains("unexpected end") ? "the file may have been cut short" : nil
        )
    }

    /// DuckDB's own count is one too many: ask it line by line, where a value stands on each.
    private func firstBadLine(of file: SourceFile, _ connection: borrowing Connection) throws -> Int? {
        let bytes = try FileBytes(file.path)
        guard try bytes.read(64).first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return nil }
        // A separator that no JSON holds gives whole lines.
        return try connection.value(
            """
            SELECT number FROM (SELECT row_number() OVER () AS number, line FROM read_csv(\(literal: file.path),
                auto_detect = false, delim = '\u{1F}', quote = '', escape = '', header = false,
                columns = {'line': 'VARCHAR'}, max_line_size = \(literal: Self.largestObject)))
            WHERE NOT json_valid(line) LIMIT 1
            """
        ).integer
    }
}

/// What DuckDB's JSON reader says, taken apart.
private struct JSONErrorText {
    let file: String
    let line: Int?
    let reason: String

    /// Reads a message of the form `Malformed JSON in file "a.ndjson", at byte 24 in line 3: unexpected character.`.
    init?(_ text: String) {
        guard text.contains("JSON"), let open = text.firstIndex(of: "\""),
            let close = text[text.index(after: open)...].firstIndex(of: "\"")
        else { return nil }
        file = String(text[text.index(after: open)..<close])
        let rest = text[close...]
        line = rest.split(separator: " in line ").dropFirst().first.flatMap { Int($0.prefix(while: \.isNumber)) }
        if let key = text.firstMatch(of: #/ has duplicate key "(.*)"/#)?.output.1 {
            reason = "an object has the key '\(key)' twice"
            return
        }
        reason =
            rest.split(separator: ": ").dropFirst().first.map { String($0.prefix(while: { $0 != "." })) } ?? "malformed"
    }
}

import DuckDB
import PintailOrchestrator

/// Parquet files, read as one table with their columns matched by name.
struct ParquetSource: RowSource {
    private let files: [SourceFile]
    private let namesFiles: Bool
    private let secrets: Redactor
    private(set) var columns: [ResultColumn] = []
    private(set) var warnings: [String] = []
    let goneAfterRun: String?

    /// Reads the files' footers.
    init(_ prepared: PreparedFiles, namesFiles: Bool, secrets: Redactor, _ connection: borrowing Connection) throws {
        files = prepared.files
        self.secrets = secrets
        self.namesFiles = namesFiles
        goneAfterRun = prepared.goneAfterRun
        for file in files where !file.isRemote { try Self.check(file) }
        do {
            columns = try connection.describe("FROM \(rows)")
        } catch {
            throw explain(error, connection)
        }
    }

    var name: String { SourceFile.name(of: files) }

    var rows: SQL {
        let file: SQL = namesFiles ? ", filename = \(literal: CSVReading.fileColumn)" : ""
        let rows: SQL = "read_parquet(\(literals: files.map(\.path)), union_by_name = true\(file))"
        return namesFiles ? SourceFile.renamed(rows, files) : rows
    }

    var facts: [String: JSONValue] { ["format": "parquet"] }
    var hasTypes: Bool { true }
    var estimatedSize: EstimatedSource.Size? { .parquet(files.map(\.path)) }

    /// A file that was cut short shows before any of it is read: the mark at the end is missing.
    private static func check(_ file: SourceFile) throws {
        let mark = Array("PAR1".utf8)
        let bytes = try FileBytes(file.path)
        let first = try bytes.read(4)
        guard first == mark else {
            throw StepError(
                first.isEmpty ? "\(file.name) is empty, which no Parquet file is" : "\(file.name) is not a Parquet file"
            )
        }
        guard try bytes.readLast(4) == mark else {
            throw StepError(
                "\(file.name) is cut short: a Parquet file ends with its footer",
                hint: "fetch the file again"
            )
        }
    }

    func explain(_ error: DuckDBError, _ connection: borrowing Connection) -> any Error {
        let culprit = files.first { error.message.contains($0.path) } ?? files[0]
        if culprit.isRemote, [.http, .io].contains(error.kind) {
            let refusal = RemoteRefusal(secrets.redact(error.message), at: culprit.path)
            return StepError(
                "cannot read \(culprit.name): \(refusal.reason)",
                hint: refusal.hint,
                isTransient: refusal.isTransient
            )
        }
        return StepError("cannot read \(culprit.name)", cause: error)
    }
}

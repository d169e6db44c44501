import DuckDB
import PintailOrchestrator
import PintailProject

/// Files behind `https://` and `s3://`, found and fetched through DuckDB's httpfs.
struct RemoteFiles {
    let extract: Extract
    let spool: Spool
    let secrets: Redactor
    /// Whether a pattern may match nothing.
    var mayBeNone = false

    /// The files an address or pattern means, with what the server tells of them.
    func find(_ address: String, _ connection: borrowing Connection) throws -> [SourceFile] {
        do {
            let rows = try connection.rows(
                "SELECT filename, size, epoch_us(last_modified) FROM read_blob(\(literal: address)) ORDER BY filename"
            )
            guard mayBeNone || !rows.isEmpty else { throw nothing(address) }
            return rows.map { row in
                let path = row[0].text ?? address
                return SourceFile(
                    path: path,
                    name: path,
                    size: row[1].integer.map { Bytes($0) },
                    modified: Int64(row[2].integer ?? 0) * 1000
                )
            }
        } catch let error as DuckDBError {
            throw failure(address, error)
        }
    }

    private func nothing(_ address: String) -> StepError {
        StepError(
            "no file matches '\(address)'",
            hint: "'*' stands for a part of a name, '**' for folders at any depth"
        )
    }

    /// The file itself for Parquet, of which only the needed parts are read; a copy in the spool of any other.
    func fetch(_ file: SourceFile, _ connection: borrowing Connection) throws -> SourceFile {
        let endings = FileNameEndings(file.path)
        let format = extract.format ?? endings.format
        guard file.isRemote, format != .parquet || endings.packing != nil else { return file }
        var copy = file
        copy.path = try spool.path(Self.fileName(file.path))
        do {
            try connection.transaction { try copyBytes(of: file, to: copy.path, $0) }
        } catch let error as DuckDBError {
            throw failure(file.name, error)
        }
        return copy
    }

    private func copyBytes(of file: SourceFile, to path: String, _ connection: borrowing Connection) throws {
        let source = try StoredFile(reading: file.path, on: connection)
        let writer = try FileWriter(path)
        var rest = source.size
        while rest > 0 {
            try Task.checkCancellation()
            let piece = try source.read(Self.pieceBytes)
            guard !piece.isEmpty else { break }
            try writer.write(piece[...])
            rest -= Int64(piece.count)
        }
        guard rest == 0 else {
            throw StepError("\(file.name) did not come whole: \(Bytes(rest)) are missing", isTransient: true)
        }
    }

    /// As much as a request for a part of a file brings.
    private static let pieceBytes = 8 << 20

    private static func fileName(_ address: String) -> String {
        let path = address.prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/").last.map { String($0) } ?? "file"
    }

    private func failure(_ address: String, _ error: DuckDBError) -> StepError {
        let refusal = RemoteRefusal(secrets.redact(error.message), at: address)
        return StepError(
            "cannot fetch \(address): \(refusal.reason)",
            hint: refusal.hint,
            isTransient: refusal.isTransient
        )
    }
}

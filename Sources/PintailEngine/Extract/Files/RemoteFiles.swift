import DuckDB
import PintailOrchestrator
import PintailProject

/// Files behind `https://` and `s3://`, found and fetched through DuckDB's httpfs.
struct RemoteFiles {
    let extract: Extract
    let spool: Spool
    let secrets: Redactor

    /// The files an address or pattern means, with what the server tells of them.
    func find(_ address: String, _ connection: borrowing Connection) throws -> [SourceFile] {
        do {
            let rows = try connection.rows(
                "SELECT filename, size, epoch_us(last_modified) FROM read_blob(\(literal: address)) ORDER BY filename"
            )
            return rows.map { row in
                let path = row[0].text ?? address
                return SourceFile(
                    path: path,
                    name: path,
                    size: row[1].integer.map { Bytes($0) },
                    modified: Int64(row[2].integer ?? 0) * 1000
                )
            }
        } catch {
            throw failure(address, error)
        }
    }

    /// The file itself for Parquet, of which only the needed parts are read; a copy in the spool of any other.
    func fetch(_ file: SourceFile, _ connection: borrowing Connection) throws -> SourceFile {
        let endings = FileNameEndings(file.path)
        let format = extract.format ?? endings.format
        guard file.isRemote, format != .parquet || endings.packing != nil else { return file }
        var copy = file
        copy.path = try spool.path(Self.fileName(file.path))
        do {
            let writer = try FileWriter(copy.path)
            var result = try connection.stream("SELECT content FROM read_blob(\(literal: file.path))")
            while let chunk = try result.nextChunk() {
                let contents = chunk.column(0).strings
                for row in 0..<chunk.count {
                    let bytes = contents.bytes(row)
                    try writer.write(Array(unsafeSpan: bytes)[...])
                }
            }
        } catch let error as DuckDBError {
            throw failure(file.name, error)
        }
        return copy
    }

    private static func fileName(_ address: String) -> String {
        let path = address.prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/").last.map { String($0) } ?? "file"
    }

    private func failure(_ address: String, _ error: DuckDBError) -> StepError {
        let said = secrets.redact(error.message).split(separator: "\n").first.map { String($0) } ?? ""
        return StepError(
            "cannot fetch \(address): \(said)",
            hint: said.contains("403") || said.contains("401")
                ? "are the keys of the connection right, and may they read it?" : nil,
            isTransient: error.isTransient && !said.contains("40")
        )
    }
}

extension Array<UInt8> {
    fileprivate init(unsafeSpan bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }
}

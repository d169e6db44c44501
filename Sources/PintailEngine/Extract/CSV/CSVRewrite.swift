import PintailOrchestrator

/// Rewrites delimited files whose lines end now one way, now another: DuckDB wants one way per file.
struct CSVRewrite {
    let spool: Spool

    /// The part with every file rewritten in the spool, each record as it was but for its line end.
    func rewrite(_ part: CSVPart) throws -> CSVPart {
        var part = part
        part.files = try part.files.map { try rewrite($0, part.dialect) }
        part.dialect.skip = 0
        return part
    }

    private func rewrite(_ file: SourceFile, _ dialect: Dialect) throws -> SourceFile {
        var scanner = try RecordScanner(FileBytes(file.path), dialect: dialect)
        let path = try spool.path(file.name)
        let writer = try FileWriter(path)
        var pending: [UInt8] = []
        var size: Int64 = 0
        while try scanner.advance() {
            pending += scanner.raw
            pending.append(UInt8(ascii: "\n"))
            if pending.count > 1 << 20 {
                try writer.write(pending[...])
                size += Int64(pending.count)
                pending.removeAll(keepingCapacity: true)
            }
        }
        try writer.write(pending[...])
        return SourceFile(
            path: path,
            name: file.name,
            size: Bytes(size + Int64(pending.count)),
            modified: file.modified
        )
    }
}

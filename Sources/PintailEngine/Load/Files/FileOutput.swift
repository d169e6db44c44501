import DuckDB
import PintailProject

/// A load's rows in a file format, ready to be written to a file or into a pipe.
struct FileOutput: Sendable {
    let load: Load
    let relation: LoadRelation
    let format: OutputFormat
    let encoding: OutputEncoding

    /// Says what is written; a path tells the format unless the load does.
    init(_ load: Load, path: String?, relation: LoadRelation) throws {
        let format = try OutputFormat(load, path: path)
        try self.init(load, format, OutputEncoding(format.isDelimited ? load.csv.encoding : "utf-8"), relation)
    }

    private init(_ load: Load, _ format: OutputFormat, _ encoding: OutputEncoding, _ relation: LoadRelation) throws {
        guard encoding.isPlain || format.compression == .none else {
            throw StepError("a compressed file is written in utf-8, not in \(encoding.name)")
        }
        self.load = load
        self.format = format
        self.encoding = encoding
        self.relation = relation
    }

    /// The same output with other rows.
    func with(_ relation: LoadRelation) throws -> FileOutput { try FileOutput(load, format, encoding, relation) }

    /// The same output, added to text that begins with these bytes.
    func continuing(_ start: [UInt8], _ relation: LoadRelation) throws -> FileOutput {
        try FileOutput(load, format, encoding.continuing(start), relation)
    }

    /// Loads what DuckDB needs to write the format.
    func prepare(_ connection: borrowing Connection) throws {
        if format.format == .xlsx { try connection.load(.excel) }
    }

    /// Writes a whole file.
    ///
    /// - Returns: the rows written.
    func write(to draft: borrowing Draft, _ connection: borrowing Connection) throws -> Int {
        guard encoding.isPlain else { return try pipe(to: draft.writer, connection) }
        return try connection.execute(statement().to(draft.path))
    }

    /// Writes through a pipe: into what DuckDB cannot open, or in a character set it does not write.
    func pipe(
        to writer: DescriptorWriter,
        isContinuation: Bool = false,
        _ connection: borrowing Connection
    ) throws -> Int {
        let text = TextOutput(
            csv: load.csv,
            format: format.format,
            columns: relation.columns,
            isContinuation: isContinuation
        )
        let encoding = encoding
        return try CopyPipe.run(statement(isContinuation: isContinuation), on: connection) { pieces in
            try writer.write(encoding.mark)
            guard let converter = encoding.converter else { return try pieces { try writer.write($0) } }
            var transcoder = try OutputTranscoder(encoding, converter, of: text, to: writer)
            try pieces { try transcoder.write($0) }
        }
    }

    /// The statement that writes the rows.
    func statement(isContinuation: Bool = false) throws -> CopyStatement {
        try CopyStatement(relation, of: load, as: format, isContinuation: isContinuation)
    }
}

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
    func write(to draft: borrowing Draft, _ connection: borrowing Connection, _ meter: LoadMeter) throws -> Int {
        guard !isEncodedHere else { return try encode(to: draft.writer, connection, meter) }
        return try connection.execute(statement().to(draft.path))
    }

    /// Writes to what DuckDB cannot open: behind other rows, or into a pipe.
    func write(
        to writer: DescriptorWriter,
        isContinuation: Bool = false,
        _ connection: borrowing Connection,
        _ meter: LoadMeter
    ) throws -> Int {
        if isEncodedHere { return try encode(to: writer, isContinuation: isContinuation, connection, meter) }
        return try CopyPipe.run(statement(isContinuation: isContinuation), on: connection) { pieces in
            try pieces { try writer.write($0) }
        }
    }

    /// Whether the text is made by ``DelimitedEncoder``, which is faster than DuckDB, and not compressed.
    private var isEncodedHere: Bool { format.isDelimited && format.compression == .none }

    private func encode(
        to writer: DescriptorWriter,
        isContinuation: Bool = false,
        _ connection: borrowing Connection,
        _ meter: LoadMeter
    ) throws -> Int {
        // DuckDB is the judge of the dialect.
        _ = try connection.describe(statement(isContinuation: isContinuation).ofNothing)
        let dialect = DelimitedDialect(load.csv, format.format)
        let header = try load.csv.header && !isContinuation ? dialect.header(relation.uniqueNames(connection)) : []
        // All is asked first: another statement would end the stream.
        let threads = try connection.threads()
        let rows = try connection.stream(DelimitedEncoder.cast(relation, for: dialect))
        var sink = try sink(to: writer, isContinuation: isContinuation)
        try sink.write(header.span)
        let copy = DelimitedCopy(
            rows,
            dialect,
            to: sink,
            encoders: max(2, min(Self.mostEncoders, threads)),
            interrupter: connection.interrupter,
            meter: meter
        )
        return try copy.run()
    }

    /// More would wait for each other: only one fetches at a time, and one writes.
    private static let mostEncoders = 8

    private func sink(to writer: DescriptorWriter, isContinuation: Bool) throws -> TextSink {
        guard let converter = encoding.converter else {
            try writer.write(encoding.mark)
            return TextSink(writer)
        }
        let text = TextOutput(
            csv: load.csv,
            format: format.format,
            columns: relation.columns,
            isContinuation: isContinuation
        )
        let transcoder = try OutputTranscoder(encoding, converter, of: text, to: writer)
        try writer.write(encoding.mark)
        return TextSink(writer, transcoder)
    }

    /// The statement that writes the rows.
    func statement(isContinuation: Bool = false) throws -> CopyStatement {
        try CopyStatement(relation, of: load, as: format, isContinuation: isContinuation)
    }
}

import PintailProject

/// The files of an extract, unpacked and transcoded where they need it, as the reader for their format takes them.
enum ReadyFiles {
    /// Delimited text; a workbook's sheets are made into it, and have no lines that anybody knows.
    case text(CSVSource, hasLines: Bool)
    /// JSON, of one value or of one a line.
    case json(PreparedFiles)
    case parquet(PreparedFiles)

    /// Makes files ready.
    ///
    /// - Parameters:
    ///   - known: The table's columns, for files that have none.
    ///   - reading: How text is read, the user's own or that of sheets.
    init(
        _ files: [SourceFile],
        of extract: Extract,
        in spool: Spool,
        known: [String],
        reading: (_ isUsers: Bool) throws -> CSVReading = { _ in CSVReading() }
    ) throws {
        let preparation = FilePreparation(extract: extract, spool: spool)
        let prepared = try preparation.prepare(files)
        switch prepared.format {
        case .csv, .tsv:
            let source = try CSVSource(prepared, preparation, reading: reading(true), known: known)
            self = .text(source, hasLines: true)
        case .xlsx:
            let texts = try WorkbookFiles(extract: extract, spool: spool).texts(prepared)
            let ready = FilePreparation(extract: extract.readingSheets, spool: spool)
            let source = try CSVSource(texts, ready, reading: reading(false), known: known, goesByDialect: false)
            self = .text(source, hasLines: false)
        case .json, .ndjson: self = .json(prepared)
        case .parquet: self = .parquet(prepared)
        }
    }
}

extension Extract {
    /// The extract of the text that is made of a workbook: written by us, whatever the user said of delimited files.
    var readingSheets: Extract {
        var extract = self
        extract.csv = CSVDialect(
            delimiter: ",",
            quote: "\"",
            escape: "\"",
            header: excel.header,
            names: csv.names
        )
        return extract
    }
}

import DuckDB
import PintailOrchestrator
import PintailProject

/// Opens the files of an extract as rows, with the reader for their format.
struct FileRows {
    let extract: Extract
    let workspace: Workspace
    /// Where files lie that had to be rewritten.
    let spool: Spool
    /// What becomes of rows of delimited text that cannot be read.
    var rejects: CSVReading.Rejects?

    /// Unpacks and transcodes what needs it, and learns the columns.
    ///
    /// - Parameters:
    ///   - namesFiles: Whether each row carries its file's name.
    ///   - known: The table's columns, for files that have none.
    func open(
        _ files: [SourceFile],
        namingFiles namesFiles: Bool,
        known: [String],
        _ connection: borrowing Connection
    ) throws -> any RowSource {
        let preparation = FilePreparation(extract: extract, spool: spool)
        let prepared = try preparation.prepare(files)
        switch prepared.format {
        case .csv, .tsv:
            let reading = try tuned(connection)
            let names = known.filter { $0 != CSVReading.fileColumn }
            return try CSVSource(prepared, preparation, reading: reading.naming(namesFiles), known: names)
        case .json, .ndjson: return try JSONSource(prepared, namesFiles: namesFiles, connection)
        case .parquet:
            return try ParquetSource(prepared, namesFiles: namesFiles, secrets: workspace.secrets, connection)
        case .xlsx:
            let texts = try WorkbookFiles(extract: extract, spool: spool).texts(prepared)
            let ready = FilePreparation(extract: extract.readingSheets, spool: spool)
            return try CSVSource(texts, ready, reading: CSVReading().naming(namesFiles), known: known)
        }
    }

    /// How delimited files are read within the budget.
    private func tuned(_ connection: borrowing Connection) throws -> CSVReading {
        var reading = CSVReading()
        reading.rejects = rejects
        let tuning = ReadTuning(workspace.budget)
        reading.bufferSize = tuning.bufferSize
        try tuning.prepareForText(connection)
        return reading
    }
}

extension CSVReading {
    fileprivate func naming(_ namesFiles: Bool) -> CSVReading {
        var reading = self
        reading.namesFiles = namesFiles
        return reading
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

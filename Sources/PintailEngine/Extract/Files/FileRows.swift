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
        let names = known.filter { $0 != CSVReading.fileColumn }
        let ready = try ReadyFiles(files, of: extract, in: spool, known: names) { isUsers in
            try (isUsers ? tuned(connection) : CSVReading()).naming(namesFiles)
        }
        switch ready {
        case .text(let source, _): return source
        case .json(let prepared):
            return try JSONSource(prepared, namesFiles: namesFiles, given: extract.types.keys, connection)
        case .parquet(let prepared):
            return try ParquetSource(prepared, namesFiles: namesFiles, secrets: workspace.secrets, connection)
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

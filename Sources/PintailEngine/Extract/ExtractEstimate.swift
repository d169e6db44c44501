import DuckDB
package import PintailOrchestrator
package import PintailProject

/// What an extract is about to read, and how it would enter the database: known from a sample, without a run.
package struct ExtractEstimate: Hashable, Sendable {
    /// How many rows there are; `nil` when nobody can tell.
    package let rows: RowCount?
    /// What the files take on disk.
    package let size: Bytes
    /// How the rows would enter the database, and why.
    package let decision: LoadStrategyDecision

    /// Looks at the files of an extract; `nil` where that is not cheap, or where they cannot be read.
    ///
    /// Local files alone, and of those only what DuckDB reads from where it lies. Changes nothing, and blocks.
    package static func of(_ extract: Extract, in project: Project) -> ExtractEstimate? {
        // Which files are new is known to the database alone.
        guard case .files(let paths) = extract.source, !paths.contains(where: SourceFile.isRemote),
            !extract.isByFile
        else { return nil }
        do {
            return try look(at: paths, extract, project)
        } catch {
            // What is wrong with the files, the run tells.
            return nil
        }
    }

    private static func look(at paths: [String], _ extract: Extract, _ project: Project) throws -> ExtractEstimate? {
        let files = try SourceFiles(directory: project.directory).find(paths)
        let spool = Spool(in: project.stateDirectory, run: "plan", step: extract.table)
        let preparation = FilePreparation(extract: extract, spool: spool)
        guard try files.allSatisfy({ try preparation.isReadInPlace($0) }) else { return nil }
        let prepared = try preparation.prepare(files)
        let connection = try Database().connect()
        try StrictText.register(connection)
        func estimate(_ source: some RowSource) throws -> ExtractEstimate? {
            var source = source
            let found = try SourceEstimate.find(of: &source, project.resources.sampleRows, connection)
            let obstacle = extract.obstacleToViews ?? source.goneAfterRun
            let decision = LoadStrategy.choose(
                needed: found?.needed,
                safe: MemoryBudget(project.resources).safe,
                asked: extract.strategy,
                excluded: obstacle.map { [.lazy: $0, .streaming: $0] } ?? [:]
            )
            let size = files.reduce(Bytes(0)) { $0 + ($1.size ?? 0) }
            return found.map { ExtractEstimate(rows: $0.rows, size: size, decision: decision) }
        }
        switch prepared.format {
        case .csv, .tsv: return try estimate(CSVSource(prepared, preparation, reading: CSVReading(), known: []))
        case .json, .ndjson:
            return try estimate(JSONSource(prepared, namesFiles: false, given: extract.types.keys, connection))
        case .parquet:
            return try estimate(ParquetSource(prepared, namesFiles: false, secrets: Redactor(project), connection))
        case .xlsx: return nil
        }
    }
}

package import DuckDB
import PintailOrchestrator
import PintailProject

/// Finds where that stands which stopped a reader of a view over files: a value, whose error knows its file and column alone, or a record that
/// cannot be read, of which DuckDB speaks to those who call its own reader.
///
/// Reads the files again, up to the value or the record. Blocks.
package struct PlaceSearch: Sendable {
    private let workspace: Workspace

    /// Searches the files of a project's extracts.
    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// What an error calls a column of a view.
    static func phrase(_ column: String, of source: String) -> String { "column '\(column)' of \(source)" }

    /// What an error says, and what it can say when the place is known.
    private struct Finding {
        let said: String
        let meant: String
        var hint: String?

        func located(in text: String) -> String { text.replacing(said, with: meant) }
    }

    /// The same failure with the place in its texts, where there is one to be found.
    func locate(_ failure: NodeFailure) async -> NodeFailure {
        guard let found = await find(in: failure.message) else { return failure }
        return failure.rewritten(found.located, hint: found.hint)
    }

    /// The same error with the place in its message, where there is one to be found.
    package func locate(_ error: DuckDBError) async -> DuckDBError {
        guard let found = await find(in: error.message) else { return error }
        return DuckDBError(error.kind, found.located(in: error.message), sql: error.sql, offset: error.offset)
    }

    private func find(in text: String) async -> Finding? {
        let isMisfit = text.contains(StrictText.marker) || text.contains(StrictText.misfitMarker)
        let record = isMisfit ? nil : CSVErrorText.part(of: text)
        guard isMisfit || record != nil else { return nil }
        // A file that has gone since, or a search that is cancelled, leaves the error as it is.
        return try? await workspace.session("place").run { connection in
            for (extract, files) in views() {
                if let record {
                    if let found = try findRecord(record, extract, files, connection) { return found }
                } else if text.contains(" of \(SourceFile.name(of: files))") {
                    if let found = try findValue(in: text, extract, files, connection) { return found }
                }
            }
            return nil
        }
    }

    /// The extracts whose files may be read by views, with the files: not what is stored, or fetched first.
    private func views() -> [(Extract, [SourceFile])] {
        workspace.project.pipelines.flatMap(\.steps).compactMap { step in
            guard case .extract(let extract) = step, case .files(let paths) = extract.source,
                extract.obstacleToViews == nil, !paths.contains(where: SourceFile.isRemote),
                let files = try? SourceFiles(directory: workspace.project.directory).find(paths)
            else { return nil }
            return (extract, files)
        }
    }

    private func findRecord(
        _ record: CSVErrorText,
        _ extract: Extract,
        _ files: [SourceFile],
        _ connection: borrowing Connection
    ) throws -> Finding? {
        guard files.contains(where: { $0.path == record.path }) else { return nil }
        return try withRows(of: extract, files, connection) { source in
            let error = source.explain(DuckDBError(.invalidInput, record.text), connection)
            guard let error = error as? StepError, error.cause == nil else { return nil }
            // Where rows are stored, a reader that fails is tried again in other ways.
            return Finding(
                said: record.text,
                meant: error.message,
                hint: error.hint ?? "'strategy: eager' may find another way to read it"
            )
        }
    }

    /// Reads an extract's files as its view does.
    private func withRows<Result>(
        of extract: Extract,
        _ files: [SourceFile],
        _ connection: borrowing Connection,
        _ body: (any RowSource) throws -> Result
    ) throws -> Result {
        let spool = Spool(in: workspace.state, run: "search", step: "place of \(extract.table)")
        defer { spool.remove() }
        let rows = FileRows(extract: extract, workspace: workspace, spool: spool)
        return try body(rows.open(files, namingFiles: false, known: [], connection))
    }

    private func findValue(
        in text: String,
        _ extract: Extract,
        _ files: [SourceFile],
        _ connection: borrowing Connection
    ) throws -> Finding? {
        try withRows(of: extract, files, connection) { source in
            let names = try ColumnNames.renamed(source.columns.map(\.name), by: extract.rename, at: extract.locations)
            for (column, name) in zip(source.columns, names) {
                let phrase = Self.phrase(name, of: source.name)
                guard let said = text.ranges(of: phrase).last else { continue }
                let value = Self.value(in: text[said.upperBound...])
                return try source.place(of: value, in: column, connection).map { place in
                    Finding(said: phrase, meant: "\(place): column '\(name)'")
                }
            }
            return nil
        }
    }

    /// The value in what follows the column's name; `nil` where the error is that there is one at all.
    private static func value(in rest: Substring) -> String? {
        guard rest.hasPrefix(": '") else { return nil }
        let value = rest.dropFirst(3)
        let ends = ["' is no ", "' \(StrictText.misfitMarker)"].compactMap { value.ranges(of: $0).last?.lowerBound }
        return ends.min().map { String(value[..<$0]) }
    }
}

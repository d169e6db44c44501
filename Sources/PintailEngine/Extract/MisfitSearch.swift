package import DuckDB
import PintailOrchestrator
import PintailProject

/// Finds where the value stands that stopped a reader of a view over files, whose error knows its file and column alone.
///
/// Reads the file again, up to the value. Blocks.
package struct MisfitSearch: Sendable {
    private let workspace: Workspace

    /// Searches the files of a project's extracts.
    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// What an error calls a column of a view.
    static func phrase(_ column: String, of source: String) -> String { "column '\(column)' of \(source)" }

    /// What an error says of a column, and what it can say when the value's place is known.
    struct Finding: Hashable {
        let phrase: String
        let place: String
        let column: String

        /// A text with the place in front of the column.
        func located(in text: String) -> String { text.replacing(phrase, with: "\(place): column '\(column)'") }
    }

    /// The same failure with the value's place in its texts, where there is one to be found.
    func locate(_ failure: NodeFailure) async -> NodeFailure {
        guard let found = await find(in: failure.message) else { return failure }
        return failure.rewritten(found.located)
    }

    /// The same error with the value's place in its message, where there is one to be found.
    package func locate(_ error: DuckDBError) async -> DuckDBError {
        guard let found = await find(in: error.message) else { return error }
        return DuckDBError(error.kind, found.located(in: error.message), sql: error.sql, offset: error.offset)
    }

    private func find(in text: String) async -> Finding? {
        guard text.contains(StrictText.marker) || text.contains(StrictText.misfitMarker) else { return nil }
        // A file that has gone since, or a search that is cancelled, leaves the error as it is.
        return try? await workspace.session("place").run { try find(in: text, $0) }
    }

    private func find(in text: String, _ connection: borrowing Connection) throws -> Finding? {
        for case .extract(let extract) in workspace.project.pipelines.flatMap(\.steps) {
            // What an extract stores, or fetches first, is read by no view.
            guard case .files(let paths) = extract.source, extract.obstacleToViews == nil,
                !paths.contains(where: SourceFile.isRemote),
                let files = try? SourceFiles(directory: workspace.project.directory).find(paths),
                text.contains(" of \(SourceFile.name(of: files))")
            else { continue }
            if let found = try find(in: text, extract, files, connection) { return found }
        }
        return nil
    }

    private func find(
        in text: String,
        _ extract: Extract,
        _ files: [SourceFile],
        _ connection: borrowing Connection
    ) throws -> Finding? {
        let spool = Spool(in: workspace.state, run: "search", step: "place of \(extract.table)")
        defer { spool.remove() }
        let rows = FileRows(extract: extract, workspace: workspace, spool: spool)
        let source = try rows.open(files, namingFiles: false, known: [], connection)
        let names = try ColumnNames.renamed(source.columns.map(\.name), by: extract.rename, at: extract.locations)
        for (column, name) in zip(source.columns, names) {
            let phrase = Self.phrase(name, of: source.name)
            guard let said = text.ranges(of: phrase).last else { continue }
            let value = Self.value(in: text[said.upperBound...])
            return try source.place(of: value, in: column, connection).map {
                Finding(phrase: phrase, place: $0, column: name)
            }
        }
        return nil
    }

    /// The value in what follows the column's name; `nil` where the error is that there is one at all.
    private static func value(in rest: Substring) -> String? {
        guard rest.hasPrefix(": '") else { return nil }
        let value = rest.dropFirst(3)
        let ends = ["' is no ", "' \(StrictText.misfitMarker)"].compactMap { value.ranges(of: $0).last?.lowerBound }
        return ends.min().map { String(value[..<$0]) }
    }
}

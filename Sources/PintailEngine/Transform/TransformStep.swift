package import DuckDB
package import PintailOrchestrator
package import PintailProject

/// Builds a transform's table beside the one it will replace.
package struct TransformStep: Sendable {
    /// What is built.
    package let transform: Transform

    /// Prepares to build one transform.
    package init(_ transform: Transform) { self.transform = transform }

    /// Runs the query into the staging table, or makes the staging view.
    package func run(in environment: StepEnvironment) async throws -> (StagedTable, NodeResult) {
        let staged = StagedTable(transform.table, kind: transform.materialized == .view ? .view : .table)
        let result = try await withProgress(of: environment, phase: "building") {
            try await environment.session.run { connection in try build(staged, connection) }
        }
        return (staged, result)
    }

    private func build(_ staged: StagedTable, _ connection: borrowing Connection) throws -> NodeResult {
        let create: SQL =
            "CREATE OR REPLACE \(staged.kind == .view ? "VIEW" : "TABLE" as SQL) \(table: staged.staging) AS "
        do throws(DuckDBError) {
            try StagedTable.drop(staged.staging, connection)
            let rows = try connection.execute("\(create)\(SQL(verbatim: transform.sql))")
            let columns = try connection.describe("FROM \(table: staged.staging)")
            return NodeResult(
                rows: staged.kind == .view ? nil : RowCount(rows),
                schema: TableSchema(table: transform.table, columns: columns.map(\.schemaColumn))
            )
        } catch {
            throw StepError(
                place(error, prefix: create) + "the query of transform '\(transform.table)' failed",
                cause: error,
                dataState: "\(transform.table) is unchanged"
            )
        }
    }

    /// Where in the user's file the mistake stands, as `file:line:column: `.
    private func place(_ error: DuckDBError, prefix: SQL) -> String {
        guard let offset = error.offset, offset >= prefix.text.utf8.count,
            let place = transform.locations.place(
                in: "sql",
                text: transform.sql,
                utf8Offset: offset - prefix.text.utf8.count
            )
        else { return "" }
        return "\(place.file):\(place.line):\(place.column): "
    }
}

extension ResultColumn {
    /// The column as the run store keeps it.
    package var schemaColumn: TableSchema.Column { TableSchema.Column(name: name, type: type.description) }
}

package import DuckDB

/// Views whose rows are more than memory holds: whoever delivers them commits bit by bit.
///
/// The view itself carries the mark, so that a later run that only delivers it still knows.
extension StagedTable {
    private static let streamingMark = "pintail: streaming"

    /// Marks the view that was staged; the mark stays when it is published.
    package static func markStreaming(_ view: TableName, _ connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute("COMMENT ON VIEW \(table: view) IS \(literal: streamingMark)")
    }

    /// Whether one of these names is a view that is read in streaming.
    package static func isStreaming(
        anyOf names: [TableName],
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Bool {
        let marked = try connection.texts(
            """
            SELECT lower(view_name) FROM duckdb_views()
            WHERE database_name = current_database() AND comment = \(literal: streamingMark)
            """
        )
        return names.contains { marked.contains($0.name.lowercased()) }
    }
}

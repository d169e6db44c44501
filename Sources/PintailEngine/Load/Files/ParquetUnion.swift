import DuckDB

/// The rows of a Parquet file and those that are added, columns matched by name.
enum ParquetUnion {
    /// What is to be written in the file's place, and how many of its rows are the file's own.
    static func join(
        _ output: FileOutput,
        with path: String,
        _ connection: borrowing Connection
    ) throws -> (whole: FileOutput, old: Int) {
        let old: SQL = "FROM read_parquet(\(literal: path))"
        let count = try connection.value("SELECT count(*) \(old)").integer ?? 0
        let query: SQL = "(\(old)) UNION ALL BY NAME \(output.relation.derivedTable)"
        let joined = LoadRelation(query: query, columns: try connection.describe(query))
        try checkTypesKept(of: connection.describe(old), in: joined)
        return (try output.with(joined), count)
    }

    /// Numbers of one column may become wider; what was no text must not become text without a word.
    private static func checkTypesKept(of old: [ResultColumn], in joined: LoadRelation) throws {
        for (before, after) in zip(old, joined.columns) where before.type != after.type && after.type == .varchar {
            throw StepError(
                "the column '\(before.name)' is \(before.type) in the file, and the new rows do not fit that",
                hint: "cast it in the load's query, or use `mode: replace`"
            )
        }
    }
}

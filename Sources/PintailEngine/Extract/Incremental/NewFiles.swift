import DuckDB
import PintailOrchestrator

/// Tells files that were taken before from those that are new or have changed since.
struct NewFiles {
    /// The files to take now.
    let files: [SourceFile]
    /// How many were taken before and are as they were.
    let unchanged: Int
    /// What is committed with their rows.
    let positions: [Position]
    /// The earlier rows of files that changed; `nil` when there are none.
    let replacedRows: SQL?

    /// Compares with the positions of the last run.
    init(_ found: [SourceFile], taken: [String: String]) {
        files = found.filter { taken[Self.key($0)] != Self.value($0) }
        unchanged = found.count - files.count
        positions = files.map { Position(key: Self.key($0), value: Self.value($0)) }
        let changed = files.filter { taken[Self.key($0)] != nil }.map(\.name)
        let column: SQL = "\(identifier: CSVReading.fileColumn)"
        // The members of an archive are called by its name and their own.
        let tests: [SQL] = changed.map { "\(column) = \(literal: $0) OR starts_with(\(column), \(literal: $0 + "/"))" }
        replacedRows = tests.isEmpty ? nil : "\(tests, separator: " OR ")"
    }

    private static func key(_ file: SourceFile) -> String { "file:" + file.name }
    private static func value(_ file: SourceFile) -> String { "\(file.size?.count ?? 0) bytes, \(file.modified)" }
}

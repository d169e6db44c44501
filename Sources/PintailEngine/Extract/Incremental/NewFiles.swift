import DuckDB
import PintailOrchestrator

/// Tells files that were taken before from those that are new, have changed since, or are gone.
struct NewFiles {
    /// The files to take now.
    let files: [SourceFile]
    /// How many were taken before and are as they were.
    let unchanged: Int
    /// What is committed with their rows.
    let positions: [Position]
    /// The positions of files that are gone.
    let gone: [String]
    /// The earlier rows of files that changed or are gone; `nil` when there are none.
    let replacedRows: SQL?

    /// Compares with the positions of the last run; files that are gone keep their rows unless told otherwise.
    init(_ found: [SourceFile], taken: [String: String], forgettingGone: Bool = false) {
        files = found.filter { taken[Self.key($0)] != Self.value($0) }
        unchanged = found.count - files.count
        positions = files.map { Position(key: Self.key($0), value: Self.value($0)) }
        gone = forgettingGone ? Self.gone(found, taken) : []
        let changed = files.filter { taken[Self.key($0)] != nil }.map(\.name)
        let column: SQL = "\(identifier: CSVReading.fileColumn)"
        // The members of an archive are called by its name and their own.
        let tests: [SQL] = (changed + gone.map(Self.name(ofPosition:))).map {
            "\(column) = \(literal: $0) OR starts_with(\(column), \(literal: $0 + "/"))"
        }
        replacedRows = tests.isEmpty ? nil : "\(tests, separator: " OR ")"
    }

    private static let prefix = "file:"

    /// The file that a position speaks of.
    static func name(ofPosition key: String) -> String { String(key.dropFirst(prefix.count)) }

    private static func key(_ file: SourceFile) -> String { prefix + file.name }
    private static func value(_ file: SourceFile) -> String { "\(file.size?.count ?? 0) bytes, \(file.modified)" }

    private static func gone(_ found: [SourceFile], _ taken: [String: String]) -> [String] {
        let there = Set(found.map(key))
        return taken.keys.filter { $0.hasPrefix(prefix) && !there.contains($0) }.sorted()
    }
}

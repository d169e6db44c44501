package import DuckDB
import PintailProject

extension DuckDBError {
    /// The name that was meant in place of `written`, or those that there are, as far as DuckDB offers any.
    package func suggestion(for written: String) -> String? {
        // DuckDB's own catalogs are near to everything.
        let meant = candidates.filter { name in
            !name.contains("(")
                && !["pragma_", "duckdb_", "sqlite_", "pg_", "information_schema.", "pg_catalog."].contains {
                    name.hasPrefix($0)
                }
        }
        if let best = meant.first { return "did you mean '\(best)'?" }
        // Some candidates stand in the message alone.
        guard let known = message.split(separator: "bindings:").dropFirst().first else { return nil }
        let names = known.split(separator: "\"").map(String.init).filter { name in
            name.utf8.contains { $0 != 0x20 && $0 != 0x3A && $0 != 0x2C && $0 != 0x0A }
        }
        let last = written.split(separator: ".").last.map(String.init) ?? written
        guard !names.isEmpty else { return nil }
        return didYouMean(last, among: names) ?? "it has " + names.prefix(8).joined(separator: ", ")
    }
}

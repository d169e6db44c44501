import DuckDB
import PintailOrchestrator

/// Mirrored files that a run has read whole: a row that was put aside from one of them before is put aside again, or is gone.
///
/// Of other files nobody says that a later edition stands for the earlier one: what was put aside yesterday from a file
/// that is written anew every day still waits for somebody.
package struct WholeFiles: Hashable, Sendable {
    /// What the files are called.
    let names: [String]
    /// The run that has read them.
    let run: RunID
    /// The steps that have looked at all rows of theirs in this run.
    var steps: [String]

    /// Lets go of rows that these steps put aside in earlier runs and not in this one; they stay as history.
    func supersede(in table: String, _ connection: borrowing Connection) throws(DuckDBError) {
        let aside = Quarantine.table(for: table)
        guard !names.isEmpty, try StagedTable.kind(of: aside, connection) == .table else { return }
        // Members of an archive are called by its name and their own.
        try connection.execute(
            """
            UPDATE \(table: aside) SET superseded_at = now()
            WHERE \(Quarantine.isOpen) AND run_id <> \(literal: run.name) AND list_contains(\(literals: steps), node)
                AND file IN (
                    SELECT a.file FROM (SELECT DISTINCT file FROM \(table: aside) WHERE \(Quarantine.isOpen)) AS a
                    JOIN (SELECT unnest(\(literals: names)) AS name) AS f
                    ON a.file = f.name OR starts_with(a.file, f.name || '/'))
            """
        )
    }
}

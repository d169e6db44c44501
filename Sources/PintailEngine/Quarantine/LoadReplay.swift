import DuckDB
import PintailOrchestrator
import PintailProject

/// Gives rows that a load put aside to it once more.
///
/// The rows are first laid down where the load will read them, so that a replay which is killed gives it the same ones
/// again: it then knows what it has added. The marks follow when the load has committed. Blocks: it runs on the step's session.
struct LoadReplay {
    let plan: ReplayPlan
    let run: RunID

    private var replay: Replay { plan.replay }
    private var given: TableName { ReplayLedger.given(to: replay.table) }
    private var id: SQL { "\(identifier: ReplayLedger.givenColumns[0])" }
    private var putAsideBy: SQL { "\(identifier: ReplayLedger.givenColumns[1])" }

    /// Lays the rows down, unless those of an earlier replay lie there still.
    func give(_ source: Load, _ connection: borrowing Connection) throws {
        guard try StagedTable.kind(of: given, connection) == nil else { return }
        let columns = try LoadRelation(source, connection).columns
        try connection.transaction { try lay(columns, $0) }
    }

    private func lay(_ columns: [ResultColumn], _ connection: borrowing Connection) throws {
        let values = columns.map { RawRow.value(of: $0, in: "raw") }
        let named = zip(columns, values).map { "TRY(\($1)) AS \(identifier: $0.name)" as SQL }
        let fits = zip(columns, values).map { column, value in
            "(TRY(\(value)) IS NOT NULL OR \(RawRow.text(of: column.name, in: "raw")) IS NULL)" as SQL
        }
        try connection.execute(
            """
            CREATE TABLE \(table: given) AS SELECT \(list: ["quarantine_id AS \(id)", "run_id AS \(putAsideBy)"] + named) FROM \(table: replay.aside)
            WHERE \(replay.asked) AND raw IS NOT NULL AND \(Quarantine.isOfLoad(replay.table))
            AND \(fits, separator: " AND ") ORDER BY rowid
            """
        )
    }

    /// Marks what went through when the load has committed, in one transaction.
    func finish(_ result: NodeResult, _ connection: borrowing Connection) throws -> ReplayCounts {
        try connection.transaction { connection in
            let again = try again(result, connection)
            var counts = ReplayCounts()
            counts.broken = try Quarantine.firstRules(
                of: "\(table: replay.aside) WHERE quarantine_id IN (\(again))",
                connection
            )
            counts.replayed = try connection.execute(
                """
                UPDATE \(table: replay.aside) SET replayed_at = now(), replayed_by = \(literal: run.name)
                WHERE \(Quarantine.isOpen) AND quarantine_id IN (SELECT \(id) FROM \(table: given))
                AND quarantine_id NOT IN (\(again))
                """
            )
            counts.left =
                try connection.value(
                    """
                    SELECT count(*) FROM \(table: replay.aside) WHERE \(Quarantine.isOpen)
                    AND \(Quarantine.isOfLoad(replay.table)) AND quarantine_id NOT IN (SELECT \(id) FROM \(table: given))
                    """
                ).integer ?? 0
            try connection.execute("DROP TABLE \(table: given)")
            try ReplayLedger.note(
                plan.plan.nodes.map(\.id).filter { $0 != plan.entryNode },
                of: replay.table,
                run: run,
                connection
            )
            return counts
        }
    }

    /// The rows that the load has put aside again: by this run, or by one that was killed after it had added the others.
    private func again(_ result: NodeResult, _ connection: borrowing Connection) throws -> SQL {
        let those: SQL = """
            SELECT q.quarantine_id FROM \(table: replay.aside) AS q JOIN \(table: given) AS g ON q.quarantine_id = g.\(id)
            """
        let byThisRun: SQL = "run_id = \(literal: run.name)"
        let all = try connection.value("SELECT count(*) FROM \(table: given)").integer ?? 0
        let now =
            try connection.value(
                "SELECT count(*) FROM \(table: replay.aside) WHERE \(byThisRun) AND \(Quarantine.isOfLoad(replay.table))"
            ).integer ?? 0
        let added = result.rows.map { Int($0.count) } ?? all - now
        if added + now == all { return "\(those) WHERE q.\(byThisRun)" }
        let before: SQL = "\(those) WHERE q.run_id <> g.\(putAsideBy)"
        if added + (try connection.value("SELECT count(*) FROM (\(before))").integer ?? 0) == all { return before }
        throw StepError(
            "of \(all) rows that were given to load '\(replay.table)' it has \(added), and which of them is not known",
            hint: "an earlier replay was stopped just as it committed: look into the load's table",
            dataState: "the rows stay open in \(replay.aside)"
        )
    }
}

extension Quarantine {
    /// How many rows there are by the first rule that each breaks: `email (format)`.
    static func firstRules(
        of rows: SQL,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> [ReplayCounts.Broken] {
        try connection.rows(
            """
            SELECT concat(b.column_name || ' (', b['rule'], CASE WHEN b.column_name IS NULL THEN '' ELSE ')' END), count(*)
            FROM (SELECT broken[1] AS b FROM \(rows)) GROUP BY ALL ORDER BY 2 DESC, 1
            """
        ).map { ReplayCounts.Broken(rule: $0[0].text ?? "", rows: $0[1].integer ?? 0) }
    }
}

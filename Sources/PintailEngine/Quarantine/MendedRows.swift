import DuckDB
package import PintailProject

/// Rows put aside as a CSV file, and back: the way on which somebody mends values by hand.
package enum MendedRows {
    /// The columns of the file that are not the row's own.
    private static let prefix = "quarantine_"
    private static let lineColumn = "quarantine_line"

    /// The file, every value a text.
    static func file(_ path: String) -> SQL {
        """
        read_csv(\(literal: path), auto_detect = true, all_varchar = true, header = true, delim = ',', quote = '"', \
        escape = '"', nullstr = '')
        """
    }

    /// Writes the rows that are asked for, a column for each of theirs.
    static func write(_ wish: Replay, to path: String, _ connection: borrowing Connection) throws(DuckDBError) -> Int {
        let those: SQL = "\(table: wish.aside) WHERE \(wish.asked)"
        let keys = try connection.rows(
            """
            SELECT key FROM (
                SELECT unnest(json_keys(raw)) AS key, quarantine_id, unnest(range(len(json_keys(raw)))) AS place
                FROM \(those) AND raw_form <> 'line')
            GROUP BY key ORDER BY min(place), key
            """
        ).compactMap { $0[0].text }
        let lines = try connection.value("SELECT count(*) FROM \(those) AND raw_form = 'line'").integer ?? 0
        var columns: [SQL] = [
            "quarantine_id", "concat_ws(':', file, coalesce(line, row_number)) AS quarantine_place",
            "array_to_string(list_transform(broken, lambda b: b['rule']), ', ') AS quarantine_rules",
            "array_to_string(list_transform(broken, lambda b: b.reason), '; ') AS quarantine_reasons",
        ]
        if lines > 0 { columns.append("CASE WHEN raw_form = 'line' THEN raw END AS \(identifier: lineColumn)") }
        columns += keys.map {
            "CASE WHEN raw_form <> 'line' THEN \(RawRow.text(of: $0, in: "raw")) END AS \(identifier: $0)"
        }
        return try connection.execute(
            """
            COPY (SELECT \(list: columns) FROM \(those) ORDER BY rowid) TO \(literal: path) (FORMAT csv, HEADER)
            """
        )
    }

    /// What a file of mended rows has changed.
    package struct Changes: Hashable, Sendable {
        /// Rows of the file that are open.
        package let found: Int
        /// Rows among them that are others now.
        package let changed: Int
        /// Rows of the file that are not open: replayed, discarded, or never put aside.
        package let unknown: Int
    }

    /// Takes over what was changed in a file that ``write(_:to:_:)`` wrote; nothing is replayed yet.
    package static func take(_ wish: Replay, from path: String, in project: Project) throws -> Changes {
        let connection = try Workspace(opening: project).database.connect()
        let mended = "pintail: mended"
        let names: [String]
        do {
            try connection.execute("CREATE OR REPLACE TEMP TABLE \(identifier: mended) AS FROM \(file(path))")
            names = try connection.describe("FROM temp.main.\(identifier: mended)").map(\.name)
        } catch {
            throw unreadable(path, cause: error)
        }
        guard names.contains("quarantine_id") else { throw unreadable(path, cause: nil) }
        return try connection.transaction { try take(wish, names, from: "temp.main.\(identifier: mended)", $0) }
    }

    private static func unreadable(_ path: String, cause: DuckDBError?) -> StepError {
        StepError(
            "\(path) is no file of rows put aside",
            cause: cause,
            hint:
                "it has to be as 'pintail quarantine TABLE --output FILE' wrote it: commas, double quotes, quarantine_id"
        )
    }

    private static func take(
        _ wish: Replay,
        _ names: [String],
        from mended: SQL,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Changes {
        let both: SQL = """
            \(mended) AS m JOIN \(table: wish.aside) AS q ON TRY_CAST(m.quarantine_id AS UUID) = q.quarantine_id
            """
        let open = Quarantine.isOpen("q.")
        let found =
            try connection.value("SELECT count(DISTINCT q.quarantine_id) FROM \(both) WHERE \(open)").integer ?? 0
        let all = try connection.value("SELECT count(*) FROM \(mended)").integer ?? 0
        let keys = names.filter { !$0.hasPrefix(prefix) }
        var changes: [(test: SQL, raw: SQL)] = []
        if names.contains(lineColumn) {
            let line: SQL = "m.\(identifier: lineColumn)"
            changes.append(("q.raw_form = 'line' AND \(line) IS NOT NULL AND \(line) <> q.raw", line))
        }
        if !keys.isEmpty {
            let parts = keys.map { "\(literal: $0), \(value($0))" as SQL }
            let others = keys.map { "NOT \(isSame($0))" as SQL }
            changes.append(
                (
                    "q.raw_form <> 'line' AND (\(others, separator: " OR "))",
                    "CAST(json_object(\(list: parts)) AS VARCHAR)"
                )
            )
        }
        var changed = 0
        for change in changes {
            changed += try connection.execute(
                """
                UPDATE \(table: wish.aside) AS q SET raw = \(change.raw) FROM \(mended) AS m
                WHERE TRY_CAST(m.quarantine_id AS UUID) = q.quarantine_id AND \(open) AND \(change.test)
                """
            )
        }
        return Changes(found: found, changed: changed, unknown: all - found)
    }

    /// Whether a cell is as it was written; an empty one stands for NULL, and for an empty text.
    private static func isSame(_ key: String) -> SQL {
        "(coalesce(m.\(identifier: key), '') = coalesce(\(RawRow.text(of: key, in: "q.raw")), ''))"
    }

    /// What a cell makes of a value: itself when nothing was changed.
    private static func value(_ key: String) -> SQL {
        let place: SQL = "\(literal: RawRow.pointer(to: key))"
        return """
            CASE WHEN \(isSame(key)) THEN q.raw -> \(place)
            WHEN json_type(q.raw, \(place)) IN ('ARRAY', 'OBJECT') THEN TRY_CAST(m.\(identifier: key) AS JSON)
            ELSE to_json(m.\(identifier: key)) END
            """
    }
}

extension Quarantine {
    /// Marks open rows as discarded, so that no replay takes them; they stay where they are.
    ///
    /// - Returns: how many there were.
    package static func discard(_ wish: Replay, in project: Project) throws -> Int {
        let connection = try Workspace(opening: project).database.connect()
        return try connection.transaction { connection in
            try connection.execute(
                "UPDATE \(table: wish.aside) SET discarded_at = now() WHERE \(wish.asked)"
            )
        }
    }
}

package import DuckDB
import PintailOrchestrator

/// Which of a table's rows that were put aside are to be given to the pipeline once more.
package struct Replay: Hashable, Sendable {
    /// The table that the rows were put aside from, or the load.
    package let table: String
    /// Only the rows that this run put aside; all when `nil`.
    package var run: String?
    /// Only the rows that break one of these rules; all when empty.
    package var rules: [String]
    /// A file with rows that somebody has mended: only those are asked for.
    package var mended: String?

    /// Asks for all open rows unless told otherwise.
    package init(_ table: String, run: String? = nil, rules: [String] = [], mended: String? = nil) {
        self.table = table
        self.run = run
        self.rules = rules
        self.mended = mended
    }

    /// Where the rows stand.
    var aside: TableName { Quarantine.table(for: table) }

    /// That a row is open and asked for.
    var asked: SQL {
        var tests: [SQL] = [Quarantine.isOpen]
        if let run { tests.append("run_id = \(literal: run)") }
        if !rules.isEmpty { tests.append(Quarantine.breaks(anyOf: rules)) }
        if let mended {
            tests.append("quarantine_id IN (SELECT TRY_CAST(quarantine_id AS UUID) FROM \(MendedRows.file(mended)))")
        }
        return "\(tests, separator: " AND ")"
    }
}

extension Quarantine {
    /// That a row was neither replayed nor discarded, and that its file may still hold it.
    package static let isOpen: SQL = isOpen("")

    /// The same of a row in a join.
    static func isOpen(_ alias: SQL) -> SQL {
        "\(alias)replayed_at IS NULL AND \(alias)discarded_at IS NULL AND \(alias)superseded_at IS NULL"
    }

    /// That a row breaks one of these rules.
    package static func breaks(anyOf rules: [String]) -> SQL {
        "list_has_any(list_transform(broken, lambda b: b['rule']), \(literals: rules))"
    }

    /// That a load put a row aside, and no step of the table.
    static func isOfLoad(_ table: String) -> SQL { "coalesce(node = \(literal: "load:" + table), false)" }
}

/// What became of the rows that were asked for.
package struct ReplayCounts: Hashable, Sendable {
    /// Rows that went through.
    package var replayed = 0
    /// Rows among them that a later run had taken already.
    package var taken = 0
    /// Rows that still break a rule, by the rule and its column: `email (format)`.
    package var broken: [Broken] = []
    /// Open rows that were not asked for or could not be looked at.
    package var left = 0

    /// `120 rows replayed, 14 still break email (format), 0 left as they were`.
    package var words: String {
        var parts = ["\(Self.rows(replayed)) replayed"]
        if taken > 0 { parts[0] += " (\(RowCount(taken)) of them taken by a later run already)" }
        parts += broken.map { "\(RowCount($0.rows)) still break\($0.rows == 1 ? "s" : "") \($0.rule)" }
        return parts.joined(separator: ", ") + ", \(RowCount(left)) left as they were"
    }

    private static func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(RowCount(count)) rows" }
}

extension ReplayCounts {
    /// Rows that still break a rule.
    package struct Broken: Hashable, Sendable {
        /// The rule with its column: `email (format)`.
        package let rule: String
        /// How many rows break it.
        package let rows: Int
    }

    /// The counts as facts of a step.
    var facts: [String: JSONValue] {
        [
            "replayed": .integer(Int64(replayed)),
            "taken_by_a_later_run": .integer(Int64(taken)),
            "still_broken": .object(
                Dictionary(broken.map { ($0.rule, .integer(Int64($0.rows))) }) { first, _ in first }
            ),
            "left": .integer(Int64(left)),
        ]
    }
}

import PintailOrchestrator
import PintailProject

/// The claims about a table as a whole: how many rows it has, and how new they are.
struct TableClaims {
    let table: String
    let rowCount: Bounds?
    let freshness: Freshness?
    /// What breaking them means; no row can be put aside for it, so `quarantine` fails.
    let onFail: FailureAction

    /// Judges by numbers; `newest` is in microseconds since 1970.
    func judge(rows: RowCount, newest: Int?, now: Timestamp) -> [CheckOutcome] {
        var outcomes: [CheckOutcome] = []
        if let rowCount { outcomes.append(judge(rows, by: rowCount)) }
        if let freshness { outcomes.append(judge(newest, by: freshness, rows, now)) }
        return outcomes
    }

    private var broken: CheckOutcome.Status { onFail == .warn ? .warn : .fail }

    private func judge(_ rows: RowCount, by bounds: Bounds) -> CheckOutcome {
        let holds = rows.count >= bounds.min ?? 0 && rows.count <= bounds.max ?? .max
        let expected =
            switch (bounds.min, bounds.max) {
            case (let min?, let max?): "\(RowCount(min)) to \(RowCount(max)) are expected"
            case (let min?, nil): "at least \(RowCount(min)) are expected"
            case (nil, let max?): "at most \(RowCount(max)) are expected"
            case (nil, nil): "any number is expected"
            }
        return CheckOutcome(
            table: table,
            check: "row_count",
            status: holds ? .pass : broken,
            totalRows: rows,
            message: "\(table): \(Judged.rows(rows)), and \(expected)"
        )
    }

    private func judge(_ newest: Int?, by freshness: Freshness, _ rows: RowCount, _ now: Timestamp) -> CheckOutcome {
        let age = newest.map { now.since(Timestamp(millisecondsSince1970: Int64($0 / 1000))) }
        let holds = age.map { $0 <= freshness.maxAge } ?? false
        let found = age.map { $0 < .zero ? "lies in the future" : "is \($0.inWords) old" }
        let message =
            found.map { "the newest value \($0); the limit is \(freshness.maxAge.inWords)" }
            ?? "no value tells how fresh the table is"
        return CheckOutcome(
            table: table,
            column: freshness.column,
            check: "freshness",
            status: holds ? .pass : broken,
            totalRows: rows,
            message: "\(freshness.column): \(message)"
        )
    }
}

extension Duration {
    /// The time in the greatest unit that says it well: `90 seconds`, `25 hours`, `1 day`, `2.5 days`.
    var inWords: String {
        let seconds = Double(components.seconds)
        let units: [(name: String, length: Double)] = [("day", 86_400), ("hour", 3600), ("minute", 60)]
        let unit = units.first { seconds >= $0.length * 2 || seconds == $0.length } ?? ("second", 1)
        let tenths = (seconds / unit.length * 10).rounded() / 10
        let number = tenths == tenths.rounded() ? String(Int64(tenths)) : String(tenths)
        return "\(number) \(unit.name)\(number == "1" ? "" : "s")"
    }
}

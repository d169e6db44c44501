import PintailOrchestrator
import PintailProject

/// How many rows a claim was judged on, and out of how many.
struct Judged: Hashable, Sendable {
    let looked: RowCount
    let total: RowCount
    /// What the sample was to be; `nil` when every row was looked at.
    let sample: String?

    /// `1,204 rows`, or `120 rows looked at (10 % of 1,204)`.
    var phrase: String {
        guard let sample else { return Self.rows(total) }
        return "\(Self.rows(looked)) looked at (\(sample) of \(total))"
    }

    static func rows(_ count: RowCount) -> String { count == 1 ? "1 row" : "\(count) rows" }
}

/// What was found of one claim.
struct Finding: Hashable, Sendable {
    /// A value that breaks the claim.
    struct Example: Hashable, Sendable {
        /// The value as text, cut short; `nil` where it is NULL.
        let value: String?
        /// The row in the table, counted from 1, where rows are counted.
        let row: Int?

        var saysSomething: Bool { value != nil || row != nil }
    }

    let claim: PlannedClaim
    let failing: RowCount
    let judged: Judged
    var examples: [Example] = []

    var holds: Bool { failing == 0 }

    /// The finding for the record.
    func outcome(table: String) -> CheckOutcome {
        CheckOutcome(
            table: table,
            column: claim.column,
            check: claim.name,
            status: holds ? .pass : claim.action == .fail ? .fail : .warn,
            failingRows: failing,
            totalRows: judged.looked,
            sample: examples.compactMap { $0.value ?? $0.row.map { "row \($0)" } },
            message: message
        )
    }

    private var message: String {
        let column = claim.column.map { $0 + ": " } ?? ""
        return column + (holds ? "\(claim.name) holds for \(held)" : broken) + caveat
    }

    private var held: String {
        judged.total == 0
            ? "a table without rows" : judged.sample == nil ? "all \(judged.phrase)" : "the \(judged.phrase)"
    }

    private var broken: String {
        let breach = failing == 1 ? claim.breach.ofOne : claim.breach.ofMany
        return "\(failing) of \(judged.phrase) \(breach)"
            + (examples.first(where: \.saysSomething).map(Self.naming) ?? "")
    }

    /// `, such as '' in row 17`.
    private static func naming(_ example: Example) -> String {
        switch (example.value, example.row) {
        case (let value?, let row?): ", such as '\(value)' in row \(row)"
        case (let value?, nil): ", such as '\(value)'"
        case (nil, let row?): ", such as row \(row)"
        case (nil, nil): ""
        }
    }

    /// Values that come twice are found only where both are looked at.
    private var caveat: String {
        guard judged.sample != nil, case .repeats = claim.judgement else { return "" }
        return "; repeats outside the sample are not seen"
    }
}

import DuckDB
import PintailOrchestrator
import PintailProject

/// Which rows a check looks at: chosen by a hash of where they stand, so that every run chooses the same.
///
/// A table's rows are chosen by their number, which knows nothing of their values, so each row has the same chance. A
/// view's rows have no number and are chosen by a hash of their values: equal rows are taken or left together.
struct SampleRule: Hashable, Sendable {
    /// True for the rows looked at; `nil` when all are.
    let condition: SQL?
    /// What was asked for, as `10 %` or `1,000 rows`.
    let wish: String

    static let everything = SampleRule(condition: nil, wish: "every row")

    /// The greatest hash: 2^64 - 1.
    private static let hashes = 18_446_744_073_709_551_616.0

    /// Makes the rule; for a number of rows the threshold is found by reading the row numbers alone.
    static func make(
        _ sample: Sample,
        of candidate: Candidate,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> SampleRule {
        let hash: SQL = "hash(\(Candidate.row), 7)"
        switch sample {
        case .everything: return .everything
        case .fraction(let share):
            guard share < 1 else { return .everything }
            let threshold = UInt64(max(0, share) * hashes)
            return SampleRule(condition: "\(hash) < \(SQL(verbatim: String(threshold)))", wish: percent(share))
        case .rows(let count):
            let greatest = try connection.value(
                """
                SELECT CAST(max(h) AS VARCHAR) FROM
                (SELECT \(hash) AS h FROM \(candidate.numberedRows) ORDER BY h LIMIT \(literal: max(0, count)))
                """
            )
            let wish = "\(RowCount(count)) rows"
            guard let text = greatest.text else { return SampleRule(condition: "false", wish: wish) }
            return SampleRule(condition: "\(hash) <= \(SQL(verbatim: text))", wish: wish)
        }
    }

    /// `10 %`, `0.5 %`.
    private static func percent(_ share: Double) -> String {
        let percent = (share * 1e6).rounded() / 1e4
        return percent == percent.rounded() ? "\(Int(percent)) %" : "\(percent) %"
    }
}

import DuckDB
import FoundationEssentials
import PintailOrchestrator

/// What one reading of the table told.
struct ScanResult: Sendable {
    let total: RowCount
    let looked: RowCount
    /// Microseconds since 1970 of the newest moment in the freshness column.
    let newest: Int?
    var findings: [Finding]
}

extension CheckPlan {
    /// How many values a message and a record show.
    private static let exampleCount = 5
    /// Nobody reads the examples of more claims than this.
    private static let claimsWithExamples = 50
    /// Longer values are cut: they are shown, not kept.
    private static let exampleLength = 100

    /// Reads the table once, and a second time only for examples of what breaks a claim.
    func run(_ connection: borrowing Connection) throws -> ScanResult {
        let row = try connection.rows(scan)[0]
        let total = RowCount(row[0].integer ?? 0)
        let looked = RowCount(row[1].integer ?? 0)
        let judged = Judged(looked: looked, total: total, sample: sample.condition == nil ? nil : sample.wish)
        var findings = zip(claims, row.dropFirst(3)).map { claim, count in
            Finding(claim: claim, failing: RowCount(count.integer ?? 0), judged: judged)
        }
        try findExamples(for: &findings, connection)
        return ScanResult(total: total, looked: looked, newest: row[2].integer, findings: findings)
    }

    private func findExamples(for findings: inout [Finding], _ connection: borrowing Connection) throws {
        let broken = findings.indices.filter { !findings[$0].holds }.prefix(Self.claimsWithExamples)
        let byRow = broken.compactMap { index in exampleColumn(findings[index].claim).map { (index, $0) } }
        if !byRow.isEmpty {
            let texts = try connection.rows("SELECT \(list: byRow.map(\.1)) FROM \(flaggedRows)")[0]
            for ((index, _), text) in zip(byRow, texts) { findings[index].examples = examples(in: text.text ?? "[]") }
        }
        for index in broken {
            guard case .repeats(let value) = findings[index].claim.judgement else { continue }
            let repeated = try connection.texts(repeatedValues(value))
            findings[index].examples = repeated.map { Finding.Example(value: $0, row: nil) }
        }
    }

    /// The first rows that break a claim, as JSON; of bounded size, whatever the table's.
    private func exampleColumn(_ claim: PlannedClaim) -> SQL? {
        guard case .rows(let condition) = claim.judgement else { return nil }
        let value: SQL = claim.value.map { "left(\($0), \(literal: Self.exampleLength))" } ?? "NULL"
        return """
            CAST(to_json(arg_min({'value': \(value), 'row': CAST(\(Candidate.row) AS VARCHAR)}, \(Candidate.row), \
            \(literal: Self.exampleCount)) FILTER (WHERE \(looking(condition)))) AS VARCHAR)
            """
    }

    private func repeatedValues(_ value: SQL) -> SQL {
        """
        SELECT left(CAST(\(value) AS VARCHAR), \(literal: Self.exampleLength)) FROM \(flaggedRows)
        WHERE \(looking("\(value) IS NOT NULL")) GROUP BY \(value) HAVING count(*) > 1
        ORDER BY count(*) DESC, CAST(\(value) AS VARCHAR) LIMIT \(literal: Self.exampleCount)
        """
    }

    private func examples(in json: String) -> [Finding.Example] {
        let found = (try? JSONDecoder().decode([ExampleText].self, from: Data(json.utf8))) ?? []
        return found.map { Finding.Example(value: $0.value, row: rowNumber($0.row)) }
    }

    /// Rows published before and rows of views have no number that a user could find them by.
    private func rowNumber(_ text: String) -> Int? {
        guard candidate.hasRowNumbers, let row = Int(text), row >= 0 else { return nil }
        return row + 1
    }
}

/// An example as the query writes it.
private struct ExampleText: Decodable {
    let value: String?
    let row: String
}

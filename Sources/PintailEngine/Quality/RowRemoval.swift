import DuckDB
import PintailOrchestrator
import PintailProject

/// Takes rows that break `quarantine` claims out of a table and puts them into `quarantine.<table>`.
///
/// A row is put aside once, however many claims it breaks: `broken` lists them all, in the order of the check, so that
/// `quarantine.<table>` has as many rows as were taken out. Of rows with one value in a `unique`
/// column the first stays. Rows published before stay too: they belong to an earlier run.
struct RowRemoval {
    /// A claim whose offenders are taken out.
    private struct Rule {
        let column: String?
        let name: String
        /// What is wrong, as SQL that may name the row's value.
        let reason: SQL
        /// The whole value that breaks it.
        let value: SQL
        let condition: SQL
    }

    private var plan: CheckPlan
    private let node: String
    private let run: RunID
    private let isStaged: Bool
    private var finder: RowFinder?
    private var rules: [Rule] = []
    /// Claims whose rows are found by a query of their own.
    private var repeats: [Finding] = []
    /// Tables of row numbers, dropped in the end.
    private var marks: [SQL] = []
    /// How many rows were marked by each query.
    private(set) var marked: [String: RowCount] = [:]
    /// How many rows were taken out.
    private(set) var moved: RowCount = 0
    /// How many offenders were published before.
    private(set) var kept: RowCount = 0
    /// What could not be told of the rows put aside.
    private(set) var warnings: [String] = []

    private static let offenders = "pintail: offenders"
    private static let place: SQL = #""pintail: place""#

    /// - Parameters:
    ///   - node: the step that takes the rows out.
    ///   - isStaged: whether the table is not published yet.
    ///   - finder: tells where rows stand in files.
    init(plan: CheckPlan, by node: String, run: RunID, isStaged: Bool, finder: RowFinder? = nil) {
        self.plan = plan
        self.node = node
        self.run = run
        self.isStaged = isStaged
        self.finder = finder
    }

    /// Chooses what findings put aside.
    mutating func add(_ findings: [Finding]) {
        for finding in findings where finding.isPutAside {
            switch finding.claim.judgement {
            case .rows(let condition): add(finding.claim, condition)
            case .repeats: repeats.append(finding)
            case .settled: preconditionFailure("a claim that the column's type has decided puts no row aside")
            }
        }
    }

    private mutating func add(_ claim: PlannedClaim, _ condition: SQL) {
        let reason = [claim.column, claim.breach.ofOne].compactMap(\.self).joined(separator: " ")
        let columns = claim.column.map { [$0] } ?? claim.rowColumns
        rules.append(
            Rule(
                column: columns.isEmpty ? nil : columns.joined(separator: ", "),
                name: claim.name,
                reason: claim.value.map { "\(literal: reason + ": ") || left(\($0), 100)" } ?? "\(literal: reason)",
                value: claim.value ?? "NULL",
                condition: plan.looking(condition)
            )
        )
    }

    /// Marks the rows that a query names by their numbers.
    mutating func mark(rule: String, reason: String, rows: SQL, _ connection: borrowing Connection) throws(DuckDBError)
    {
        let (condition, count) = try keep(rows, connection)
        marked[rule] = RowCount(count)
        if count > 0 {
            rules.append(
                Rule(column: nil, name: rule, reason: "\(literal: reason)", value: "NULL", condition: condition)
            )
        }
    }

    /// Stores row numbers; tells the condition that a row is among them.
    private mutating func keep(_ rows: SQL, _ connection: borrowing Connection) throws(DuckDBError) -> (SQL, Int) {
        let name = "pintail: marked \(marks.count)"
        let table: SQL = "temp.main.\(identifier: name)"
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(identifier: name) AS \(rows)")
        marks.append(table)
        let marked = try connection.value("SELECT count(*) FROM \(table)").integer ?? 0
        return ("\(Candidate.row) IN (SELECT \(Candidate.row) FROM \(table))", marked)
    }

    /// Moves the rows.
    mutating func perform(_ connection: borrowing Connection) throws {
        for finding in repeats {
            guard case .repeats(let value) = finding.claim.judgement else { continue }
            add(finding.claim, try repeatCondition(value, connection))
        }
        if !rules.isEmpty { try move(connection) }
        for table in marks { try connection.execute("DROP TABLE \(table)") }
    }

    private mutating func move(_ connection: borrowing Connection) throws {
        switch plan.candidate.place {
        case .table(let name): try move(outOf: name, connection)
        case .view(let name): try moveByFilter(name, connection)
        case .publishedView: preconditionFailure("refused before anything was read")
        }
    }

    /// That a row's value stands in an earlier row.
    private mutating func repeatCondition(_ value: SQL, _ connection: borrowing Connection) throws(DuckDBError) -> SQL {
        guard case .table = plan.candidate.place else {
            // The new view reads its source each time: only a sort can tell which of equal values came first.
            let among = plan.sample.condition.map { ", \($0)" as SQL } ?? ""
            let flag = plan.addFlag("row_number() OVER (PARTITION BY \(value)\(among) ORDER BY \(Candidate.row)) > 1")
            return "\(value) IS NOT NULL AND \(identifier: flag)"
        }
        let those = plan.looking("\(value) IS NOT NULL")
        return try keep(
            """
            SELECT \(Candidate.row) FROM (
                SELECT \(Candidate.row), row_number() OVER (PARTITION BY \(value) ORDER BY \(Candidate.row)) AS n
                FROM \(plan.flaggedRows) WHERE \(those) AND \(value) IN (
                    SELECT \(value) FROM \(plan.flaggedRows) WHERE \(those) GROUP BY \(value) HAVING count(*) > 1))
            WHERE n > 1
            """,
            connection
        ).0
    }

    private mutating func move(outOf table: TableName, _ connection: borrowing Connection) throws {
        let offenders: SQL = "temp.main.\(identifier: Self.offenders)"
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(identifier: Self.offenders) AS
            SELECT \(Candidate.row) AS number, \(verdict) AS broken FROM \(plan.flaggedRows) WHERE \(isOffender)
            """
        )
        kept = RowCount(try connection.value("SELECT count(*) FROM \(offenders) WHERE number < 0").integer ?? 0)
        if let origin = finder?.origin, try !origin.numbers(table, connection) { finder = nil }
        try place("SELECT number FROM \(offenders) WHERE number >= 0 ORDER BY number", connection)
        let columns = try connection.describe("FROM \(table: table)")
        moved = RowCount(
            try Quarantine.insert(
                """
                SELECT p.file, p.line, p.row_number, o.broken, \(RawRow.json(columns, of: "t"))
                FROM \(table: table) AS t JOIN \(offenders) AS o ON t.rowid = o.number
                LEFT JOIN \(PlaceTable.name) AS p ON p.number = o.number ORDER BY o.number
                """,
                as: .row,
                table: plan.candidate.table,
                by: node,
                run: run,
                isStaged: isStaged,
                connection
            )
        )
        try connection.execute("DELETE FROM \(table: table) WHERE rowid IN (SELECT number FROM \(offenders))")
        try connection.execute("DROP TABLE \(offenders)")
        try PlaceTable.drop(connection)
    }

    /// Finds where the rows of these numbers stand in files.
    private mutating func place(_ numbers: SQL, _ connection: borrowing Connection) throws {
        guard let reason = try PlaceTable.fill(numbers, finder, connection) else { return }
        warnings.append("where the rows put aside stand cannot be told: \(reason)")
    }

    /// Puts offenders aside and makes the view again with the rest alone.
    private mutating func moveByFilter(_ view: TableName, _ connection: borrowing Connection) throws {
        let columns = plan.candidate.columns
        var ordered = plan
        ordered.candidate = plan.candidate.inOrder(as: Self.place)
        let rows = ordered.flaggedRows
        try place("SELECT \(Self.place) FROM \(rows) WHERE \(isOffender) ORDER BY 1", connection)
        moved = RowCount(
            try Quarantine.insert(
                """
                SELECT p.file, p.line, p.row_number, o.broken, o.raw FROM (
                    SELECT t.\(Self.place) AS number, \(verdict) AS broken, \(RawRow.json(columns, of: "t")) AS raw
                    FROM \(rows) AS t WHERE \(isOffender)) AS o
                LEFT JOIN \(PlaceTable.name) AS p USING (number) ORDER BY o.number
                """,
                as: .row,
                table: plan.candidate.table,
                by: node,
                run: run,
                isStaged: isStaged,
                connection
            )
        )
        let isStreaming = try StagedTable.isStreaming(anyOf: [view], connection)
        var inner = plan
        // What only other claims ask for is no part of the view.
        inner.flags = plan.flags.filter { flag in rules.contains { $0.condition.text.contains(flag.name) } }
        inner.candidate = try plan.candidate.readingDefinition(of: view, connection)
        try connection.execute(
            """
            CREATE OR REPLACE VIEW \(table: view) AS
            SELECT \(identifiers: columns.map(\.name)) FROM \(inner.flaggedRows) WHERE NOT coalesce(\(isOffender), false)
            """
        )
        try PlaceTable.drop(connection)
        // A view that is made again has lost its comment.
        if isStreaming { try StagedTable.markStreaming(view, connection) }
    }

    private var isOffender: SQL { "\(rules.map { "(\($0.condition))" }, separator: " OR ")" }

    /// The rules that a row breaks, as a list.
    private var verdict: SQL {
        let cases: [SQL] = rules.map { rule in
            let broken = BrokenRule(
                column: rule.column.map { "\(literal: $0)" } ?? "NULL",
                rule: "\(literal: rule.name)",
                value: rule.value,
                reason: rule.reason
            )
            return "CASE WHEN \(rule.condition) THEN \(broken.sql) END"
        }
        return "list_filter([\(list: cases)], lambda r: r IS NOT NULL)"
    }

    /// What was found of a claim, with what became of the rows that break it.
    func outcome(of finding: Finding) -> CheckOutcome {
        let outcome = finding.outcome(table: plan.candidate.table)
        return finding.isPutAside ? outcome.adding(fate) : outcome
    }

    /// What became of offenders.
    var fate: String {
        let moved = "; moved to \(Quarantine.table(for: plan.candidate.table))"
        guard kept > 0 else { return moved }
        return moved + ", but not \(Judged.rows(kept)) published before"
    }
}

extension Finding {
    /// Whether rows are taken out for it.
    fileprivate var isPutAside: Bool { claim.action == .quarantine && !holds }
}

extension CheckOutcome {
    /// The same outcome with more to say.
    func adding(_ words: String) -> CheckOutcome {
        CheckOutcome(
            table: table,
            column: column,
            check: check,
            status: status,
            failingRows: failingRows,
            totalRows: totalRows,
            sample: sample,
            message: message + words
        )
    }
}

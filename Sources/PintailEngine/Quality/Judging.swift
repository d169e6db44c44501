import DuckDB
import PintailOrchestrator
import PintailProject

/// Claims that a table breaks, and that must not be broken.
struct ClaimsFailed: Error {
    let table: String
    let outcomes: [CheckOutcome]

    /// As `articles breaks 2 of 5 claims: title: 3 of 1,204 rows are NULL`, and what else there is.
    var sentence: String {
        let failed = outcomes.filter { $0.status == .fail }
        let claims = outcomes.count == 1 ? "its claim" : "\(failed.count) of \(outcomes.count) claims"
        return "\(table) breaks \(claims): " + failed.map(\.message).joined(separator: "; ")
    }
}

extension ClaimsFailed {
    /// The ways out: for columns that changed, and for everything else.
    var hint: String {
        outcomes.contains { $0.check == "drift" && $0.status == .fail }
            ? "'drift: evolve' accepts the columns as they are now"
            : "'on_fail: warn' or 'on_fail: quarantine' lets the run go on"
    }
}

/// The judging of one table, inside one transaction.
struct Judging {
    let check: Check
    let plan: CheckPlan
    let now: Timestamp
    let run: RunID
    var finder: RowFinder?

    /// Judges everything, takes out the rows to be taken out, and tells what was found.
    ///
    /// - Throws: ``ClaimsFailed`` when the table must not be used; the transaction must then be rolled back.
    func run(_ lastGood: TableSchema?, staged: Bool, _ connection: borrowing Connection) throws -> NodeResult {
        try showCandidate(connection)
        let queries = try QueryClaims(check.queries, byDefault: check.onFail, of: plan.candidate, connection)
        let scan = try plan.run(connection)
        var outcomes: [CheckOutcome] = []
        let contract = judgeDrift(lastGood, &outcomes)
        let columns = scan.findings.map { $0.outcome(table: check.table) }
        let isHopeless = (outcomes + columns).contains { $0.status == .fail }
        var removal = RowRemoval(plan: plan, by: check.name, run: run, isStaged: staged, finder: finder)
        if !isHopeless {
            removal.add(scan.findings)
            try queries.mark(in: &removal, connection)
            try removal.perform(connection)
        }
        outcomes += isHopeless ? columns : scan.findings.map { removal.outcome(of: $0) }
        outcomes += try judgeTable(scan, isChanged: removal.moved > 0, connection)
        outcomes += queries.quarantined(removal)
        outcomes += try queries.judge(table: check.table, alsoQuarantine: isHopeless, connection)
        try connection.execute("DROP VIEW IF EXISTS temp.main.\(identifier: check.table)")
        if outcomes.contains(where: { $0.status == .fail }) {
            throw ClaimsFailed(table: check.table, outcomes: outcomes)
        }
        return NodeResult(
            rowsRead: scan.total,
            quarantinedRows: removal.moved > 0 ? removal.moved : nil,
            checks: outcomes,
            warnings: outcomes.filter { $0.status == .warn }.map(\.message) + removal.warnings,
            schema: contract
        )
    }

    /// Queries name the table as it will be called: a temporary view stands in front of what is published.
    private func showCandidate(_ connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute(
            "CREATE OR REPLACE TEMP VIEW \(identifier: check.table) AS FROM \(plan.candidate.rows)"
        )
    }

    /// Compares with the last good columns, and tells which are the contract from now on.
    private func judgeDrift(_ lastGood: TableSchema?, _ outcomes: inout [CheckOutcome]) -> TableSchema {
        let current = TableSchema(
            table: check.table,
            columns: plan.candidate.columns.map { TableSchema.Column(name: $0.name, type: $0.type.description) }
        )
        guard let policy = check.drift else { return current }
        func add(_ status: CheckOutcome.Status, _ message: String) {
            outcomes.append(CheckOutcome(table: check.table, check: "drift", status: status, message: message))
        }
        guard let lastGood else {
            add(.pass, "\(check.table): its \(current.columns.count) columns are recorded; there is no good run before")
            return current
        }
        let drift = SchemaDrift(from: lastGood, to: current)
        guard !drift.isEmpty else {
            add(.pass, "\(check.table): the columns are those of the last good run")
            return current
        }
        let changes = "\(check.table): the columns differ from those of the last good run: \(drift)"
        switch policy {
        case .fail: add(.fail, changes)
        case .warn: add(.warn, changes)
        case .evolve: add(.pass, changes + "; accepted")
        }
        // What is only warned of stays a drift until somebody accepts it.
        return policy == .evolve ? current : lastGood
    }

    /// Judges how many rows there are and how new they are, as the table will be published.
    private func judgeTable(
        _ scan: ScanResult,
        isChanged: Bool,
        _ connection: borrowing Connection
    ) throws -> [CheckOutcome] {
        guard check.rowCount != nil || check.freshness != nil else { return [] }
        let claims = TableClaims(
            table: check.table,
            rowCount: check.rowCount,
            freshness: check.freshness,
            onFail: check.onFail
        )
        guard isChanged else { return claims.judge(rows: scan.total, newest: scan.newest, now: now) }
        var rest = plan
        rest.claims = []
        let row = try connection.rows(rest.scan)[0]
        return claims.judge(rows: RowCount(row[0].integer ?? 0), newest: row[2].integer, now: now)
    }
}

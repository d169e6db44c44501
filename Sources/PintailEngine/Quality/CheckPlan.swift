import DuckDB
import PintailProject

/// All claims about a table's columns, made into queries that read the table once.
struct CheckPlan: Sendable {
    var candidate: Candidate
    let sample: SampleRule
    var claims: [PlannedClaim] = []
    /// Columns computed beside the table's own: whether a reference found its match.
    var flags: [Flag] = []
    /// What DuckDB must be asked before the claims can be judged, and for which of them.
    var probes: [(probe: Probe, of: String)] = []
    /// What is wrong with the claims themselves.
    var problems: [String] = []
    /// The column whose greatest value tells how fresh the table is.
    var freshnessColumn: ResultColumn?

    /// The table's rows with the flags that claims ask for; stands after FROM.
    var flaggedRows: SQL {
        flags.isEmpty
            ? candidate.numberedRows
            : "(SELECT *, \(list: flags.map(\.column)) FROM \(candidate.numberedRows) AS \(identifier: candidate.table))"
    }

    /// One row of counts: rows, rows looked at, the newest moment, then one number for each claim.
    var scan: SQL {
        let counts = claims.map { count($0) }
        return "SELECT \(["count(*)", sampled, newest] + counts, separator: ",\n       ")\nFROM \(flaggedRows)"
    }

    /// How many rows are looked at.
    private var sampled: SQL { sample.condition.map { "count_if(\($0))" } ?? "count(*)" }

    /// Microseconds since 1970 of the newest moment; moments without a zone are taken as UTC.
    private var newest: SQL {
        guard let column = freshnessColumn else { return "NULL" }
        let name: SQL = "\(identifier: column.name)"
        let moment: SQL = column.type == .timestampWithZone ? name : "CAST(\(name) AS TIMESTAMP)"
        return "epoch_us(max(\(moment)) FILTER (WHERE isfinite(\(moment))))"
    }

    private func count(_ claim: PlannedClaim) -> SQL {
        switch claim.judgement {
        case .settled(let holds): holds ? "0" : sampled
        case .rows(let condition): "count_if(\(looking(condition)))"
        case .repeats(let value):
            if let condition = sample.condition {
                "count(\(value)) FILTER (WHERE \(condition)) - count(DISTINCT \(value)) FILTER (WHERE \(condition))"
            } else {
                "count(\(value)) - count(DISTINCT \(value))"
            }
        }
    }

    /// The condition, of rows in the sample alone.
    func looking(_ condition: SQL) -> SQL { sample.condition.map { "\($0) AND (\(condition))" } ?? condition }
}

/// A column computed beside the table's own.
struct Flag: Hashable, Sendable {
    let name: String
    let value: SQL

    /// As it stands in a list of columns.
    var column: SQL { "\(value) AS \(identifier: name)" }
}

/// What must be found out before the claims of a check can be planned.
struct ClaimFacts: Sendable {
    /// What DuckDB makes of the types that claims name.
    var types: [ColumnType: LogicalType] = [:]
    /// The columns that claims refer to, by table and name.
    var references: [ColumnReference: ReferencedColumn] = [:]
    /// The conditions of the row rules, in their order; `nil` for one that does not bind.
    var conditions: [RowCondition?] = []
}

/// A column of another table, as a claim names it.
struct ColumnReference: Hashable, Sendable {
    let table: String
    let column: String
}

/// A column that claims refer to.
struct ReferencedColumn: Hashable, Sendable {
    /// What stands after FROM: the other table, or the candidate itself when the table refers to itself.
    let rows: SQL
    let column: ResultColumn
}

extension CheckPlan {
    /// Plans the claims of a check; those that cannot be judged become problems.
    init(_ check: Check, of candidate: Candidate, facts: ClaimFacts, sample: SampleRule = .everything) {
        self.candidate = candidate
        self.sample = sample
        for columnChecks in check.columns {
            guard let column = candidate.column(columnChecks.column) else {
                problems.append(candidate.lacks(columnChecks.column))
                continue
            }
            for claim in columnChecks.claims { add(claim, about: column, check, facts) }
        }
        for (rule, condition) in zip(check.rows, facts.conditions) {
            if let condition { add(rule, condition, check) }
        }
        planFreshness(check.freshness)
    }

    private mutating func add(_ claim: ColumnClaim, about column: ResultColumn, _ check: Check, _ facts: ClaimFacts) {
        var subject = ClaimSubject(column: column)
        if case .type(let type) = claim.kind { subject.claimedType = facts.types[type] }
        if case .references(let table, let name) = claim.kind,
            let referenced = facts.references[ColumnReference(table: table, column: name)]
        {
            subject.matchFlag = addFlag(Self.match(column, referenced))
        }
        var asked: [Probe] = []
        do throws(ClaimProblem) {
            let (judgement, breach) = try claim.kind.plan(subject, &asked)
            claims.append(
                PlannedClaim(
                    column: column.name,
                    name: claim.kind.name,
                    action: judgement.possible(claim.onFail ?? check.onFail),
                    judgement: judgement,
                    breach: breach,
                    value: claim.kind == .notNull ? nil : subject.text
                )
            )
        } catch {
            problems.append("\(claim.kind.name) of column '\(column.name)': \(error.sentence)")
        }
        probes += asked.map { ($0, "\(claim.kind.name) of column '\(column.name)'") }
    }

    private mutating func add(_ rule: RowRule, _ condition: RowCondition, _ check: Check) {
        let flag = addFlag("(\(SQL(verbatim: rule.condition))\n)")
        let broken: SQL = rule.nullsPass ? "NOT \(identifier: flag)" : "\(identifier: flag) IS NOT TRUE"
        let said = rule.name == rule.condition ? rule.name : "\(rule.name) (\(rule.condition))"
        claims.append(
            PlannedClaim(
                column: nil,
                rowColumns: condition.columns.map(\.name),
                name: rule.name,
                action: rule.onFail ?? check.onFail,
                judgement: .rows(broken),
                breach: Breach(ofOne: "breaks " + said, ofMany: "break " + said),
                value: condition.values
            )
        )
    }

    /// Adds a computed column and tells its name.
    mutating func addFlag(_ value: SQL) -> String {
        flags.append(Flag(name: "pintail: flag \(flags.count)", value: value))
        return flags[flags.count - 1].name
    }

    /// Whether a value stands in another table's column: a hash join in the same scan.
    private static func match(_ column: ResultColumn, _ referenced: ReferencedColumn) -> SQL {
        let other: SQL = "\(identifier: referenced.column.name)"
        let nature = column.type.nature
        let isComparable =
            column.type == referenced.column.type
            || nature == referenced.column.type.nature && [.number, .boolean, .text].contains(nature)
            || column.type.isMoment && referenced.column.type.isMoment
        func side(_ name: SQL) -> SQL { isComparable ? name : "CAST(\(name) AS VARCHAR)" }
        return """
            \(side("\(identifier: column.name)")) IN \
            (SELECT \(side(other)) FROM \(referenced.rows) WHERE \(other) IS NOT NULL)
            """
    }

    private mutating func planFreshness(_ freshness: Freshness?) {
        guard let freshness else { return }
        guard let column = candidate.column(freshness.column) else {
            return problems.append(candidate.lacks(freshness.column))
        }
        guard column.type.isMoment else {
            return problems.append(
                "freshness needs a date or timestamp, and column '\(column.name)' is \(column.type)"
            )
        }
        freshnessColumn = column
    }
}

extension Candidate {
    /// That there is no such column, with the one that was probably meant.
    func lacks(_ column: String) -> String {
        let best = nearest(to: column, among: columns.map(\.name))
        return "\(table) has no column '\(column)'" + (best.map { " (did you mean '\($0)'?)" } ?? "")
    }
}

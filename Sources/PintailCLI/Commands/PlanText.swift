import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject

/// A plan as a person or a program reads it.
struct PlanText {
    private let plan: Plan
    private let estimates: [NodeID: ExtractEstimate]

    /// - Parameter estimates: what is known of what extracts would read.
    init(_ plan: Plan, estimates: [NodeID: ExtractEstimate] = [:]) {
        self.plan = plan
        self.estimates = estimates
    }

    /// Prints the steps in an order in which they could run one after another.
    func print(to console: Console, asJSON: Bool) throws {
        if asJSON {
            return try console.print(jsonText(PlanFacts(steps: ordered.map { StepFacts($0, estimates[$0.id]) })))
        }
        let nameWidth = min(32, ordered.map(\.id.name.displayWidth).max() ?? 0)
        for node in ordered {
            var line = StyledLine(node.kind.rawValue.padded(to: 9), .dim)
            line.add(column: node.id.name.padded(to: nameWidth), .bold)
            line.add(column: node.step.gist)
            if let estimate = estimates[node.id] { line.add(column: estimate.gist, .dim) }
            if !node.after.isEmpty { line.add(column: "after " + node.after.map(\.name).joined(separator: ", "), .dim) }
            try console.print(
                line.text(console.output.palette, width: console.output.isTerminal ? console.output.width : nil)
            )
        }
    }

    private var ordered: [Plan.Node] {
        do {
            return try DAG(plan.nodes.map { ($0.id, $0.after) }).topologicalOrder.compactMap { plan[$0] }
        } catch {
            // A plan that was built has no cycle.
            return plan.nodes
        }
    }
}

/// What `plan --json` prints.
private struct PlanFacts: Encodable {
    let steps: [StepFacts]
}

private struct StepFacts: Encodable {
    let step: String
    let kind: String
    let pipeline: String
    let what: String
    let reads: [String]
    let makes: String?
    let after: [String]
    let estimate: JSONValue?

    init(_ node: Plan.Node, _ estimate: ExtractEstimate?) {
        step = node.id.name
        kind = node.kind.rawValue
        pipeline = node.pipeline
        what = node.step.gist
        reads = node.reads.map(\.name.description)
        makes = node.step.makes
        after = node.after.map(\.name)
        self.estimate = estimate.map { estimate in
            [
                "rows": estimate.rows.map { .integer($0.count) } ?? .null, "bytes": .integer(estimate.size.count),
                "strategy": estimate.decision.fact,
            ]
        }
    }
}

extension ExtractEstimate {
    /// As `about 3,000,000 rows in 22 MB, eager`.
    fileprivate var gist: String {
        let amount = rows.map { "about \($0) rows in \(size)" } ?? "\(size)"
        return "\(amount), \(decision.strategy.rawValue)"
    }
}

extension Step {
    /// The step in a few words: where from, what is claimed, where to.
    var gist: String {
        switch self {
        case .extract(let step): return "from \(step.source.gist)" + (step.incremental.map { " (\($0.gist))" } ?? "")
        case .check(let step):
            let claims =
                step.columns.reduce(0) { $0 + $1.claims.count } + step.queries.count
                + [step.rowCount == nil, step.freshness == nil, step.drift == nil].count { !$0 }
            return counted(claims, "claim") + " about \(step.table)"
        case .transform(let step):
            return (step.materialized == .view ? "view " : "")
                + (step.file.map { "of \($0)" } ?? firstLine(of: step.sql))
        case .build(let step): return "of " + step.select.joined(separator: " ")
        case .load(let step): return "\(step.mode.rawValue) \(step.destination.gist)"
        case .command(let step): return firstLine(of: step.command)
        }
    }

    private func firstLine(of text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline)
        let first = lines.first.map { String($0) } ?? ""
        let shown = first.fitted(to: 60)
        return shown == first && lines.count > 1 ? shown + " …" : shown
    }
}

extension ExtractSource {
    fileprivate var gist: String {
        switch self {
        case .files(let paths): paths.joined(separator: ", ")
        case .standardInput: "standard input"
        case .table(let connection, let schema, let name):
            [connection, schema, name].compactMap(\.self).joined(separator: ".")
        case .query(let connection, _): "a query on \(connection)"
        }
    }
}

extension Incremental {
    fileprivate var gist: String {
        switch self {
        case .cursor(let column): "new by \(column)"
        case .newFiles: "new files"
        case .mirror: "new or changed files"
        }
    }
}

extension Destination {
    fileprivate var gist: String {
        switch self {
        case .table(let connection, let schema, let name):
            [connection, schema, name].compactMap(\.self).joined(separator: ".")
        case .file(let path): path
        case .standardOutput: "standard output"
        }
    }
}

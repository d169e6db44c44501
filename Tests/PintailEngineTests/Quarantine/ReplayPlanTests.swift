import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

/// Which steps a replayed row reaches.
@Suite struct ReplayPlanTests {
    private let steps: [Step] = [
        .extract(Extract("raw", from: "raw.csv")),
        .extract(Extract("other", from: "other.csv")),
        .check(Check("raw", columns: [ColumnChecks("id", [.notNull])])),
        .transform(Transform("clean", sql: "SELECT * FROM raw JOIN other USING (id)")),
        .check(Check("clean", columns: [ColumnChecks("id", [.notNull])])),
        .check(Check("other", columns: [ColumnChecks("id", [.references("raw", "id")])])),
        .transform(Transform("apart", sql: "SELECT * FROM other")),
        .load(Load("clean", into: .table(connection: "warehouse", schema: nil, name: "clean"), mode: .append)),
        .load(Load("apart", into: .table(connection: "warehouse", schema: nil, name: "apart"), mode: .append)),
        .command(Command("true", name: "notify", after: ["load:clean"])),
        .command(Command("true", name: "alone")),
    ]

    private func plan(_ steps: [Step]) throws -> Plan {
        let project = Project(
            "test",
            directory: "/nowhere",
            database: "/nowhere/test.duckdb",
            connections: ["warehouse": .postgres(PostgresSettings())],
            pipelines: [Pipeline("p", steps: steps)]
        )
        return try PlanBuilder(project).plan()
    }

    private func names(_ plan: ReplayPlan) -> [String] {
        plan.plan.nodes.map { node in
            node.id.name + (node.after.isEmpty ? "" : " after " + node.after.map(\.name).joined(separator: ", "))
        }
    }

    @Test func `rows of a table reach what reads it, and no load that only waits beside it`() throws {
        let replay = try ReplayPlan.entering(Replay("raw"), in: plan(steps))
        #expect(
            names(replay) == [
                "replay:raw", "clean after replay:raw", "check:clean after clean, replay:raw",
                "load:clean after check:clean, replay:raw", "command:notify after load:clean, replay:raw",
            ]
        )
        #expect(replay.additions.map(\.load.name) == ["clean"])
    }

    @Test func `rows of a load go to it alone, and to what waits for it`() throws {
        let replay = try ReplayPlan.given(Replay("clean"), in: plan(steps))
        #expect(names(replay) == ["load:clean", "command:notify after load:clean"])
        guard case .load(let load) = replay.plan.nodes[0].step else { throw Surprise() }
        #expect(load.mode == .append)
        #expect(load.rules.missingRows == .keep)
    }

    @Test(arguments: [
        (LoadMode.replace, LoadMode.append), (.append, .append), (.upsert, .upsert), (.history, .history),
    ])
    func `a load with a key meets the rows by it, any other adds them`(mode: LoadMode, given: LoadMode) throws {
        var rules = MergeRules()
        rules.missingRows = .delete
        let load = Load(
            "clean",
            into: .table(connection: "warehouse", schema: nil, name: "clean"),
            mode: mode,
            key: ["id"],
            rules: rules
        )
        let all = steps.map { step in
            if case .load(let other) = step, other.name == "clean" { Step.load(load) } else { step }
        }
        let replay = try ReplayPlan.given(Replay("clean"), in: plan(all))
        #expect(replay.plan.nodes[0].loads.map(\.mode) == [given])
        #expect(replay.plan.nodes[0].loads.map(\.rules.missingRows) == [.keep])
    }

    @Test func `a load that takes rows only once is refused`() throws {
        let all = steps + [.load(Load("once", from: "clean", into: "out/once.csv", mode: .fail))]
        let error = #expect(throws: StepError.self) { try ReplayPlan.entering(Replay("raw"), in: plan(all)) }
        #expect(error?.message.contains("load 'once' has 'mode: fail'") == true)
    }

    @Test func `a table that no step makes any more, and a load that is gone, are named`() throws {
        let table = #expect(throws: StepError.self) { try ReplayPlan.entering(Replay("gone"), in: plan(steps)) }
        #expect(table?.message == "no step makes or checks 'gone' any more")
        let load = #expect(throws: StepError.self) { try ReplayPlan.given(Replay("gone"), in: plan(steps)) }
        #expect(load?.message == "there is no load 'gone' any more")
    }

    private struct Surprise: Error {}
}

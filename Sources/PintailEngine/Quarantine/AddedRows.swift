import DuckDB
import PintailOrchestrator
import PintailProject

/// What the loads that add rows are to get: the difference that the replayed rows make to what each of them reads.
///
/// A load that appends has delivered what it read before. So its rows are computed twice, without the replayed rows and with
/// them: what is more is to be added. Where something is less, as a sum that has grown, nothing can be added, and the replay
/// is refused before anything is changed.
struct AddedRows {
    private let plan: ReplayPlan

    init(_ plan: ReplayPlan) { self.plan = plan }

    /// What is to be stored in the transaction that publishes the rows.
    struct Prepared {
        fileprivate var tables: [(difference: SQL, target: TableName)] = []

        /// Lets the rows wait for their loads.
        ///
        /// The run stands with them, so that a load does not take them for the same rows of an earlier replay.
        func store(_ run: RunID, _ connection: borrowing Connection) throws(DuckDBError) {
            for (difference, target) in tables {
                try connection.execute(
                    """
                    CREATE TABLE \(table: target) AS
                    SELECT *, \(literal: run.name) AS \(identifier: ReplayLedger.addedColumn) FROM \(difference)
                    """
                )
            }
        }

        /// Drops what was only for this replay.
        func forget(_ connection: borrowing Connection) {
            // The connection ends with the step, and they with it.
            for (difference, _) in tables { _ = try? connection.execute("DROP TABLE IF EXISTS \(difference)") }
        }
    }

    /// Computes the differences; the rows are staged, and nothing is published yet.
    func prepare(_ connection: borrowing Connection) throws -> Prepared {
        var prepared = Prepared()
        guard !plan.additions.isEmpty else { return prepared }
        let catalog = try connection.value("SELECT current_database()").text
        let name = plan.replay.table
        let table = TableName(name, schema: "main", catalog: catalog)
        let staging = TableName(StagedTable.staging(for: name).name, schema: "main", catalog: catalog)
        try refuseChecks()
        try refuseModels()
        let before = try compute("before", "FROM \(table: table)", connection)
        let after = try compute("after", "FROM \(table: table) UNION ALL BY NAME FROM \(table: staging)", connection)
        for (place, addition) in plan.additions.enumerated() {
            let difference = try difference(before[place], after[place], place, addition.load, connection)
            prepared.tables.append((difference, addition.rows))
        }
        return prepared
    }

    /// A table between, whose own checks put rows aside, is not what its query gives.
    private func refuseChecks() throws {
        let between = Set(plan.transforms.compactMap { $0.step.makes?.lowercased() })
        for node in plan.plan.nodes {
            guard case .check(let check) = node.step, between.contains(check.table.lowercased()), check.putsAside else {
                continue
            }
            throw refusal(
                plan.additions[0].load,
                "check '\(check.name)' may put aside what lies between it and \(plan.replay.table)"
            )
        }
    }

    /// What a model makes of the rows is known when it has been built, and that is done after they are published.
    private func refuseModels() throws {
        for addition in plan.additions {
            guard let node = plan.plan[addition.node], readsModel(node) else { continue }
            throw refusal(addition.load, "models lie between it and \(plan.replay.table)")
        }
    }

    /// Whether a step reads what models make, or what steps make that do.
    private func readsModel(_ node: Plan.Node) -> Bool {
        let isAfterModel = node.after.contains { plan.plan[$0]?.model != nil }
        return node.reads.contains { read in
            let name = read.name.name.lowercased()
            if name == plan.replay.table.lowercased() { return false }
            guard let maker = plan.transforms.first(where: { $0.step.makes?.lowercased() == name }) else {
                return isAfterModel
            }
            return maker.id != node.id && readsModel(maker)
        }
    }

    /// The rows that each load reads when the table holds what `rows` gives.
    ///
    /// Temporary tables stand in front of those that the steps between make, under their own names.
    private func compute(_ moment: String, _ rows: SQL, _ connection: borrowing Connection) throws -> [SQL] {
        var shadows: [(kind: SQL, name: String)] = []
        defer {
            for shadow in shadows.reversed() {
                // What fails here fails the publication, which then changes nothing.
                _ = try? connection.execute("DROP \(shadow.kind) IF EXISTS temp.main.\(identifier: shadow.name)")
            }
        }
        try connection.execute("CREATE OR REPLACE TEMP VIEW \(identifier: plan.replay.table) AS \(rows)")
        shadows.append(("VIEW", plan.replay.table))
        for node in try inOrder(plan.transforms) {
            guard case .transform(let transform) = node.step else { continue }
            try connection.execute(
                "CREATE OR REPLACE TEMP TABLE \(identifier: transform.table) AS \(SQL(verbatim: transform.sql))"
            )
            shadows.append(("TABLE", transform.table))
        }
        var results: [SQL] = []
        for (place, addition) in plan.additions.enumerated() {
            let name = "pintail: \(moment) \(place)"
            let relation = try LoadRelation(addition.load, connection)
            try connection.execute("CREATE OR REPLACE TEMP TABLE \(identifier: name) AS \(relation.query)")
            results.append("temp.main.\(identifier: name)")
        }
        return results
    }

    private func inOrder(_ nodes: [Plan.Node]) throws -> [Plan.Node] {
        let ids = Set(nodes.map(\.id))
        let order = try DAG(nodes.map { node in (node.id, plan.plan[node.id]?.after.filter(ids.contains) ?? []) })
            .topologicalOrder
        return order.compactMap { id in nodes.first { $0.id == id } }
    }

    /// The rows that are more; refused when any are less.
    private func difference(
        _ before: SQL,
        _ after: SQL,
        _ place: Int,
        _ load: Load,
        _ connection: borrowing Connection
    ) throws -> SQL {
        let name = "pintail: added \(place)"
        let columns = try connection.describe("FROM \(after)").map(\.name)
        let all = "\(identifiers: columns)" as SQL
        let changes: SQL = """
            SELECT \(all), CAST(sum("pintail: sign") AS BIGINT) AS "pintail: times" FROM (
                SELECT *, 1 AS "pintail: sign" FROM \(after) UNION ALL BY NAME SELECT *, -1 AS "pintail: sign" FROM \(before))
            GROUP BY \(all) HAVING sum("pintail: sign") <> 0
            """
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(identifier: name) AS \(changes)")
        try connection.execute("DROP TABLE \(before); DROP TABLE \(after)")
        let table: SQL = "temp.main.\(identifier: name)"
        let less = try connection.value("SELECT count(*) FROM \(table) WHERE \"pintail: times\" < 0").integer ?? 0
        guard less == 0 else {
            try connection.execute("DROP TABLE \(table)")
            throw refusal(load, "\(less) of the rows that it has delivered would be others now")
        }
        let added = "pintail: to be added \(place)"
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(identifier: added) AS
            SELECT \(all) FROM (SELECT *, unnest(range("pintail: times")) FROM \(table));
            DROP TABLE \(table)
            """
        )
        return "temp.main.\(identifier: added)"
    }

    private func refusal(_ load: Load, _ reason: String) -> StepError {
        StepError(
            "load '\(load.name)' adds rows, and what the replayed ones add cannot be told: \(reason)",
            hint: "'mode: upsert' with a key takes rows that change; or run the pipeline anew",
            dataState: "nothing was changed"
        )
    }
}

extension Check {
    /// Whether rows that break a claim are taken out.
    fileprivate var putsAside: Bool {
        onFail == .quarantine || columns.flatMap(\.claims).contains { $0.onFail == .quarantine }
            || rows.contains { $0.onFail == .quarantine } || queries.contains { $0.onFail == .quarantine }
    }
}

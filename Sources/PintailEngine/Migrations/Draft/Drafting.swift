import DuckDB
import FoundationEssentials
import PintailOrchestrator
package import PintailProject
import Postgres

/// Drafts the migration that a connection's database needs for the loads of a plan; changes nothing.
package struct Drafting: Sendable {
    private let project: Project
    private let plan: Plan
    private let connection: String

    /// Prepares to compare the loads into a connection with its database.
    package init(for connection: String, of plan: Plan, in project: Project) {
        self.connection = connection
        self.plan = plan
        self.project = project
    }

    /// Looks at sources and server, and drafts the difference.
    package func draft() async throws -> MigrationDraft {
        guard case .postgres(let settings)? = project.connections[connection] else { return MigrationDraft() }
        var draft = MigrationDraft()
        var wanted: [WantedTable] = []
        for (node, load, table) in loads {
            if let found = try await columns(of: node, load) {
                wanted.append(
                    WantedTable(
                        load,
                        into: table,
                        columns: found.columns,
                        isGuessed: found.isGuessed,
                        references: load.references.map { WantedReference($0, of: table) }
                    )
                )
            } else {
                draft.leaveOut(load.name)
            }
        }
        let (states, parents) = try await states(of: wanted, settings)
        let references = wanted.flatMap(\.references)
        for (table, state) in zip(wanted, states) {
            var table = table
            // Named as the server has them: with their schema.
            table.references = table.references.map { reference in
                var reference = reference
                reference.parent = parents[reference.parent]?.name ?? reference.parent
                return reference
            }
            if let reference = references.first(where: { parents[$0.parent]?.name == state.name }) {
                table.referred = reference.key ?? "id"
            }
            if table.columns.contains(where: { $0.name == table.referred }) { table.referred = nil }
            draft.add(table, to: state, parents: Dictionary(parents.values.map { ($0.name, $0) }) { first, _ in first })
        }
        return draft
    }

    /// The tables as the server has them, and those that they refer to.
    private func states(
        of wanted: [WantedTable],
        _ settings: PostgresSettings
    ) async throws -> ([TableState], [TableName: TableState]) {
        let names = wanted.map(\.table)
        let parents = Set(wanted.flatMap(\.references).map(\.parent))
        let session = PostgresSession(ConnectionParameters(settings), label: "draft")
        do {
            return try await session.run { connection in
                let states = try names.map { try TableState.read($0, on: connection) }
                let around = try parents.map { ($0, try TableState.read($0, on: connection)) }
                return (states, Dictionary(around) { first, _ in first })
            }
        } catch let error as PostgresError {
            throw MigrationWords(project: project).unreachable(connection, settings, error)
        }
    }

    private var loads: [(Plan.Node, Load, TableName)] {
        plan.nodes.flatMap { node in
            node.loads.compactMap { load in
                guard case .table(connection, let schema, let name) = load.destination else { return nil }
                var own = node
                own.step = .load(load)
                return (own, load, TableName(name, schema: schema))
            }
        }
    }

    // MARK: Columns

    private typealias Columns = (columns: [ResultColumn], isGuessed: Bool)

    private func columns(of node: Plan.Node, _ load: Load) async throws -> Columns? {
        let binder = Binder(project, plan: plan)
        let stored = try await storedColumns(load)
        switch try await binder.columns(of: node) {
        case .settled(let columns): return (columns, false)
        // A table that holds all of a file knows its types better than its first rows do.
        case .named(let columns):
            return stored?.map(\.name) == columns.map(\.name) ? stored.map { ($0, false) } : (columns, true)
        case .unknown: break
        }
        if let stored { return (stored, false) }
        let graph = try DAG(plan.nodes.map { ($0.id, $0.after) })
        let needed = plan.keeping(Set(graph.ancestors(of: node.id) + [node.id]))
        return try await Binder(project, plan: needed).describe(load).map { ($0, true) }
    }

    /// What the tables of an earlier run would give; `nil` where there are none.
    private func storedColumns(_ load: Load) async throws(CancellationError) -> [ResultColumn]? {
        guard FileManager.default.fileExists(atPath: project.database) else { return nil }
        do {
            let workspace = try await offPool { [project] in try Workspace(opening: project, isReadOnly: true) }
            return try await workspace.session("draft").run { try LoadRelation(load, $0).columns }
        } catch {
            if Task.isCancelled { throw CancellationError() }
            return nil
        }
    }
}

extension TableState {
    /// Reads a table from the catalog; one that is not there has the name it would get.
    fileprivate static func read(
        _ table: TableName,
        on connection: borrowing PostgresConnection
    ) throws -> TableState {
        let found = try TableDescription.read(table, on: connection)
        let schema = try found?.name.schema ?? table.schema ?? connection.value("SELECT current_schema()") ?? "public"
        let isThere = try connection.value("SELECT to_regnamespace(quote_ident(\(literal: schema))) IS NOT NULL") == "t"
        let keys = try found.map { try foreignKeys(of: $0, on: connection) } ?? []
        return TableState(
            name: found?.name ?? TableName(table.name, schema: schema),
            hasSchema: isThere,
            table: found,
            foreignKeys: keys
        )
    }

    private static func foreignKeys(
        of table: TableDescription,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [[String]] {
        let rows = try connection.query(
            """
            SELECT c.oid, a.attname FROM pg_constraint c
            CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS key(attnum, place)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = key.attnum
            WHERE c.contype = 'f' AND c.conrelid = \(literal: Int(table.oid)) ORDER BY c.oid, place
            """
        )
        let keys = Dictionary(grouping: rows) { $0["oid"] ?? "" }
        return keys.sorted { $0.key < $1.key }.map { $0.value.compactMap { $0["attname"] } }
    }
}

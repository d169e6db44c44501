import DuckDB
import FoundationEssentials
import PintailOrchestrator
package import PintailProject
import Postgres

/// Binds every query of a project to the columns it will find, without running any of it.
///
/// DuckDB itself does the binding, in a scratch database of empty tables: what it accepts here it accepts in a run. Of
/// sources only the first rows are read.
package struct Binder: Sendable {
    private let project: Project
    private let plan: Plan
    private let unsound: Set<NodeID>

    /// Prepares to bind a planned project.
    ///
    /// - Parameter unsound: nodes that are not to be looked at; what they make is not known.
    package init(_ project: Project, plan: Plan, except unsound: Set<NodeID> = []) {
        self.project = project
        self.plan = plan
        self.unsound = unsound
    }

    /// Finds what does not bind; warnings tell what could not be looked at.
    package func problems() async throws -> [Diagnostic] {
        let found = try await inScratch { workspace in
            let made = Set(plan.nodes.compactMap { $0.step.makes?.lowercased() })
            var binding = Binding(workspace: workspace, session: try workspace.session("binding"), made: made)
            let order = try DAG(plan.nodes.map { ($0.id, $0.after) }).topologicalOrder
            for id in order {
                guard let node = plan[id] else { continue }
                if unsound.contains(id) { binding.passOver(node) } else { try await binding.bind(node) }
            }
            return binding.problems
        }
        return plan.objections(in: project) + found
    }
}

extension Binder {
    /// The columns that a load will deliver, as far as a look at the first rows of local files tells.
    ///
    /// Types are settled where every source has its own: text is only guessed from its first rows.
    func columns(of node: Plan.Node) async throws -> LoadPreflight.Columns {
        guard case .load(let load) = node.step else { return .unknown }
        let graph = try DAG(plan.nodes.map { ($0.id, $0.after) })
        let chosen = plan.keeping(Set(graph.ancestors(of: node.id) + [node.id]))
        let kinds = Set(chosen.nodes.map(\.columnKnowledge))
        guard !kinds.contains(.none) else { return .unknown }
        let columns = try await Binder(project, plan: chosen).describe(load)
        guard let columns else { return .unknown }
        return kinds.contains(.names) ? .named(columns) : .settled(columns)
    }

    /// The columns that a load will deliver, types guessed from the first rows where a source has none; `nil` when they
    /// cannot be told.
    func describe(_ load: Load) async throws -> [ResultColumn]? {
        try await inScratch { workspace in
            let made = Set(plan.nodes.compactMap { $0.step.makes?.lowercased() })
            var binding = Binding(workspace: workspace, session: try workspace.session("binding"), made: made)
            for id in try DAG(plan.nodes.map({ ($0.id, $0.after) })).topologicalOrder {
                if let node = plan[id] { try await binding.bind(node) }
            }
            guard binding.problems.isEmpty, binding.unknown.isEmpty else { return nil }
            return try await binding.session.run { connection in try LoadRelation(load, connection).columns }
        }
    }

    private func inScratch<Result: Sendable>(
        _ body: (Workspace) async throws -> Result
    ) async throws -> Result {
        // Not in the project's folder, which may be another's to write.
        let folder = try ScratchFolder("validate")
        defer { withExtendedLifetime(folder) {} }
        var scratch = project
        scratch.database = folder.path + "/scratch.duckdb"
        let workspace = try await offPool { [scratch] in try Workspace(opening: scratch, state: folder.path) }
        return try await body(workspace)
    }
}

extension Plan.Node {
    fileprivate enum ColumnKnowledge: Hashable {
        case none, names, types
    }

    /// What the first rows tell of the step's columns, cheaply and for certain.
    fileprivate var columnKnowledge: ColumnKnowledge {
        // What other systems hold may cost a scan.
        guard connections.isEmpty else { return .none }
        guard case .extract(let extract) = step else { return .types }
        // What was taken before may have had other columns.
        guard case .files(let paths) = extract.source, !paths.contains(where: SourceFile.isRemote),
            extract.incremental == nil
        else { return .none }
        let endings = paths.map { FileNameEndings($0) }
        guard endings.allSatisfy({ $0.packing == nil }) else { return .none }
        let formats = Set(endings.map { extract.format ?? $0.format })
        return formats == [.parquet] && extract.dates == .keep
            ? .types : formats.isSubset(of: [.csv, .tsv, .parquet]) ? .names : .none
    }
}

/// The binding of a plan under way, node after node.
private struct Binding {
    let workspace: Workspace
    let session: Session
    /// Tables that steps of the plan make, lower-cased; of others only the real database knows the columns.
    let made: Set<String>
    var problems: [Diagnostic] = []
    /// Tables whose columns nobody knows, lower-cased: what reads them cannot be bound.
    var unknown: Set<String> = []

    /// Leaves open what the node makes.
    mutating func passOver(_ node: Plan.Node) {
        if let table = node.step.makes { unknown.insert(table.lowercased()) }
    }

    mutating func bind(_ node: Plan.Node) async throws {
        try Task.checkCancellation()
        guard await isBindable(node) else { return passOver(node) }
        switch node.step {
        case .extract(let extract): try await bind(extract, node)
        case .transform(let transform):
            let isBound = await bind(transform.sql, field: "sql", of: node.step, making: transform.table)
            if !isBound { unknown.insert(transform.table.lowercased()) }
        case .check(let check): await bind(check, node.step)
        case .load:
            for load in node.loads {
                if case .query(let sql) = load.source { await bind(sql, field: "from", of: .load(load)) }
            }
        case .build, .command: break
        }
    }

    /// Whether all that the node reads is known; connections are attached on the way.
    private mutating func isBindable(_ node: Plan.Node) async -> Bool {
        guard node.reads.allSatisfy({ isKnown($0.name) }) else { return false }
        for connection in node.connections {
            do {
                try await session.run { [workspace] in try workspace.attach(connection, on: $0) }
            } catch {
                warn("\(node.step.keyword) '\(node.step.name)' was not looked at", error, node.step.locations[""])
                return false
            }
        }
        return true
    }

    private func isKnown(_ name: TableName) -> Bool {
        if let outside = name.catalog ?? name.schema, workspace.project.connections[outside] != nil { return true }
        let table = name.name.lowercased()
        return name.schema == nil && (made.contains(table) ? !unknown.contains(table) : table.contains("."))
    }

    // MARK: Extracts

    private mutating func bind(_ extract: Extract, _ node: Plan.Node) async throws {
        guard isCheap(extract.source) else {
            unknown.insert(extract.table.lowercased())
            return
        }
        let environment = StepEnvironment(
            workspace: workspace,
            session: session,
            reporter: .silent(for: node.id),
            run: RunID("validate")
        )
        do {
            let (staged, _) = try await ExtractStep(columnsOf: extract).run(in: environment)
            try await session.run { connection in
                try connection.execute(
                    "CREATE TABLE \(identifier: extract.table) AS FROM \(table: staged.staging) LIMIT 0"
                )
                try StagedTable.drop(staged.staging, connection)
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch let mistakes as Diagnostics {
            problems += mistakes.all
            unknown.insert(extract.table.lowercased())
        } catch {
            unknown.insert(extract.table.lowercased())
            warn("extract '\(extract.table)' was not looked at", error, extract.locations["from"])
        }
    }

    /// Whether a look at the first rows does not take unpacking or fetching the whole, and takes nothing away.
    private func isCheap(_ source: ExtractSource) -> Bool {
        switch source {
        case .standardInput: false
        case .table, .query: true
        case .files(let paths):
            !hasPipe(paths)
                && !paths.contains { path in
                    path.contains("://")
                        || [".zip", ".bz2", ".xz", ".xlsx"].contains { path.lowercased().hasSuffix($0) }
                }
        }
    }

    private func hasPipe(_ paths: [String]) -> Bool {
        let files = try? SourceFiles(directory: workspace.project.directory, mayBeNone: true).find(
            paths.filter { !SourceFile.isRemote($0) }
        )
        return files?.contains(where: \.isPipe) ?? false
    }

    // MARK: Queries and claims

    @discardableResult
    private mutating func bind(_ sql: String, field: String, of step: Step, making table: String? = nil) async -> Bool {
        do {
            try await session.run { connection in
                let query = SQL(verbatim: sql)
                _ = try connection.describe(query)
                guard let table else { return }
                try connection.execute("CREATE TABLE \(identifier: table) AS \(query) LIMIT 0")
            }
            return true
        } catch let error as DuckDBError {
            report(error, in: sql, field: field, of: step)
        } catch {
            warn("\(step.keyword) '\(step.name)' was not looked at", error, step.locations[field])
        }
        return false
    }

    private mutating func report(_ error: DuckDBError, in sql: String, field: String, of step: Step) {
        // A statement that wraps the query moves no offset: its own text comes first.
        var place = step.locations.place(in: field, text: sql, utf8Offset: min(error.offset ?? 0, sql.utf8.count))
        if let name = error.name { place?.length = name.unicodeScalars.count }
        problems.append(
            Diagnostic(
                "the query of \(step.keyword) '\(step.name)' does not bind: \(error.firstLine)",
                at: place,
                hint: error.hint
            )
        )
    }

    private mutating func bind(_ check: Check, _ step: Step) async {
        let table = TableName(dotted: check.table)
        do {
            let found = try await session.run { try $0.describe("FROM \(table: table)") }
            for (index, rule) in check.rows.enumerated() {
                await bind(rule, field: Check.path(ofRule: index), of: check, found)
            }
            let columns = found.map(\.name)
            let known = Set(columns.map { $0.lowercased() })
            for claims in check.columns where !known.contains(claims.column.lowercased()) {
                problems.append(
                    Diagnostic(
                        "check '\(check.name)' is about column '\(claims.column)', which \(check.table) does not have",
                        at: check.locations.key("columns." + claims.column),
                        hint: didYouMean(claims.column, among: columns)
                    )
                )
            }
        } catch {
            return
        }
        for (index, query) in check.queries.enumerated() { await bind(query.sql, field: "sql.\(index)", of: step) }
    }

    private mutating func bind(
        _ rule: RowRule,
        field: String,
        of check: Check,
        _ columns: [ResultColumn]
    ) async {
        do {
            let table: SQL = "\(table: TableName(dotted: check.table))"
            try await session.run { _ = try RowCondition(rule, to: table, with: columns, $0) }
        } catch let error as DuckDBError {
            var place = check.locations.place(in: field, text: rule.condition, utf8Offset: error.offset ?? 0)
            if let name = error.name { place?.length = name.unicodeScalars.count }
            problems.append(
                Diagnostic(
                    "rule '\(rule.name)' of check '\(check.name)' does not bind: \(error.firstLine)",
                    at: place,
                    hint: error.hint
                )
            )
        } catch {
            warn("rule '\(rule.name)' of check '\(check.name)' was not looked at", error, check.locations[field])
        }
    }

    private mutating func warn(_ text: String, _ error: any Error, _ place: SourceLocation?) {
        let failure = NodeFailure(error).redacted(by: workspace.secrets)
        problems.append(Diagnostic("\(text): \(failure.message)", at: place, hint: failure.hint, severity: .warning))
    }
}

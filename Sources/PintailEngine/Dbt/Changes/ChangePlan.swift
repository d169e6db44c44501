import DuckDB
import Jinja
import PintailOrchestrator
package import PintailProject

/// Which nodes of a selection would give another result than what is there, and why.
package struct ChangePlan: Sendable {
    /// What is to be done with a node.
    package struct Decision: Sendable {
        /// Its unique id.
        package let id: String
        /// Why it is built; none where what is there is what would be built.
        package let reasons: [ChangeReason]
        /// Whether it is built.
        package var runs: Bool { !reasons.isEmpty }
    }

    /// The decisions, parents first.
    package let decisions: [Decision]
    /// What tables hold, by unique id, where it was computed: noted with what is built now.
    let contents: [String: String]

    /// The unique ids of what is built.
    package var running: Set<String> { Set(decisions.filter(\.runs).map(\.id)) }

    /// Decides about nodes by what was noted when they were built.
    ///
    /// Templates are compiled against the real database, which is opened for reading only.
    /// - Parameters:
    ///   - comparesContents: whether tables are read whole where the database was written to since.
    ///   - notesSources: whether sources are read whole that the nodes to be built read, so that it is known later what
    ///     they were built from.
    package static func of(
        _ project: DbtProject,
        selecting selected: Set<String>,
        options: BuildOptions,
        comparesContents: Bool,
        notesSources: Bool = false
    ) async throws -> ChangePlan {
        let isThere = project.profile.databasePath.flatMap { FileStamp(of: $0) } != nil
        let database = isThere ? try await options.patience.open(project.profile.readOnly) : nil
        return try await offPool {
            var deciding = try Deciding(project, selected, options, comparesContents, in: database)
            return try deciding.plan(notesSources: notesSources)
        }
    }
}

/// The deciding under way.
private struct Deciding {
    let project: DbtProject
    let order: [String]
    let record: BuildRecord.Database?
    /// Whether the file is as the last run left it.
    let isUntouched: Bool
    let comparesContents: Bool
    let world: BuildWorld?
    let tables: StoredTables?
    let determinism: Determinism?
    let warehouse: Warehouse?
    var reasons: [String: [ChangeReason]] = [:]
    var contents: [String: String] = [:]

    /// - Parameter database: opened for reading; nil where there is none.
    init(
        _ project: DbtProject,
        _ selected: Set<String>,
        _ options: BuildOptions,
        _ comparesContents: Bool,
        in database: Database?
    ) throws {
        self.project = project
        self.comparesContents = comparesContents
        order = BuildGraph(project.manifest, running: selected, waitsForTests: true).order.filter { id in
            let isTest = project.manifest.unitTests[id] != nil
            return project.manifest.nodes[id].map { $0.kind != .model || !$0.isEphemeral } ?? isTest
        }
        let path = project.profile.databasePath
        let stamp = path.flatMap { FileStamp(of: $0) }
        record = path.flatMap { BuildRecord.read(in: project.root.directory).databases[$0] }
        isUntouched = stamp != nil && stamp == record?.stamp && stamp?.isSettled == true
        guard let database, stamp != nil else {
            (world, tables, determinism, warehouse) = (nil, nil, nil, nil)
            return
        }
        var reading = project
        reading.profile = project.profile.readOnly
        let world = DbtBuild.world(of: reading, options, selecting: selected, in: database)
        self.world = world
        tables = try StoredTables(world.database)
        determinism = try Determinism(world.database)
        warehouse = try Warehouse(world.database, relations: world.relations)
    }

    mutating func plan(notesSources: Bool) throws -> ChangePlan {
        for id in order { reasons[id] = try reasons(for: id) }
        if notesSources {
            for id in order where reasons[id]?.isEmpty == false {
                guard let node = project.manifest.nodes[id] else { continue }
                for input in project.manifest.inputs(of: node) {
                    guard let source = project.manifest.sources[input], Relation(of: source).externalText == nil
                    else { continue }
                    _ = try held(by: try ProjectBinding.relation(of: source), input)
                }
            }
        }
        let decisions = order.map { ChangePlan.Decision(id: $0, reasons: reasons[$0] ?? []) }
        return ChangePlan(decisions: decisions, contents: contents)
    }

    private mutating func reasons(for id: String) throws -> [ChangeReason] {
        guard let node = project.manifest.nodes[id] else {
            // Of unit tests it is not noted what they read.
            return [.unsteady("it is not compared with earlier runs")]
        }
        if let always = Self.alwaysRuns(node, project) { return [.unsteady(always)] }
        guard let record, let entry = record.nodes[id], let world, let warehouse else { return [.neverBuilt] }
        var found = try compare(node, entry, world, warehouse)
        found += try inputs(of: node, entry, record)
        if node.kind != .test, let state = try table(of: node, entry) { found.append(state) }
        if record.surroundings != Surroundings.digest(of: project) { found.append(.surroundings) }
        return found
    }

    /// What no comparison can excuse.
    private static func alwaysRuns(_ node: Node, _ project: DbtProject) -> String? {
        if node.materialization == "incremental" { return "an incremental model may add rows each time" }
        if node.kind == .snapshot { return "a snapshot looks at the data each time" }
        if node.kind != .test, !["table", "view", "seed", "ephemeral"].contains(node.materialization) {
            return "what '\(node.materialization)' does is not compared"
        }
        let hooks = (node.config["pre-hook"]?.items ?? []) + (node.config["post-hook"]?.items ?? [])
        if !hooks.isEmpty { return "it has hooks, which may do anything" }
        let isHooked = project.manifest.nodes.all.contains { $0.kind == .operation }
        return isHooked ? "the project's hooks may change what it reads" : nil
    }

    // MARK: What it is

    private func compare(
        _ node: Node,
        _ entry: BuildRecord.Entry,
        _ world: BuildWorld,
        _ warehouse: Warehouse
    ) throws -> [ChangeReason] {
        var sql: String?
        if node.kind != .seed {
            do {
                sql = try compile(node, world, warehouse)
            } catch {
                try rethrowInterruption(error)
                return [.unsteady("it cannot be compiled as things are")]
            }
        }
        let now = NodeFingerprint(node, sql: sql, in: project)
        var reasons: [ChangeReason] = []
        if now.code != entry.code { reasons.append(.template) }
        for id in Set(now.macros.keys).union(entry.macros.keys).sorted() where now.macros[id] != entry.macros[id] {
            reasons.append(.macro(id))
        }
        if now.sql != entry.sql {
            for name in Set(now.vars.keys).union(entry.vars.keys).sorted() where now.vars[name] != entry.vars[name] {
                reasons.append(.variable(name))
            }
            if reasons.isEmpty { reasons.append(.compiled) }
        }
        if now.config != entry.config { reasons.append(.config) }
        if now.file != entry.file { reasons.append(.seedFile) }
        if let sql, let doubt = determinism?.doubt(about: sql) { reasons.append(.unsteady(doubt)) }
        return reasons
    }

    private func compile(_ node: Node, _ world: BuildWorld, _ warehouse: Warehouse) throws -> String {
        let compilation = NodeCompilation(world: world, node: node, warehouse: warehouse)
        let (context, names) = try compilation.context()
        defer { context.close() }
        defer { warehouse.rollback() }
        return try compilation.compile(context, names).sql
    }

    // MARK: What it reads

    private mutating func inputs(
        of node: Node,
        _ entry: BuildRecord.Entry,
        _ record: BuildRecord.Database
    ) throws -> [ChangeReason] {
        var found: [ChangeReason] = []
        for id in project.manifest.inputs(of: node) {
            if let source = project.manifest.sources[id] {
                if let reason = try self.source(source, entry, record) { found.append(reason) }
            } else if reasons[id]?.isEmpty == false || record.nodes[id]?.build != entry.inputs[id] {
                found.append(.input(id))
            } else if reasons[id] == nil, let parent = project.manifest.nodes[id], try !isAsBuilt(parent, record) {
                found.append(.input(id))
            }
        }
        return found
    }

    /// Whether a parent that was not selected is still what it was.
    private mutating func isAsBuilt(_ parent: Node, _ record: BuildRecord.Database) throws -> Bool {
        guard let entry = record.nodes[parent.uniqueID] else { return false }
        return try table(of: parent, entry) == nil
    }

    private mutating func source(
        _ source: SourceNode,
        _ entry: BuildRecord.Entry,
        _ record: BuildRecord.Database
    ) throws -> ChangeReason? {
        let id = source.uniqueID
        if Relation(of: source).externalText != nil { return .unsteady("it reads files") }
        guard let before = entry.inputs[id], source.database?.lowercased() == project.profile.database.lowercased()
        else { return .unknownSource(id) }
        // The version is that of the whole file, or of what the table holds.
        if isUntouched, before == record.stamp.text { return nil }
        guard let known = record.sources[id] else { return .unknownSource(id) }
        guard before == record.stamp.text || before == known else { return .source(id) }
        guard let now = try held(by: try ProjectBinding.relation(of: source), id) else { return .unknownSource(id) }
        return now == known ? nil : .source(id)
    }

    private mutating func held(by relation: Relation, _ id: String) throws -> String? {
        if let known = contents[id] { return known }
        guard comparesContents, let held = try tables?.contents(of: relation) else { return nil }
        contents[id] = held
        return held
    }

    // MARK: What is there

    private mutating func table(of node: Node, _ entry: BuildRecord.Entry) throws -> ChangeReason? {
        guard !node.isEphemeral else { return nil }
        let relation = ProjectBinding.relation(of: node)
        guard entry.relation == relation.sql, let tables, tables.has(relation) else { return .missingTable }
        if isUntouched { return nil }
        guard let before = entry.contents else { return .unknownTable }
        guard let now = try held(by: relation, node.uniqueID) else { return .unknownTable }
        return now == before ? nil : .changedTable
    }
}

import FoundationEssentials
import Jinja
import PintailProject

/// What one node's templates can ask of the project: refs, sources, vars, the graph, the seed's rows.
final class NodeNames: NodeReferences {
    private let world: BuildWorld
    private let node: Node
    /// Ephemeral models that were referred to, in the order of calls.
    private(set) var ephemerals: [Node] = []
    /// Whether everything may be referred to, though nothing was noted while parsing: in hooks and operations.
    private let isFree: Bool
    private var graphValue: DictObject?
    private var notesBefore: [String: SharedValue] = [:]
    private let warehouse: Warehouse?
    /// Values that a unit test gives in place of the real ones.
    var overriddenVars: ConfigObject = [:]
    /// The span of time that is built: what knows its event time is read only so far.
    var window: BatchWindows.Window?
    /// Relations that a unit test gives in place of the real ones, by unique id.
    var substitutes: [String: Relation] = [:]
    /// Those that templates asked for, in the order of calls.
    private(set) var substituted: [String] = []

    init(_ world: BuildWorld, _ node: Node, _ warehouse: Warehouse?) {
        self.world = world
        self.node = node
        self.warehouse = warehouse
        isFree = node.kind == .operation || node.kind == .inline
        if let (model, place) = world.audits.judged(by: node.uniqueID) { substitutes[model] = place.staged }
    }

    func ref(_ name: String, package: String?, version: Value?) throws -> Relation {
        let call = RefCall(name, package: package, version: version.map { ConfigValue($0) } ?? .null)
        guard case .found(let id) = world.index.resolve(call, from: node.package),
            let found = world.manifest.nodes[id]
        else {
            let hint = world.index.nearest(to: call).map { ": \($0)" } ?? ""
            throw TemplateError(.raised, "there is no model, seed or snapshot '\(name)'\(hint)")
        }
        if let substitute = substitute(for: id) { return substitute }
        guard isFree || id == node.uniqueID || node.dependsOnNodes.contains(id) else {
            throw TemplateError(
                .raised,
                "\(node.kind.rawValue) '\(node.name)' refers to '\(name)' only when it runs, so it may run too early: write '-- depends_on: {{ ref('\(name)') }}' at its top"
            )
        }
        if found.isEphemeral, found.kind == .model {
            if !ephemerals.contains(where: { $0.uniqueID == id }) { ephemerals.append(found) }
            return limited(filtered(Relation(ephemeral: found), by: found.config["event_time"], found.columns))
        }
        return limited(filtered(try relation(of: found), by: found.config["event_time"], found.columns))
    }

    private func substitute(for id: String) -> Relation? {
        guard let substitute = substitutes[id] else { return nil }
        if !substituted.contains(id) { substituted.append(id) }
        return substitute
    }

    private func relation(of found: Node) throws -> Relation {
        let own = found.uniqueID == node.uniqueID ? world.place(of: found) : Relation(of: found)
        guard let other = world.deferred[found.uniqueID], !world.selected.contains(found.uniqueID) else { return own }
        if world.options.favorsState { return other }
        let exists = try warehouse?.relation(own.database ?? "", own.schema ?? "", own.identifier ?? "") != nil
        return exists ? own : other
    }

    private func limited(_ relation: Relation) -> Relation {
        guard world.options.isEmpty else { return relation }
        var relation = relation
        relation.limit = 0
        return relation
    }

    /// The time that is read of what knows its event time; nil for all.
    private var span: BatchWindows.Window? {
        guard let sample = world.options.sample, node.kind == .model || node.kind == .snapshot else { return window }
        return window.map { sample.part(of: $0) } ?? BatchWindows.Window(start: sample.start, end: sample.end)
    }

    private func filtered(_ relation: Relation, by field: ConfigValue?, _ columns: [ColumnEntry]) -> Relation {
        guard let span, let field = field?.string else { return relation }
        let isQuoted = columns.first { $0.name == field }?.quote ?? false
        let name = isQuoted ? Relation.quote(field) : field
        let (start, end) = (MicrobatchBuilding.text(span.start), MicrobatchBuilding.text(span.end))
        var relation = relation
        relation.timeFilter = "\(name) >= '\(start)' and \(name) < '\(end)'"
        return relation
    }

    func source(_ source: String, _ table: String) throws -> Relation {
        guard case .found(let id) = world.index.resolve(source: [source, table], from: node.package),
            let found = world.manifest.sources[id]
        else {
            let hint = world.index.nearest(toSource: [source, table]).map { ": \($0)" } ?? ""
            throw TemplateError(.raised, "there is no source '\(source).\(table)'\(hint)")
        }
        if let substitute = substitute(for: id) { return substitute }
        return limited(filtered(Relation(of: found), by: found.config["event_time"], found.columns))
    }

    func variable(_ name: String) -> Value? {
        (overriddenVars[name] ?? world.project.vars.value(of: name, for: node.package))?.templateValue
    }

    func graph() -> Value {
        if let graphValue { return .dict(graphValue) }
        let graph = GraphValue.of(world.manifest)
        notesBefore = world.notes.enter(graph)
        graphValue = graph
        return .dict(graph)
    }

    /// Hands on what templates left in `graph`.
    func leave() {
        if let graphValue { world.notes.leave(graphValue, givenBefore: notesBefore) }
        graphValue = nil
    }

    func seedTable() throws -> ResultTable {
        let path = (node.rootPath ?? world.project.root.directory) + "/" + node.originalFilePath
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TemplateError(.raised, "cannot read the seed's file \(path)")
        }
        let delimiter = node.config["delimiter"]?.string ?? ","
        let texts = Set(node.config["column_types"]?.object?.keys ?? [])
        return try SeedFile.read(Array(data), delimiter: delimiter, textColumns: texts)
    }
}

/// `graph`: everything the project consists of, as its manifest shows it.
enum GraphValue {
    /// What the project itself has there.
    static let parts: Set<String> = [
        "nodes", "sources", "exposures", "metrics", "groups", "semantic_models", "saved_queries",
    ]

    static func of(_ manifest: Manifest) -> DictObject {
        let graph = DictObject()
        graph["nodes"] = table(manifest.nodes.all, \.uniqueID) { ArtifactEntry.bytes(of: $0) }
        graph["sources"] = table(manifest.sources.all, \.uniqueID) { ArtifactEntry.bytes(of: $0) }
        let resources = [
            ("exposures", manifest.exposures), ("metrics", manifest.metrics), ("groups", manifest.groups),
            ("semantic_models", manifest.semanticModels), ("saved_queries", manifest.savedQueries),
        ]
        for (name, entries) in resources {
            graph[name] = table(entries.all, \.uniqueID) { ArtifactEntry.bytes(of: $0) }
        }
        return graph
    }

    private static func table<Entry>(
        _ entries: [Entry],
        _ id: (Entry) -> String,
        _ bytes: (Entry) -> [UInt8]
    ) -> Value {
        let table = DictObject()
        for entry in entries { table[id(entry)] = value(of: bytes(entry)) }
        return .dict(table)
    }

    /// A JSON text that this program wrote, as templates see it.
    static func value(of bytes: [UInt8]) -> Value {
        (try? JSONReader.value(of: String(decoding: bytes, as: UTF8.self))) ?? .dict(DictObject())
    }
}

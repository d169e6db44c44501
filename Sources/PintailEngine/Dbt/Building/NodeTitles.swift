import PintailOrchestrator
import PintailProject

/// What the nodes of a run are called where people read of them: short names, unique ids where two would be the same.
struct NodeTitles: Sendable {
    /// Unique ids by titles.
    let ids: [NodeID: String]
    private let titles: [String: NodeID]
    private let kinds: [String: NodeKind]

    /// Nobody has a name.
    init() { (ids, titles, kinds) = ([:], [:], [:]) }

    /// - Parameter others: names that are taken.
    init(_ order: [String], _ manifest: Manifest?, besides others: Set<NodeID> = []) {
        var ids: [NodeID: String] = [:]
        var titles: [String: NodeID] = [:]
        var kinds: [String: NodeKind] = [:]
        for id in order {
            guard let manifest else { break }
            var title = NodeID(Self.name(of: id, manifest))
            if ids[title] != nil || others.contains(title) { title = NodeID(id) }
            ids[title] = id
            titles[id] = title
            kinds[id] = Self.kind(of: id, manifest)
        }
        self.ids = ids
        self.titles = titles
        self.kinds = kinds
    }

    func title(of id: String) -> NodeID { titles[id] ?? NodeID(id) }
    func kind(of id: String) -> NodeKind { kinds[id] ?? .command }

    private static func name(of id: String, _ manifest: Manifest) -> String {
        if let node = manifest.nodes[id] {
            return node.version.isNull ? node.name : "\(node.name).v\(node.version.plainText)"
        }
        if let test = manifest.unitTests[id] { return "\(test.model)::\(test.name)" }
        return id.split(separator: ".").last.map(String.init) ?? id
    }

    private static func kind(of id: String, _ manifest: Manifest) -> NodeKind {
        if manifest.unitTests[id] != nil { return .test }
        if manifest.savedQueries[id] != nil { return .savedQuery }
        if manifest.exposures[id] != nil { return .exposure }
        switch manifest.nodes[id]?.kind {
        case .seed: return .seed
        case .snapshot: return .snapshot
        case .test: return .test
        case .model: return .model
        case .analysis: return .analysis
        default: return .command
        }
    }
}

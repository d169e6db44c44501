import FoundationEssentials
import PintailProject

/// All that the result of a node depends on, but its inputs.
struct NodeFingerprint {
    let code: String
    let sql: String
    let config: String
    let macros: [String: String]
    let vars: [String: String]
    let file: String?

    /// - Parameter sql: the node's SQL as it was compiled; nil for seeds.
    init(_ node: Node, sql: String?, in project: DbtProject) {
        code = Digest.sha256(node.rawCode.utf8)
        self.sql = Digest.sha256((sql ?? "").utf8)
        config = Self.digest(of: .object(node.config))
        macros = Self.macros(of: node, project)
        vars = Dictionary(
            project.vars.all(for: node.package).map { ($0.key, Self.digest(of: $0.value)) },
            uniquingKeysWith: { $1 }
        )
        file = node.kind == .seed ? Self.file(of: node, project) : nil
    }

    /// Not the value itself: it may be a secret.
    private static func digest(of value: ConfigValue) -> String {
        var writer = JSONWriter()
        writer.value(value)
        return Digest.sha256(writer.bytes)
    }

    /// The macros that the node calls, those that these call, and the one that builds it.
    private static func macros(of node: Node, _ project: DbtProject) -> [String: String] {
        var found: [String: String] = [:]
        var open = node.dependsOnMacros
        if let building = project.macros.materialization(node.kind == .test ? "test" : node.materialization) {
            open.append(building.uniqueID)
        }
        while let id = open.popLast() {
            guard found[id] == nil, let macro = project.manifest.macros[id] else { continue }
            found[id] = Digest.sha256(macro.text.utf8)
            open += macro.dependsOnMacros
        }
        return found
    }

    private static func file(of node: Node, _ project: DbtProject) -> String? {
        let path = (node.rootPath ?? project.root.directory) + "/" + node.originalFilePath
        return FileManager.default.contents(atPath: path).map { Digest.sha256($0) }
    }
}

import Testing

@testable import PintailProject

/// A manifest with questions and the answers that dbt gave: `manifest.json`, `answers.json`, and maybe `selectors.yml`.
struct SelectionAnswers {
    struct Case {
        var arguments: [String]
        /// `nil` where dbt refuses.
        var ids: [String]?
    }

    let graph: SelectableGraph
    let selectors: NamedSelectors
    let cases: [Case]

    init(folder: String) throws {
        graph = try SelectableGraph(manifest: Self.bytes(folder + "/manifest.json"), path: "manifest.json")
        let answers = try JSONReader.read(Self.bytes(folder + "/answers.json"))
        cases = answers.items.map {
            Case(arguments: $0["arguments"]?.texts ?? [], ids: $0["fails"] == nil ? $0["ids"]?.texts : nil)
        }
        let yaml = Golden.text(folder + "/selectors.yml")
        selectors = try yaml.map { try NamedSelectors(yaml: Array($0.utf8), path: "selectors.yml") } ?? NamedSelectors()
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try #require(Golden.text(path), "\(path) is missing").utf8)
    }

    /// What we answer; `nil` where we refuse.
    func answer(_ arguments: [String]) -> [String]? {
        var flags: [String: [String]] = [:]
        var flag = ""
        for argument in arguments {
            if argument.hasPrefix("--") {
                flag = argument
                if flags[flag] == nil { flags[flag] = [] }
            } else {
                flags[flag, default: []].append(argument)
            }
        }
        return try? ids(flags)
    }

    private func ids(_ flags: [String: [String]]) throws -> [String] {
        let mode = flags["--indirect-selection"]?.first.flatMap(IndirectSelection.init(rawValue:)) ?? .eager
        let selection = NodeSelection(in: graph, indirect: mode)
        let selector =
            try flags["--selector"]?.first.map { try selectors.selector(named: $0) }
            ?? SelectorParser.parse(select: flags["--select"] ?? flags["--models"], exclude: flags["--exclude"] ?? [])
        var kinds = NodeListing.standardKinds
        if flags["--models"] != nil { kinds = [.model] }
        if let words = flags["--resource-type"] { kinds = Set(words.flatMap(Self.kinds)) }
        kinds.subtract((flags["--exclude-resource-type"] ?? []).flatMap(Self.kinds))
        return graph.ids(of: try selection.nodes(selector, kinds: kinds).nodes)
    }

    private static func kinds(_ word: String) -> [ResourceKind] {
        switch word {
        case "all": ResourceKind.allCases
        case "default": Array(NodeListing.standardKinds)
        default: ResourceKind(rawValue: word).map { [$0] } ?? []
        }
    }
}

/// What earlier runs left behind for `state:`, `result:` and `source_status:` to compare with.
package struct EarlierState: Sendable {
    /// The manifest of `--state`.
    package var graph: SelectableGraph?
    /// How each node of the last run ended, in the words of `run_results.json`.
    package var results: [String: String]?
    /// When each source was loaded last, as told before and as told now; sources whose check failed are not in them.
    package var loadedBefore: [String: String]?
    /// The same by the newest check.
    package var loadedNow: [String: String]?

    /// Nothing earlier.
    package init() {}

    /// How each node of a `run_results.json` ended, by id.
    package static func results(of bytes: [UInt8], path: String) throws(Diagnostic) -> [String: String] {
        try byID(bytes, path: path) { $0["status"]?.text }
    }

    /// What the run of a `run_results.json` left undone: its verb, and the nodes that failed or were skipped.
    package static func unfinished(
        in bytes: [UInt8],
        path: String
    ) throws(Diagnostic) -> (verb: String, nodes: Set<String>) {
        let tree = try ArtifactFile.read(bytes, path: path)
        let left = try results(of: bytes, path: path).filter { _, status in
            ["error", "fail", "skipped", "partial success", "runtime error"].contains(status)
        }
        return (tree["args"]?["which"]?.text ?? "build", Set(left.keys))
    }

    /// When each source of a `sources.json` was loaded last, by id.
    package static func loadTimes(of bytes: [UInt8], path: String) throws(Diagnostic) -> [String: String] {
        try byID(bytes, path: path) { $0["max_loaded_at"]?.text.map(comparable) }
    }

    private static func byID(
        _ bytes: [UInt8],
        path: String,
        _ fact: (JSONTree) -> String?
    ) throws(Diagnostic) -> [String: String] {
        guard let results = try ArtifactFile.read(bytes, path: path)["results"] else {
            throw Diagnostic("'\(path)' has no 'results'", hint: "it is not what dbt or pintail writes there")
        }
        var facts: [String: String] = [:]
        for entry in results.items {
            if let id = entry["unique_id"]?.text, let fact = fact(entry) { facts[id] = fact }
        }
        return facts
    }

    /// Times are written in UTC, with or without parts of a second: without the zone they are ordered as texts.
    private static func comparable(_ time: String) -> String {
        if time.hasSuffix("Z") { return String(time.dropLast()) }
        return time.hasSuffix("+00:00") ? String(time.dropLast(6)) : time
    }
}

extension NodeSelection {
    func resultMatches(_ criterion: SelectionCriterion) throws(Diagnostic) -> NodeSet {
        guard let results = earlier.results else {
            throw missing("run_results.json", for: criterion)
        }
        return graph.nodes { results[$0.id] == criterion.value }
    }

    func fresherSources(_ criterion: SelectionCriterion) throws(Diagnostic) -> NodeSet {
        guard let before = earlier.loadedBefore else { throw missing("sources.json", for: criterion) }
        guard let now = earlier.loadedNow else {
            throw Diagnostic(
                "the selector '\(criterion.written)' needs a sources.json of now",
                hint: "run 'pintail source freshness' first"
            )
        }
        return graph.nodes { node in
            guard let loaded = now[node.id] else { return false }
            return before[node.id].map { loaded > $0 } ?? true
        }
    }

    func missing(_ file: String, for criterion: SelectionCriterion) -> Diagnostic {
        Diagnostic(
            "the selector '\(criterion.written)' needs the \(file) of an earlier run",
            hint: "name the folder that holds it with --state"
        )
    }
}

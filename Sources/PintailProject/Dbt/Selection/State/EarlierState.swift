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

    /// What a run left undone, and what it was told.
    package struct Unfinished: Sendable {
        /// `build`, `run` and so on.
        package let verb: String
        /// Its name in the history; nil where dbt itself wrote the file.
        package let run: String?
        /// The nodes that failed or were skipped, by id.
        package let nodes: Set<String>
        /// Its variables, in JSON.
        package let vars: String
        /// Whether it made everything anew.
        package let isFullRefresh: Bool
        /// Where microbatch models were to begin and to end, where that was said.
        package let eventTimes: [String?]
        /// The span of time that models were to read, as a mapping, where that was said.
        package let sample: String?
        /// Whether models were to be judged before they replace what was there.
        package let isAudited: Bool
    }

    /// What the run of a `run_results.json` left undone.
    package static func unfinished(in bytes: [UInt8], path: String) throws(Diagnostic) -> Unfinished {
        let arguments = try ArtifactFile.read(bytes, path: path)["args"]
        let left = try results(of: bytes, path: path).filter { _, status in
            ["error", "fail", "skipped", "partial success", "runtime error"].contains(status)
        }
        return unfinished(arguments, Set(left.keys))
    }

    /// Where a run notes what it has done, from the project's folder; there as long as it has not ended by itself.
    package static let journalName = ".pintail/unfinished-build"

    /// What a run that was killed has left undone, by its journal: its arguments and nodes, then what was done.
    package static func unfinished(inJournal bytes: [UInt8], path: String) throws(Diagnostic) -> Unfinished {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let head = try ArtifactFile.read(Array(lines.first ?? []), path: path)
        let done = Set(lines.dropFirst().map { String(decoding: $0, as: UTF8.self) })
        return unfinished(head["args"], Set(head["nodes"]?.texts ?? []).subtracting(done))
    }

    private static func unfinished(_ arguments: JSONTree?, _ nodes: Set<String>) -> Unfinished {
        Unfinished(
            verb: arguments?["which"]?.text ?? "build",
            run: arguments?["pintail_run"]?.text,
            nodes: nodes,
            vars: arguments?["vars"]?.line ?? "{}",
            isFullRefresh: arguments?["full_refresh"] == .bool(true),
            eventTimes: ["event_time_start", "event_time_end"].map { arguments?[$0]?.text },
            sample: arguments?["sample"].flatMap { $0["start"] == nil ? nil : $0.line },
            isAudited: arguments?["audit"] == .bool(true)
        )
    }

    /// The relations of a manifest's models, seeds and snapshots, as SQL, by unique id.
    package static func relationNames(in bytes: [UInt8], path: String) throws(Diagnostic) -> [String: String] {
        var names: [String: String] = [:]
        for member in try ArtifactFile.read(bytes, path: path)["nodes"]?.members ?? [] {
            let kind = member.value["resource_type"]?.text ?? ""
            guard ["model", "seed", "snapshot"].contains(kind) else { continue }
            if let name = member.value["relation_name"]?.text { names[member.key] = name }
        }
        return names
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

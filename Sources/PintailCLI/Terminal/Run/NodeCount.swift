import PintailOrchestrator

/// How much there is in a run, in the words of whoever wrote it: steps of a pipeline, or models and tests.
struct NodeCount {
    private let kinds: [NodeKind]

    init(_ kinds: [NodeKind]) { self.kinds = kinds }

    private static let ofModels: [(kind: NodeKind, noun: String)] = [
        (.seed, "seed"), (.model, "model"), (.snapshot, "snapshot"), (.test, "test"), (.analysis, "analysis"),
        (.savedQuery, "saved query"), (.exposure, "exposure"),
    ]

    /// Whether all of it belongs to a dbt project.
    var isOfModels: Bool {
        !kinds.isEmpty && kinds.allSatisfy { kind in Self.ofModels.contains { $0.kind == kind } }
    }

    /// What one of them is called.
    var noun: String { isOfModels ? "node" : "step" }

    /// `2 seeds, 4 models, 6 tests`, or `5 steps`.
    var text: String {
        guard isOfModels else { return counted(kinds.count, "step") }
        let parts = Self.ofModels.compactMap { kind, noun -> String? in
            let count = kinds.count { $0 == kind }
            return count == 0 ? nil : counted(count, noun)
        }
        return parts.joined(separator: ", ")
    }
}

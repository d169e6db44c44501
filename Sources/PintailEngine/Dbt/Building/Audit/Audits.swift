import PintailProject
import Synchronization

/// The audited models of a run: who is built and waits for its tests, who was published, who never will be.
final class Audits: Sendable {
    let plan: AuditPlan
    private let places: [String: StagedModel]
    private let state: Mutex<State>

    private struct State {
        /// Tests that a model still waits for.
        var open: [String: Set<String>]
        var built: Set<String> = []
        var published: Set<String> = []
        /// The tests that a model did not pass.
        var failures: [String: [String]] = [:]
        /// Files that are put in their place together with a model.
        var files: [String: ExternalPublication] = [:]
    }

    init(_ plan: AuditPlan, _ manifest: Manifest) {
        self.plan = plan
        places = Dictionary(
            plan.tests.keys.compactMap { id in manifest.nodes[id].map { (id, StagedModel(of: $0)) } }
        ) { first, _ in first }
        state = Mutex(State(open: plan.tests))
    }

    /// Where a node is built for the time being; nil for one that is not audited, or that is in its place by now.
    func place(of id: String) -> StagedModel? {
        guard let place = places[id] else { return nil }
        return state.withLock { $0.published.contains(id) } ? nil : place
    }

    /// What a test judges in place of the relation that others read.
    func judged(by test: String) -> (model: String, place: StagedModel)? {
        guard let model = plan.models[test] else { return nil }
        return place(of: model).map { (model, $0) }
    }

    /// The files of a model are to be put in their place when it is published.
    func note(_ files: ExternalPublication, of id: String) { state.withLock { $0.files[id] = files } }

    /// The files of a model that is not published yet.
    func files(of id: String) -> ExternalPublication? { state.withLock { $0.files[id] } }

    /// A model stands in its staging place.
    func built(_ id: String) { state.withLock { _ = $0.built.insert(id) } }

    /// A test went well.
    ///
    /// - Returns: the model that all its tests have accepted now: it is to be published.
    func passed(_ test: String) -> (model: String, place: StagedModel)? {
        guard let model = plan.models[test], let place = places[model] else { return nil }
        let isLast = state.withLock { state in
            state.open[model]?.remove(test)
            return state.open[model]?.isEmpty == true && state.failures[model] == nil && state.built.contains(model)
        }
        return isLast ? (model, place) : nil
    }

    /// A test did not go well: its model stays where it is.
    func failed(_ test: String) {
        guard let model = plan.models[test] else { return }
        state.withLock { $0.failures[model, default: []].append(test) }
    }

    /// A model has its name.
    func published(_ id: String) { state.withLock { _ = $0.published.insert(id) } }

    /// Models that were built and did not get their names, with the tests that kept them from it.
    var heldBack: [(model: String, place: StagedModel, tests: [String])] {
        state.withLock { state in
            state.built.subtracting(state.published).sorted().compactMap { id in
                places[id].map { (id, $0, state.failures[id] ?? []) }
            }
        }
    }
}

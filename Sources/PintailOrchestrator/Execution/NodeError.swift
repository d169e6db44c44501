/// An error that can say what the executor and the user need to know about it.
///
/// Everything but `message` and `isTransient` has a default, and a default looks at the cause, so that a layer that only
/// adds its own words keeps what the layer below knew.
package protocol NodeError: Error {
    /// What went wrong, in this layer's words alone.
    var message: String { get }
    /// Whether the same work may succeed when it is tried again.
    var isTransient: Bool { get }
    /// What the user can do about it.
    var hint: String? { get }
    /// What state the data is in now: `rolled back; public.orders unchanged`.
    var dataState: String? { get }
    /// The error of the layer below.
    var cause: (any Error)? { get }
    /// What the checks found, when they are why the node failed.
    var checks: [CheckOutcome] { get }
}

extension NodeError {
    /// Nothing below.
    package var cause: (any Error)? { nil }
    /// As the cause says.
    package var hint: String? { (cause as? any NodeError)?.hint }
    /// As the cause says.
    package var dataState: String? { (cause as? any NodeError)?.dataState }
    /// As the cause says.
    package var checks: [CheckOutcome] { (cause as? any NodeError)?.checks ?? [] }
}

extension NodeFailure {
    /// Takes from an error all that it can say; one that is no ``NodeError`` is described, and not transient.
    package init(_ error: any Error) {
        if let failure = error as? NodeFailure {
            self = failure
            return
        }
        var chain: [String] = []
        var next: (any Error)? = error
        while let link = next {
            chain.append((link as? any NodeError)?.message ?? String(describing: link))
            next = (link as? any NodeError)?.cause
        }
        let facts = error as? any NodeError
        self.init(
            message: chain.joined(separator: ": "),
            hint: facts?.hint,
            dataState: facts?.dataState,
            isTransient: facts?.isTransient ?? false,
            causes: Array(chain.dropFirst()),
            checks: facts?.checks ?? []
        )
    }
}

/// A node did not finish in the time that it was given.
package struct NodeTimeoutError: NodeError, Hashable {
    /// The time that it was given.
    package let limit: Duration
    /// What the node said when it was stopped, when that was more than "cancelled".
    package let stopped: NodeFailure?

    /// The time that was not enough.
    package var message: String { "timed out after \(limit.brief)" }
    /// No: the same work takes as long again.
    package var isTransient: Bool { false }
    /// Where the time can be changed.
    package var hint: String? { "raise 'timeout:' if the work really takes that long" }
    /// As the node said when it was stopped.
    package var dataState: String? { stopped?.dataState }
    /// What the node said when it was stopped.
    package var cause: (any Error)? { stopped }
}

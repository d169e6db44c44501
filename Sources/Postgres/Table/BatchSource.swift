/// Which source a load's batches come from; they can go on where they stopped only if it is the same.
package struct BatchSource: Hashable, Sendable {
    /// The load's name, which no other load of the schema has.
    package let load: String
    /// Tells the source's content: the batches of another fingerprint are another load's.
    package let fingerprint: String

    /// The run that is loading.
    package let run: String
    /// Runs that ended before they could note how the load went: what they delivered is not to be added again.
    package let unsettledRuns: Set<String>
    /// The load as its runs note it, when these are the rows of a replay.
    let runs: String?

    /// A load by name, and a fingerprint of what it reads.
    package init(load: String, fingerprint: String, run: String = "", unsettledRuns: Set<String> = []) {
        self.load = load
        self.fingerprint = fingerprint
        self.run = run
        self.unsettledRuns = unsettledRuns
        runs = nil
    }

    /// The rows that a replay adds to those of a load.
    ///
    /// They are noted apart from the rows of a run, so that neither note takes the place of the other. Rows that wait for
    /// a replay are told by their content from those of any other, whichever of its runs delivers them.
    package init(replayInto load: String, fingerprint: String) {
        self.load = load + ", replayed"
        self.fingerprint = fingerprint
        run = "a replay"
        unsettledRuns = [run]
        runs = load
    }
}

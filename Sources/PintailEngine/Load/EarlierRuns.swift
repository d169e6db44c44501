/// What the history knows of runs that may have delivered the same rows.
package struct EarlierRuns: Hashable, Sendable {
    /// Runs that were stopped before they could note how the load ended, the one at work among them.
    package let unsettled: Set<String>
    /// Whether one of them is being retried: then the rows are the same even where nobody can compare them.
    package let isRetry: Bool

    /// States what the history knows.
    package init(unsettled: Set<String>, isRetry: Bool = false) {
        self.unsettled = unsettled
        self.isRetry = isRetry
    }
}

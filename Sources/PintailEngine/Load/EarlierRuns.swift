/// Who may have delivered the same rows before, without being able to say so.
package enum EarlierRuns: Hashable, Sendable {
    /// Runs that the history knows to have been stopped before they could note how the load ended, the one at work among them.
    ///
    /// In a retry of one of them the rows are the same even where nobody can compare them.
    case unsettled(Set<String>, isRetry: Bool = false)
    /// This replay, before it was stopped: the rows wait in a table of their own until they are delivered.
    case replay
}

/// A place where events of runs go: terminal, run store, metrics log, browser.
package protocol RunEventSink: Sendable {
    /// What users call it; named in the warning when it fails.
    var name: String { get }

    /// Takes one event.
    ///
    /// Called with one event at a time, in order, on a thread that may block. What it throws becomes one warning in the
    /// other sinks; the run goes on, and so do the events.
    func receive(_ event: RunEvent) throws
}

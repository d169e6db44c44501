package import DuckDB
package import PintailOrchestrator

/// What a step works with while it runs.
package struct StepEnvironment: Sendable {
    /// The project's database and what all steps share.
    package let workspace: Workspace
    /// The step's own connection, on its own queue.
    package let session: Session
    /// Where the step says how it is getting on.
    package let reporter: NodeReporter
    /// The run the step is part of.
    package let run: RunID

    /// Gathers what a step works with.
    package init(workspace: Workspace, session: Session, reporter: NodeReporter, run: RunID) {
        self.workspace = workspace
        self.session = session
        self.reporter = reporter
        self.run = run
    }
}

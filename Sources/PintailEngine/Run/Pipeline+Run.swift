@_exported public import PintailOrchestrator
@_exported public import PintailProject

extension Project {
    /// Runs the project's pipelines, or those steps that `options` selects, and tells how every step went.
    ///
    /// A failed step does not throw: look at ``RunSummary/status``. Cancelling the task stops the run within a second and
    /// leaves every table as it was or as it should be, never between.
    ///
    /// ```swift
    /// let summary = try await project.run { event in print(event.jsonLine) }
    /// print(summary["load:articles"]?.result?.rows ?? 0)
    /// ```
    /// - Throws: `Diagnostics` with every mistake in the project, before anything has run.
    public func run(
        _ options: RunOptions = RunOptions(),
        onEvent: (@Sendable (RunEvent) -> Void)? = nil
    ) async throws -> RunSummary {
        let sinks: [any RunEventSink] = onEvent.map { [ClosureSink(body: $0)] } ?? []
        let run = try await ProjectRun.prepare(self, options: options)
        return await run.execute(sinks: sinks)
    }
}

extension Pipeline {
    /// Runs the pipeline in a folder, keeping its tables in `database` there.
    ///
    /// The same as a project of this one pipeline; see `Project.run(_:onEvent:)`.
    public func run(
        in directory: String,
        database: String = "pintail.duckdb",
        connections: [String: ConnectionSettings] = [:],
        options: RunOptions = RunOptions(),
        onEvent: (@Sendable (RunEvent) -> Void)? = nil
    ) async throws -> RunSummary {
        let project = Project(
            name,
            directory: directory,
            database: database.hasPrefix("/") ? database : directory + "/" + database,
            connections: connections,
            pipelines: [self]
        )
        return try await project.run(options, onEvent: onEvent)
    }
}

/// Hands events to a closure.
private struct ClosureSink: RunEventSink {
    let name = "the program's own listener"
    let body: @Sendable (RunEvent) -> Void

    func receive(_ event: RunEvent) { body(event) }
}

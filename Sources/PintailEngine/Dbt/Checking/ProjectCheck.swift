import PintailOrchestrator
package import PintailProject

/// Checks a dbt project without running it: every model, snapshot and test is compiled and bound.
package enum ProjectCheck {
    /// What a check found.
    package struct Report: Sendable {
        /// What is wrong, and what is doubtful.
        package let problems: [Diagnostic]
        /// What could not be looked at, by unique id, and why.
        package let skipped: [(id: String, reason: SkipReason)]
        /// How many models, seeds, snapshots and analyses were bound.
        package let nodes: Int
        /// How many tests were.
        package let tests: Int
        /// Whether there is a database to look sources up in.
        package let isDatabaseThere: Bool
    }

    /// Checks everything; the database is only looked at, and need not be there.
    ///
    /// - Parameter madeElsewhere: names of tables, lower-cased, that pipelines make before the project reads them.
    package static func report(
        on project: DbtProject,
        options: BuildOptions,
        madeElsewhere: Set<String> = []
    ) async throws -> Report {
        let stop = StopSignal()
        return try await withTaskCancellationHandler {
            try await offPool {
                let binding = try ProjectBinding(project, options, madeElsewhere: madeElsewhere)
                stop.listen(binding.scratch.warehouse.interrupter)
                defer { stop.forget() }
                let all = Set(project.manifest.nodes.all.map(\.uniqueID))
                try binding.bind(BuildGraph(project.manifest, running: all, waitsForTests: false).order)
                try binding.bindUnitTests()
                return Report(
                    problems: binding.problems,
                    skipped: binding.skipped.map { ($0.id, $0.reason) },
                    nodes: binding.bound,
                    tests: binding.tests,
                    isDatabaseThere: binding.scratch.isStored(nil)
                )
            }
        } onCancel: {
            stop.stop()
        }
    }
}

import PintailEngine
import PintailOrchestrator
import PintailProject

/// `validate` of a dbt project: everything is compiled and bound, and nothing is run.
struct DbtValidation: Sendable {
    private let options: DbtOptions

    init(_ arguments: ParsedArguments) throws(UsageError) { options = try DbtOptions(arguments) }

    /// What there is to say of a project that is valid.
    struct Findings {
        let project: DbtProject
        let report: ProjectCheck.Report

        /// What is doubtful, and what could not be looked at.
        var warnings: [Diagnostic] {
            report.problems + report.skipped.map { skipped in
                let node = project.manifest.nodes[skipped.id]
                return Diagnostic(
                    "\(node?.kind.rawValue ?? "node") '\(node?.name ?? skipped.id)' was not checked: \(skipped.reason)",
                    at: node?.location,
                    severity: .warning
                )
            }
        }

        /// How much was looked at: `5 models, 3 seeds, 20 tests`.
        var size: String {
            let kinds: [(ResourceKind, String)] = [
                (.model, "model"), (.seed, "seed"), (.snapshot, "snapshot"), (.test, "test"),
            ]
            let counts = kinds.compactMap { kind, word -> String? in
                let count = project.manifest.nodes.all.count { $0.kind == kind }
                return count == 0 ? nil : counted(count, word)
            }
            return counts.isEmpty ? "nothing" : counts.joined(separator: ", ")
        }
    }

    /// Checks the project.
    ///
    /// - Throws: ``Diagnostics`` with all mistakes.
    func findings(_ console: Console) async throws -> Findings {
        let project = try options.load(console)
        let settings = BuildOptions(
            .compile,
            targetPath: options.artifacts(of: project),
            command: "validate",
            environment: options.environment
        )
        let report = try await Interruption.cancelling(onSignal: {}) {
            try await ProjectCheck.report(on: project, options: settings)
        }
        let findings = Findings(project: project, report: report)
        guard !report.problems.contains(where: { $0.severity == .error }) else {
            throw Diagnostics(findings.warnings, in: project.root.directory)
        }
        return findings
    }
}

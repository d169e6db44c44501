import FoundationEssentials
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
        var warnings: [Diagnostic] { report.problems + unchecked + [followers].compactMap(\.self) }

        /// Nodes that could not be looked at for reasons of their own.
        private var unchecked: [Diagnostic] {
            report.skipped.compactMap { skipped in
                guard let words = skipped.reason.words else { return nil }
                return Diagnostic(
                    "\(title(of: skipped.id)) was not checked: \(words)",
                    at: project.manifest.nodes[skipped.id]?.location,
                    severity: .warning
                )
            }
        }

        /// Nodes that could not be looked at because of others, all in one.
        private var followers: Diagnostic? {
            var counts: [ResourceKind: Int] = [:]
            var roots: [String] = []
            let ids = Set(report.skipped.map(\.id))
            for skipped in report.skipped {
                guard case .reads(let root) = skipped.reason else { continue }
                counts[project.manifest.nodes[skipped.id]?.kind ?? .test, default: 0] += 1
                let isFollower = report.skipped.contains { $0.id == root && $0.reason.words == nil }
                if !(ids.contains(root) && isFollower), !roots.contains(root) { roots.append(root) }
            }
            guard !counts.isEmpty else { return nil }
            let amounts = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { counted($0.value, $0.key.rawValue) }
            let shown = roots.prefix(5).map { title(of: $0) } + (roots.count > 5 ? ["\(roots.count - 5) more"] : [])
            return Diagnostic(
                "\(amounts.joined(separator: ", ")) not checked, as nobody knows the columns of \(shown.joined(separator: ", "))",
                hint: report.isDatabaseThere
                    ? nil : "the database is not there yet: load its sources, or run pintail build",
                severity: .warning
            )
        }

        private func title(of id: String) -> String {
            if let node = project.manifest.nodes[id] { return "\(node.kind.rawValue) '\(node.name)'" }
            if let source = project.manifest.sources[id] { return "source '\(source.sourceName).\(source.name)'" }
            return "'\(id)'"
        }

        /// How much was looked at: `5 models, 3 seeds, 20 tests`.
        var size: String {
            let kinds: [(ResourceKind, String)] = [
                (.model, "model"), (.seed, "seed"), (.snapshot, "snapshot"), (.test, "test"),
            ]
            var counts = kinds.compactMap { kind, word -> String? in
                let count = project.manifest.nodes.all.count { $0.kind == kind }
                return count == 0 ? nil : counted(count, word)
            }
            let unitTests = project.manifest.unitTests.count
            if unitTests > 0 { counts.append(counted(unitTests, "unit test")) }
            return counts.isEmpty ? "nothing" : counts.joined(separator: ", ")
        }
    }

    /// What is wrong with the models that steps of pipelines build, and what is doubtful.
    static func problems(of plan: Plan) async throws -> [Diagnostic] {
        guard let models = plan.models else { return [] }
        let project = models.project
        let settings = BuildOptions(
            .build,
            targetPath: project.root.directory + "/" + project.root.targetPath,
            command: "validate",
            environment: models.environment
        )
        let made = Set(plan.nodes.compactMap { $0.step.makes?.lowercased() })
        let report = try await ProjectCheck.report(on: project, options: settings, madeElsewhere: made)
        return Findings(project: project, report: report).warnings
    }

    /// Checks the project.
    ///
    /// - Throws: ``Diagnostics`` with all mistakes.
    func findings(_ console: Console) async throws -> Findings {
        let project = try options.load(console)
        let settings = BuildOptions(
            .build,
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

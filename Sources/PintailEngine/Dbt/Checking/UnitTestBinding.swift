import DuckDB
import PintailProject

/// The columns of a unit test's rows, against those of the tables that the rows stand for.
struct UnitTestBinding {
    private let project: ProjectBinding
    private let test: UnitTestNode

    init(_ project: ProjectBinding, _ test: UnitTestNode) {
        self.project = project
        self.test = test
    }

    /// Tells of inputs that do not exist and of columns that their tables do not have.
    func run() throws {
        guard let id = test.dependsOnNodes.first, let model = project.project.manifest.nodes[id] else { return }
        let reading = UnitTestRun(world: project.world, test: test, warehouse: project.scratch.warehouse)
        for given in test.given {
            do {
                let input = try reading.input(given.input ?? "this", of: model).id ?? id
                compare(given, with: input) {
                    "gives rows with column '\($0)', which \(project.title(of: input)) does not have"
                }
            } catch {
                try rethrowInterruption(error)
                project.report(project.diagnostic(of: error, ofUnitTest: test))
            }
        }
        compare(test.expect, with: id) { "expects column '\($0)', which \(project.title(of: id)) does not give" }
    }

    private func compare(_ rows: UnitTestNode.Rows, with id: String, _ words: (String) -> String) {
        // Columns of an earlier run's table may be others by now.
        guard let known = project.knowledge[id], known == .exact || known == .mended,
            let names = project.columns[id]?.map(\.name)
        else { return }
        let lowered = Set(names.map { $0.lowercased() })
        for column in rows.columns where !lowered.contains(column.name.lowercased()) {
            project.report(
                Diagnostic(
                    "unit test '\(test.name)' \(words(column.name))",
                    at: column.location,
                    hint: didYouMean(column.name, among: names) ?? "it has " + names.prefix(8).joined(separator: ", ")
                )
            )
        }
    }
}

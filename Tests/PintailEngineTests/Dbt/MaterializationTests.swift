import DuckDB
import FoundationEssentials
import Jinja
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// Nodes that are built again and again, against what dbt-core left of them: `Golden/record.py` writes it down.
@Suite struct MaterializationTests {
    static let cases = try? RecordedCase.all(beside: #filePath, "Golden/materializations.json")

    @Test(arguments: cases?.map(\.name) ?? []) func `a node ends as dbt leaves it`(name: String) throws {
        let recorded = try #require(Self.cases?.first { $0.name == name })
        let folder = try TemporaryDirectory()
        let database = try Database(path: folder.path + "/p.duckdb")
        for (number, step) in recorded.steps.enumerated() {
            let found = try run(step, of: recorded, in: database, folder.path)
            #expect(found == step.expected, "step \(number + 1)")
        }
    }

    @Test func `the recorded cases are there`() throws {
        #expect(try RecordedCase.all(beside: #filePath, "Golden/materializations.json").count > 40)
    }

    private func run(_ step: RecordedCase.Step, of recorded: RecordedCase, in database: Database, _ folder: String)
        throws -> RecordedCase.Outcome
    {
        // Each step is a run of its own: nothing is known of relations.
        let node = HandMadeNode(try Warehouse(database, relations: RelationCache()), database: "p", folder: folder)
        node.kind = recorded.kind
        node.config = recorded.config.merging(step.config).changingLocation(to: folder)
        node.properties = recorded.properties
        node.flags = ["FULL_REFRESH": .bool(step.isFullRefresh)]
        var failure: String?
        do {
            if let csv = step.csv {
                try FileManager.default.createDirectory(atPath: folder + "/seeds", withIntermediateDirectories: true)
                try Data(csv.utf8).write(to: URL(filePath: folder + "/seeds/node.csv"))
                node.seed = try SeedFile.read(
                    Array(csv.utf8),
                    delimiter: node.config["delimiter"]?.string ?? ",",
                    textColumns: Set(node.config["column_types"]?.object?.keys ?? [])
                )
            }
            _ = try node.build(step.sql ?? "")
        } catch let error as TemplateError {
            failure = error.message + error.excerpt()
        }
        var outcome = try RecordedCase.Outcome(of: "node", in: database.connect(), hiding: recorded.volatile)
        outcome.succeeds = failure == nil
        if outcome != step.expected, let failure { Issue.record("\(failure)") }
        return outcome
    }
}

extension ConfigObject {
    /// Files of external models lie in the test's own folder.
    fileprivate func changingLocation(to folder: String) -> ConfigObject {
        guard let location = self["location"]?.string else { return self }
        var changed = self
        changed["location"] = .string(folder + "/" + location)
        return changed
    }
}

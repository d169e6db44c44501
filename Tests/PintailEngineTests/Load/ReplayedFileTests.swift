import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

/// What waits for a replay is added to a file once: a step that is done again stands for one that was killed at its end.
@Suite struct ReplayedFileTests {
    static let targets = ["a.csv", "a.json", "a.ndjson", "a.parquet", "a/", "p/"]

    /// The load as a replay gives it, with the rows of one replay or another.
    private func load(_ target: String, replay: Int = 1) -> Load {
        Load(
            "log",
            from: .query("SELECT \(target == "p/" ? "i, i AS p" : "i") FROM _pintail.waiting_\(replay)"),
            into: .file(target),
            mode: .append,
            partitionBy: target == "p/" ? ["p"] : [],
            format: target.hasSuffix("/") ? .csv : nil
        )
    }

    private func fixture() async throws -> LoadFixture {
        try await LoadFixture(
            """
            CREATE TABLE _pintail.waiting_1 AS SELECT 7 AS i, 'one' AS run;
            CREATE TABLE _pintail.waiting_2 AS SELECT 7 AS i, 'two' AS run
            """
        )
    }

    private func rows(of target: String, in fixture: LoadFixture) async throws -> Int {
        let path = fixture.folder.path + "/" + target
        let from: SQL =
            switch target {
            case "a.parquet": "read_parquet(\(literal: path))"
            case "a.json", "a.ndjson": "read_json(\(literal: path))"
            case "a/": "read_csv(\(literal: path + "*.csv"))"
            case "p/": "glob(\(literal: path + "**/*.csv"))"
            default: "read_csv(\(literal: path), header = true)"
            }
        return Int(try await fixture.rows("SELECT count(*) FROM \(from)")[0][0]) ?? -1
    }

    @Test(arguments: targets) func `rows that a killed replay added are recognised`(target: String) async throws {
        let fixture = try await fixture()
        for _ in 1...2 {
            let result = try await fixture.run(load(target), earlier: .replay)
            #expect(result.rows == 1)
            #expect(try await rows(of: target, in: fixture) == 1)
        }
        // A run adds the same, before the replay is started again.
        let run: RunID = "20261121-090512-0001"
        try await fixture.run(load(target), as: run, earlier: .unsettled([run.name]))
        try await fixture.run(load(target), earlier: .replay)
        #expect(try await rows(of: target, in: fixture) == 2)
        try await fixture.run(load(target, replay: 2), as: "20261121-090512-0002", earlier: .replay)
        #expect(try await rows(of: target, in: fixture) == 3)
    }

    @Test func `rows are added where the file did not take its name after all`() async throws {
        let fixture = try await fixture()
        try fixture.folder.write("i\n1\n", to: "a.csv")
        try await fixture.run(load("a.csv"), earlier: .replay)
        // Noted, and what was there before is there still.
        try fixture.folder.write("i\n1\n", to: "b.csv")
        try await mustRun("mv", ["\(fixture.folder.path)/b.csv", "\(fixture.folder.path)/a.csv"])
        try await fixture.run(load("a.csv"), earlier: .replay)
        #expect(try fixture.read("a.csv") == "i\n1\n7\n")
    }
}

import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@Suite struct DeviceTests {
    @Test func `a named pipe is written through, in any character set`() async throws {
        let fixture = try await LoadFixture()
        let pipe = fixture.folder.path + "/out.pipe"
        try await mustRun("mkfifo", [pipe])
        let reader = try ChildProcess("cat", [pipe])
        let csv = CSVOutput(encoding: "latin-1")
        try await fixture.run(Load("t", from: "SELECT 'é' AS x", into: "out.pipe", csv: csv, format: .csv))
        #expect(try await reader.wait() == .exited(0))
        #expect(try await mustRun("stat", ["-c", "%F", pipe]) == "fifo\n")
    }

    @Test func `a reader that goes away is an error, not the end of the process`() async throws {
        let fixture = try await LoadFixture()
        let pipe = fixture.folder.path + "/out.pipe"
        try await mustRun("mkfifo", [pipe])
        let reader = try ChildProcess("head", ["-c", "10", pipe])
        let load = Load("t", from: "SELECT range AS x FROM range(10_000_000)", into: "out.pipe", format: .csv)
        let failure = try await fixture.failure(of: load)
        #expect(failure.message == "cannot write out.pipe: Broken pipe")
        #expect(try await reader.wait() == .exited(0))
    }

    @Test func `leftovers of killed runs are removed for a whole project`() async throws {
        let fixture = try await LoadFixture()
        try fixture.folder.write("half", to: "out/.a.csv.pintail-20200101-000000-0000")
        try fixture.folder.write("half", to: "out/.tree.pintail-20200101-000000-0000/p=1/x.parquet")
        try fixture.folder.write("theirs", to: "out/.b.csv.pintail-20200101-000000-0000")
        var project = fixture.workspace.project
        project.pipelines = [
            Pipeline("p") {
                Load("a", into: "out/a.csv")
                Load("tree", into: "out/tree/")
            }
        ]
        LoadStep.removeLeftovers(of: project)
        #expect(try fixture.folder.names(in: "out") == [".b.csv.pintail-20200101-000000-0000"])
    }
}

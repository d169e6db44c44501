import DuckDB
import FoundationEssentials
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct ExtractStepTests {
    let bench: ExtractBench

    init() throws { bench = try ExtractBench() }

    @Test func `a column whose type changes behind the sample keeps every value as it was written`() async throws {
        var text = "id,code,amount\n"
        for row in 1...60_000 { text += "\(row),\(row),\(row)\n" }
        text += "60001,007,12.5\n60002,x,-3\n"
        try bench.write("a.csv", text)
        let result = try await bench.run(Extract("t", from: "a.csv"))
        #expect(
            try await bench.rows("FROM t WHERE id > 60000 ORDER BY id") == [
                ["60001", "007", "12.5"], ["60002", "x", "-3.0"],
            ]
        )
        #expect(result.schema?.columns.map(\.type) == ["BIGINT", "VARCHAR", "DOUBLE"])
        #expect(
            result.warnings == [
                "column 'code' began as BIGINT, but a.csv:60002 has '007'; it is VARCHAR",
                "column 'amount' began as BIGINT, but a.csv:60002 has '12.5'; it is DOUBLE",
            ]
        )
        bench.remove()
    }

    @Test func `a type that was guessed puts no row aside, and a date form that others follow neither`() async throws {
        var text = "id,amount,day\n"
        for row in 1...30_000 { text += "\(row),\(row),31.12.2024\n" }
        text += "30001,12.5,soon\nx,0,01.01.2025\n"
        try bench.write("a.csv", text)
        let extract = Extract(
            "t",
            from: "a.csv",
            csv: CSVDialect(dateFormat: "%d.%m.%Y"),
            onBadRows: .quarantine,
            types: ["id": "int64"]
        )
        let result = try await bench.run(extract)
        #expect(result.schema?.columns.map(\.type) == ["BIGINT", "DOUBLE", "VARCHAR"])
        #expect(try await bench.rows("FROM t WHERE id > 30000") == [["30001", "12.5", "soon"]])
        #expect(try await bench.rows("SELECT line, raw FROM quarantine.t") == [["30003", "x,0,01.01.2025"]])
        #expect(result.warnings.count == 2, "\(result.warnings)")
        let failing = Extract("t", from: "a.csv", csv: CSVDialect(dateFormat: "%d.%m.%Y"))
        #expect(try await bench.run(failing).schema?.columns.map(\.type) == ["VARCHAR", "DOUBLE", "VARCHAR"])
        bench.remove()
    }

    @Test func `a column empty in the whole sample gets the type of what comes late`() async throws {
        var text = "id,late\n"
        for row in 1...30_000 { text += "\(row),\n" }
        text += "30001,2024-01-31\n"
        try bench.write("a.csv", text)
        let result = try await bench.run(Extract("t", from: "a.csv"))
        #expect(result.schema?.columns.map(\.type) == ["BIGINT", "DATE"])
        bench.remove()
    }

    @Test func `bytes that are no UTF-8 far into a file turn it into windows-1252 with a warning`() async throws {
        var bytes = Array("id,name\n".utf8)
        for row in 1...60_000 { bytes += Array("\(row),plain\n".utf8) }
        bytes += Array("60001,caf".utf8) + [0xE9, 0x0A]
        try bench.write("a.csv", bytes)
        let result = try await bench.run(Extract("t", from: "a.csv"))
        #expect(try await bench.rows("SELECT name FROM t WHERE id = 60001") == [["café"]])
        #expect(result.warnings == ["a.csv:60002: not UTF-8 from here on; the file is read as windows-1252"])
        #expect(bench.spooled == [])
        bench.remove()
    }

    @Test func `a ragged row far into a file is named by its line`() async throws {
        var text = "id,name\n"
        for row in 1...300_000 { text += "\(row),\"a\nb\"\n" }
        text += "300001\n"
        try bench.write("a.csv", text)
        let error = await #expect(throws: StepError.self) { try await bench.run(Extract("t", from: "a.csv")) }
        #expect(error?.message == "a.csv:600002: the row has 1 field where the header has 2: 300001")
        #expect(try await bench.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'") == [])
        bench.remove()
    }

    @Test func `lines of many megabytes are read`() async throws {
        try bench.write("a.csv", "id,text\n1,\(String(repeating: "x", count: 9_000_000))\n2,y\n")
        try await bench.run(Extract("t", from: "a.csv"))
        #expect(try await bench.rows("SELECT id, length(text) FROM t ORDER BY id") == [["1", "9000000"], ["2", "1"]])
        bench.remove()
    }

    @Test func `a thousand columns are typed one by one`() async throws {
        let header = (0..<1000).map { "c\($0)" }.joined(separator: ",")
        let row = (0..<1000).map { $0 % 2 == 0 ? "\($0)" : "v\($0)" }.joined(separator: ",")
        try bench.write("a.csv", header + "\n" + row + "\n" + row + "\n")
        let result = try await bench.run(Extract("t", from: "a.csv"))
        #expect(result.schema?.columns.count { $0.type == "BIGINT" } == 500)
        #expect(result.rows == 2)
        bench.remove()
    }

    @Test func `standard input is read to its end, whatever it holds`() async throws {
        try bench.write("in", Array("id,name\n1,x\n".utf8))
        let input = try FileHandleForTests(bench.folder + "/in")
        let session = try bench.workspace.session("stdin")
        let environment = StepEnvironment(
            workspace: bench.workspace,
            session: session,
            reporter: .silent(for: NodeID("t")),
            run: "r"
        )
        let step = ExtractStep(Extract("t", from: .standardInput, strategy: .lazy), standardInput: input.descriptor)
        let (staged, result) = try await step.run(in: environment)
        #expect(staged.kind == .table)
        #expect(result.rows == 1)
        #expect(
            result.warnings == [
                "strategy 'lazy' cannot be used: standard input can be read only once; 'eager' is used instead"
            ]
        )
        #expect(bench.spooled == [])
        bench.remove()
    }

    @Test func `a file that cannot be opened is an error that says why`() async throws {
        try bench.write("a.csv", "id\n1\n")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: bench.folder + "/a.csv")
        // Root reads everything.
        if FileManager.default.isReadableFile(atPath: bench.folder + "/a.csv") { return }
        let error = await #expect(throws: StepError.self) { try await bench.run(Extract("t", from: "a.csv")) }
        #expect(error?.message == "cannot read a.csv: permission denied")
        bench.remove()
    }

    @Test func `a failed extract leaves the table that was there`() async throws {
        try bench.write("a.csv", "id\n1\n")
        try await bench.run(Extract("t", from: "a.csv"))
        try bench.write("a.csv", "id,x\n1\n")
        let error = await #expect(throws: StepError.self) { try await bench.run(Extract("t", from: "a.csv")) }
        #expect(error?.dataState == "t is as it was")
        #expect(try await bench.rows("FROM t") == [["1"]])
        bench.remove()
    }

    @Test(arguments: [100_000_000, 400_000_000, 4_000_000_000] as [Int64])
    func `a file many times its buffers is read within any budget`(memory: Int64) async throws {
        let bench = try ExtractBench(memory: memory)
        var text = "id,name,amount\n"
        for row in 1...200_000 { text += "\(row),customer number \(row),\(row).25\n" }
        try bench.write("a.csv", text)
        try await bench.run(Extract("t", from: "a.csv", strategy: .eager))
        #expect(
            try await bench.rows("SELECT count(*), min(id), max(id), sum(amount) FROM t") == [
                ["200000", "1", "200000", "20000150000.0"]
            ]
        )
        bench.remove()
        self.bench.remove()
    }

    @Test func `rows quarantined again, by another attempt or run, stand there once`() async throws {
        try bench.write("a.csv", "id,age\n1,30\n2,x\n")
        let extract = Extract("t", from: "a.csv", onBadRows: .quarantine, types: ["age": "int64"])
        let first = try await bench.run(extract, run: "run-1", publishes: false)
        try await bench.run(extract, run: "run-1")
        try await bench.run(extract, run: "run-2")
        #expect(first.quarantinedRows == 1)
        #expect(first.rowsRead == 2)
        #expect(try await bench.rows("SELECT run_id, line FROM quarantine.t") == [["run-2", "3"]])
        bench.remove()
    }
}

/// A file held open for reading, as a descriptor.
final class FileHandleForTests {
    let descriptor: Int32

    init(_ path: String) throws {
        descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { throw SystemError(path, errno) }
    }

    deinit { close(descriptor) }
}

import TestSupport
import Testing

@Suite struct `A program that a test runs` {
    @Test func `its output, its errors and its exit code are told apart`() async throws {
        let result = try await run("sh", ["-c", "echo out; echo err >&2; exit 3"])
        #expect(result.standardOutput == "out\n")
        #expect(result.standardError == "err\n")
        #expect(result.exitCode == 3)
    }

    @Test func `it reads what it is given, however long`() async throws {
        let text = String(repeating: "0123456789\n", count: 100_000)
        #expect(try await mustRun("wc", ["-c"], input: text).contains("1100000"))
    }

    @Test func `it starts in the folder and with the environment it is given`() async throws {
        let folder = try TemporaryDirectory()
        let printed = try await mustRun(
            "sh",
            ["-c", "pwd; echo $DUCK"],
            environment: ["DUCK": "pintail"],
            currentDirectory: folder.path
        )
        #expect(printed == "\(folder.path)\npintail\n")
    }

    @Test func `a signal reaches it half-way, and tells how it ended`() async throws {
        let child = try ChildProcess(
            "sh",
            ["-c", "trap 'echo caught; exit 130' INT; echo ready; while :; do sleep 0.01; done"]
        )
        try await eventually("it is ready") { child.standardOutput == "ready\n" }
        child.send(2)
        #expect(try await child.wait() == .exited(130))
        #expect(child.standardOutput == "ready\ncaught\n")
    }

    @Test func `killed, it says by which signal`() async throws {
        let child = try ChildProcess("sleep", ["60"])
        child.send(9)
        #expect(try await child.wait() == .killed(by: 9))
    }

    @Test func `one that does not end in time is killed, and what it printed is told`() async throws {
        let failure = await #expect(throws: FixtureError.self) {
            try await run("sh", ["-c", "echo half-way; sleep 60"], limit: .milliseconds(200))
        }
        #expect(failure?.description.contains("half-way") == true)
    }

    @Test func `a program that does not exist is an error that names it`() async throws {
        let failure = await #expect(throws: FixtureError.self) { try await run("no-such-duck") }
        #expect(failure?.description.contains("no-such-duck") == true)
    }

    @Test func `its peak memory is seen`() async throws {
        let program = "x = bytearray(200 << 20); import time; time.sleep(0.2)"
        #expect(try await run("python3", ["-c", program]).peakMemory > 200 << 20)
    }

    @Test func `the pintail that was built with the tests is found`() async throws {
        #expect(try await run(PintailBinary.path, ["version"]).end == .exited(0))
    }
}

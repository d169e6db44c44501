import TestSupport
import Testing

@Suite struct `A network that fails on demand` {
    private let folder: TemporaryDirectory
    private let server: HTTPFileServer
    private let proxy: CuttingProxy

    init() async throws {
        folder = try TemporaryDirectory()
        try folder.write(String(repeating: "x", count: 1_000_000), to: "big.txt")
        server = try await HTTPFileServer(folder: folder.path)
        proxy = try CuttingProxy(to: server.port)
    }

    private func fetch() async throws -> RunResult {
        let program = "import sys, urllib.request as u; print(len(u.urlopen(sys.argv[1]).read()))"
        return try await run("python3", ["-c", program, "http://127.0.0.1:\(proxy.port)/big.txt"])
    }

    @Test func `passes everything on until it is told otherwise`() async throws {
        #expect(try await fetch().standardOutput == "1000000\n")
        #expect(proxy.passed(.toClient) > 1_000_000)
        #expect(proxy.cuts == 0)
    }

    @Test func `breaks off after so many bytes, once`() async throws {
        proxy.cut(after: 500_000, .toClient)
        #expect(try await fetch().exitCode != 0)
        #expect(proxy.cuts == 1)
        #expect(proxy.passed(.toClient) == 500_000)
        #expect(try await fetch().standardOutput == "1000000\n")
    }

    @Test func `once closed, it refuses whoever connects`() async throws {
        proxy.close()
        let result = try await fetch()
        #expect(result.standardError.contains("refused"))
    }
}

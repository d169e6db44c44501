import TestSupport
import Testing

/// One-offs, without a project.
@Suite struct `Copying` {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try folder.write("id,name\n1,Ada\n2,Gräce\n", to: "people.csv")
    }

    private func pintail(_ arguments: String..., input: String? = nil) async throws -> RunResult {
        try await run(PintailBinary.path, arguments, currentDirectory: folder.path, input: input)
    }

    @Test func `from CSV to Parquet and back gives the same rows`() async throws {
        #expect(try await pintail("copy", "people.csv", "people.parquet").exitCode == 0)
        #expect(try await pintail("copy", "people.parquet", "again.csv").exitCode == 0)
        #expect(try folder.read("again.csv") == folder.read("people.csv"))
        #expect(try folder.names() == ["again.csv", "people.csv", "people.parquet"])
    }

    @Test func `rows of a file that knows its types are not stored on their way`() async throws {
        #expect(try await pintail("copy", "people.csv", "people.parquet").exitCode == 0)
        let copied = try await pintail("copy", "people.parquet", "again.csv", "--explain")
        #expect(copied.standardError.contains("lazy: read once; needs about"), "\(copied.standardError)")
        // What begins as numbers and ends as text is text: all rows say so.
        try folder.write("n\n" + String(repeating: "1\n", count: 30_000) + "x\n", to: "late.csv")
        let text = try await pintail("copy", "late.csv", "late.parquet", "--explain")
        #expect(text.exitCode == 0, "\(text.standardError)")
        #expect(text.standardError.contains("eager: needs about"), "\(text.standardError)")
    }

    @Test func `from standard input to standard output`() async throws {
        let result = try await pintail(
            "copy",
            "-",
            "-",
            "--output-delimiter",
            ";",
            "--newline",
            "crlf",
            input: "a,b\n1,x\n"
        )
        #expect(result.exitCode == 0)
        #expect(result.standardOutput == "a;b\r\n1;x\r\n")
    }

    @Test func `what can be read only once is read whole`() async throws {
        let lines = "n\n" + (1...200_000).map { "\($0)\n" }.joined()
        try folder.write(lines, to: "lines.csv")
        try await mustRun("mkfifo", ["pipe.csv"], currentDirectory: folder.path)
        let writer = try ChildProcess("sh", ["-c", "cat lines.csv > pipe.csv"], currentDirectory: folder.path)
        let copied = try await pintail("copy", "pipe.csv", "out.csv")
        #expect(copied.exitCode == 0, "\(copied.standardError)")
        #expect(try folder.read("out.csv") == lines)
        #expect(try await writer.wait() == .exited(0))
        let shell = try await run(
            "bash",
            ["-c", "'\(PintailBinary.path)' copy <(cat lines.csv) - --mode replace"],
            currentDirectory: folder.path
        )
        #expect(shell.standardOutput == lines, "\(shell.standardError)")
    }

    @Test func `a folder whose files are no one table is called a folder`() async throws {
        try folder.write("{\"id\": 1}\n", to: "events.ndjson")
        let result = try await pintail("copy", ".", "out.csv")
        #expect(result.exitCode == 1)
        #expect(
            result.standardError.contains(
                """
                \(folder.path) is a folder, and its files are no one table: events.ndjson is ndjson and people.csv is csv
                """
            ),
            "\(result.standardError)"
        )
        #expect(result.standardError.contains("say which are meant, as in '\(folder.path)/*.csv'"))
        #expect(try await pintail("copy", "./*.csv", "out.csv").exitCode == 0)
        #expect(try folder.read("out.csv") == folder.read("people.csv"))
    }

    @Test func `numbers of comma countries are read as asked, and advised on until then`() async throws {
        try folder.write("id;betrag\n1;4.185,45\n2;17\n", to: "beträge.csv")
        let before = try await pintail("copy", "beträge.csv", "-")
        #expect(
            before.standardError.contains(
                #"column 'betrag' stays text, and is numbers with 'csv: {decimal_separator: ",", thousands: "."}'"#
            ),
            "\(before.standardError)"
        )
        let after = try await pintail("copy", "beträge.csv", "-", "--decimal-separator", ",", "--thousands", ".")
        #expect(after.standardOutput == "id,betrag\n1,4185.45\n2,17.0\n", "\(after.standardError)")
        #expect(!after.standardError.contains("warning"), "\(after.standardError)")
    }

    @Test func `a file onto itself keeps its rows`() async throws {
        let before = try folder.read("people.csv")
        #expect(try await pintail("copy", "people.csv", "people.csv").exitCode == 0)
        #expect(try folder.read("people.csv") == before)
    }

    @Test func `appending adds, and failing refuses what is there`() async throws {
        try folder.write("id,name\n0,Alan\n", to: "all.csv")
        #expect(try await pintail("copy", "people.csv", "all.csv", "--mode", "append").exitCode == 0)
        #expect(try folder.read("all.csv") == "id,name\n0,Alan\n1,Ada\n2,Gräce\n")
        let refused = try await pintail("copy", "people.csv", "all.csv", "--mode", "fail")
        #expect(refused.exitCode == 2)
        #expect(try folder.read("all.csv") == "id,name\n0,Alan\n1,Ada\n2,Gräce\n")
    }

    @Test(arguments: [
        (["missing.csv", "out.csv"], 1, "there is no file"),
        (["x*.csv", "out.csv"], 1, "no file matches"),
        (["people.csv", "."], 2, "is a folder"),
        (["people.csv", "people.csv/out.csv"], 2, "Not a directory"),
    ])
    func `what cannot be read or written is named, and nothing is left`(ends: [String], code: Int32, words: String)
        async throws
    {
        let result = try await run(PintailBinary.path, ["copy"] + ends, currentDirectory: folder.path)
        #expect(result.exitCode == code)
        #expect(result.standardError.contains(words), "\(result.standardError)")
        #expect(try folder.names() == ["people.csv"])
    }

    @Test func `a reader that has seen enough is no failure of a query`() async throws {
        let binary = try PintailBinary.path
        let script = "\(shellQuoted(binary)) query -f csv 'FROM range(2000000)' | head -1; echo ${PIPESTATUS[0]}"
        let result = try await run("bash", ["-c", script], currentDirectory: folder.path)
        #expect(result.standardOutput == "range\n0\n")
        #expect(result.standardError == "")
    }

    @Test func `a reader that has seen enough is no failure of a copy`() async throws {
        let binary = shellQuoted(try PintailBinary.path)
        let script = """
            \(binary) query --output many.parquet 'FROM range(2000000)' 2>/dev/null
            \(binary) copy --quiet many.parquet - | head -1; echo ${PIPESTATUS[0]}
            """
        let result = try await run("bash", ["-c", script], currentDirectory: folder.path)
        #expect(result.standardOutput == "range\n0\n")
        #expect(result.standardError == "")
    }
}

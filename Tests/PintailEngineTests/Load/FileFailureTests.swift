import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@Suite struct FileFailureTests {
    /// A load that must fail, what is at its destination before, and what is said.
    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        var old: String?
        var load: @Sendable (Destination) -> Load = { Load("t", from: "SELECT 1 AS x, 'č' AS y", into: $0) }
        let message: String
        var hint: String?
        var testDescription: String { message }
    }

    static let cases = [
        Case(
            file: "a.csv",
            old: "x",
            load: { Load("t", from: "SELECT 1 AS x", into: $0, mode: .fail) },
            message: "cannot write a.csv: a.csv exists already",
            hint: "`mode: replace` takes its place, `mode: append` adds to it"
        ),
        Case(
            file: "a.csv",
            load: { Load("t", from: "SELECT 1 AS x, 'ač' AS y", into: $0, csv: CSVOutput(encoding: "latin-1")) },
            message: "cannot write a.csv: latin-1 has no character 'č' (U+010D): row 1, column 'y'",
            hint: "write the file in utf-8, or replace the character in a transform"
        ),
        Case(
            file: "a.csv",
            old: "č",
            load: { Load("t", from: "SELECT 1 AS x, 2 AS \"č\"", into: $0, csv: CSVOutput(encoding: "windows-1252")) },
            message: "cannot write a.csv: windows-1252 has no character 'č' (U+010D): header, column 'č'"
        ),
        Case(
            file: "a.csv",
            load: { Load("t", from: "SELECT 1 AS x", into: $0, csv: CSVOutput(encoding: "klingon")) },
            message: "cannot write a.csv: no character set is called 'klingon'"
        ),
        Case(
            file: "a.csv",
            load: { Load("t", from: "SELECT 1 AS x", into: $0, csv: CSVOutput(delimiter: ";;")) },
            message: "cannot write a.csv: the delimiter of a delimited file is one ASCII character, not ';;'"
        ),
        Case(
            file: "a.dat",
            message: "cannot write a.dat: the name 'a.dat' does not tell a file format"
        ),
        Case(
            file: "a.csv",
            load: { Load("nothing", into: $0) },
            message: "cannot write a.csv: cannot read the table 'nothing': Table with name nothing does not exist!"
        ),
        Case(
            file: "a.csv",
            old: "x",
            load: {
                Load(
                    "t",
                    from: "SELECT CAST('1' || range AS INTEGER) AS x FROM range(1, 200_000) WHERE error('no') = ''",
                    into: $0
                )
            },
            message: "cannot write a.csv: no"
        ),
        Case(
            file: "a.csv",
            old: "x,z\n1,2\n",
            load: { Load("t", from: "SELECT 1 AS x, 2 AS y", into: $0, mode: .append) },
            message:
                "cannot write a.csv: the columns of a.csv are not those of the rows: the rows lack 'z'; the file lacks 'y'"
        ),
        Case(
            file: "a.json",
            old: "{\"x\":1}",
            load: { Load("t", from: "SELECT 1 AS x", into: $0, mode: .append) },
            message: "cannot write a.json: a.json does not hold one JSON array"
        ),
        Case(
            file: "a.csv",
            load: { Load("t", from: "SELECT 1 AS x", into: $0, mode: .upsert, key: ["x"]) },
            message: "cannot write a.csv: rows of a file cannot be updated"
        ),
        Case(
            file: "new/tree/",
            load: { Load("t", from: "SELECT 1 AS x", into: $0, partitionBy: ["y"]) },
            message: "cannot write new/tree/: the rows have no column 'y'",
            hint: "they have x"
        ),
    ]

    @Test(arguments: cases.indices)
    func `what cannot be written is said, and the target is as it was`(_ index: Int) async throws {
        let item = Self.cases[index]
        let fixture = try await LoadFixture()
        if let old = item.old { try fixture.folder.write(old, to: item.file) }
        let failure = try await fixture.failure(of: item.load(.file(item.file)))
        #expect(failure.message.split(separator: "\n").first.map(String.init) == item.message)
        if let hint = item.hint { #expect(failure.hint == hint) }
        #expect(failure.dataState == (item.old == nil ? "nothing was written" : "\(item.file) is as it was"))
        #expect(try fixture.names() == (item.old == nil ? [] : [item.file]))
        if let old = item.old { #expect(try fixture.read(item.file) == old) }
    }

    @Test func `a folder is not replaced by a file, nor a file by a folder`() async throws {
        let fixture = try await LoadFixture()
        try fixture.folder.write("x", to: "folder/x.csv")
        let file = try await fixture.failure(of: Load("t", from: "SELECT 1 AS x", into: "folder", format: .csv))
        #expect(file.message == "cannot write folder: folder is a folder")
        let folder = try await fixture.failure(of: Load("t", from: "SELECT 1 AS x", into: "folder/x.csv/"))
        #expect(folder.message == "cannot write folder/x.csv/: folder/x.csv/ is a file, and a folder is needed")
    }

    @Test func `a path through a file is refused with its reason`() async throws {
        let fixture = try await LoadFixture()
        try fixture.folder.write("x", to: "a")
        let failure = try await fixture.failure(of: Load("t", from: "SELECT 1 AS x", into: "a/b/c.csv"))
        #expect(failure.message == "cannot write a/b/c.csv: Not a directory")
        #expect(failure.hint == "a part of the path is a file, where a folder is needed")
    }

    @Test(
        .enabled(if: TinyDisk.isPermitted, "mounting a small disk takes root"),
        arguments: ["a.csv", "a.parquet", "a.csv.gz", "b/a.ndjson", "tree/"]
    )
    func `a full disk leaves the target as it was`(_ name: String) async throws {
        let disk = try await TinyDisk(bytes: 1_000_000)
        let fixture = try await LoadFixture("CREATE TABLE t AS SELECT hash(range) AS x FROM range(500_000)")
        let load = Load("t", into: .file("\(disk.path)/\(name)"), mode: .replace)
        let failure = try await fixture.failure(of: load)
        #expect(failure.message.contains(": No space left on device"))
        #expect(failure.hint == "free some space, or write to another disk")
        #expect(failure.dataState == "nothing was written")
        #expect(try await mustRun("find", [disk.path, "-mindepth", "1"]) == "")
    }

    @Test(.enabled(if: TinyDisk.isPermitted, "mounting a small disk takes root"), arguments: ["latin-1", "utf-8"])
    func `a disk that fills up while rows are added leaves the file as it was`(_ encoding: String) async throws {
        let disk = try await TinyDisk(bytes: 1_000_000)
        let fixture = try await LoadFixture("CREATE TABLE t AS SELECT hash(range) AS x FROM range(500_000)")
        try await mustRun("sh", ["-c", "printf 'x\\n1\\n' > \(disk.path)/a.csv"])
        let load = Load("t", into: .file("\(disk.path)/a.csv"), mode: .append, csv: CSVOutput(encoding: encoding))
        let failure = try await fixture.failure(of: load)
        #expect(failure.message.contains("No space left on device"))
        #expect(failure.dataState == "\(disk.path)/a.csv is as it was")
        #expect(try await mustRun("sh", ["-c", "cd \(disk.path); find . -type f; cat a.csv"]) == "./a.csv\nx\n1\n")
    }

    @Test(arguments: ["a.csv", "a.parquet", "tree/", "latin.csv"])
    func `a cancelled load leaves the target as it was`(_ name: String) async throws {
        let fixture = try await LoadFixture()
        let load = Load(
            "t",
            from: "SELECT range AS x, md5(range::VARCHAR) AS y FROM range(1_000_000_000)",
            into: .file(name),
            csv: CSVOutput(encoding: name == "latin.csv" ? "latin-1" : "utf-8")
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await fixture.run(load) }
            while try fixture.names().isEmpty { await Task.yield() }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(try fixture.names() == [])
    }

    /// A destination that somebody else writes to while a load is at work.
    static let meddled = [
        (
            mode: LoadMode.fail, old: nil as String?,
            message: "cannot write a.csv: a.csv was made by somebody else meanwhile"
        ),
        (mode: .append, old: nil, message: "cannot write a.csv: a.csv was made by somebody else meanwhile"),
        (mode: .append, old: "x\n1\n", message: "cannot write a.csv: a.csv was changed by somebody else meanwhile"),
        (mode: .append, old: "", message: "cannot write a.csv: a.csv was changed by somebody else meanwhile"),
    ]

    @Test(arguments: meddled)
    func `what somebody else wrote meanwhile is not overwritten`(_ mode: LoadMode, _ old: String?, _ message: String)
        async throws
    {
        let fixture = try await LoadFixture()
        if let old { try fixture.folder.write(old, to: "a.csv") }
        let pipe = fixture.folder.path + "/pipe"
        try await mustRun("mkfifo", [pipe])
        // The shell's redirection waits until DuckDB reads, by when the draft is begun.
        let meddler = try ChildProcess(
            "sh",
            ["-c", "(echo theirs > '\(fixture.folder.path)/a.csv'; echo 7) > '\(pipe)'"]
        )
        let rows = "FROM read_csv('\(pipe)', auto_detect = false, header = false, columns = {x: 'INTEGER'})"
        let failure = try await fixture.failure(of: Load("t", from: .query(rows), into: "a.csv", mode: mode))
        #expect(failure.message == message)
        #expect(failure.isTransient)
        #expect(failure.dataState == "a.csv is as they left it")
        #expect(try fixture.read("a.csv") == "theirs\n")
        #expect(try fixture.names() == ["a.csv", "pipe"])
        _ = meddler
    }
}

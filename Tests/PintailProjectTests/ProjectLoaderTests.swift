import Testing

@testable import PintailProject

/// How a project is found, and what belongs to it.
struct ProjectLoaderTests {
    private let loader = ProjectLoader(environment: ["NAME": "process"])

    @Test func `a folder without a project says how to make one`() throws {
        let folder = try TemporaryFolder()
        let failure = #expect(throws: Diagnostics.self) { try loader.load(from: folder.path) }
        #expect(failure?.all.first?.hint == "'pintail init' makes a project here")
    }

    @Test func `a project is found from any folder in it`() throws {
        let folder = try TemporaryFolder()
        try folder.write("project: outer\n", to: "pintail.yml")
        try folder.write("project = \"inner\"\n", to: "a/pintail.toml")
        try folder.write("", to: "a/b/c/x.sql")
        try folder.write("", to: "d/x.sql")
        #expect(try loader.load(from: folder.path + "/a/b/c/").project.name == "inner")
        #expect(try loader.load(from: folder.path + "/d/../d").project.name == "outer")
        #expect(ProjectLoader.projectDirectory(above: folder.path + "/a/b") == folder.path + "/a")
    }

    @Test func `the process's variables win over those of .env`() throws {
        let folder = try TemporaryFolder()
        try folder.write("NAME=file\nOTHER=file\n", to: ".env")
        try folder.write("project: ${NAME}-${OTHER}\n", to: "pintail.yml")
        #expect(try loader.load(from: folder.path).project.name == "process-file")
    }

    @Test func `pipelines are read by their files' names`() throws {
        let folder = try TemporaryFolder()
        try folder.write("project: n\n", to: "pintail.yml")
        for name in ["c.yml", "a.toml", "b.yaml"] {
            let sign = name.hasSuffix("toml") ? " = " : ": "
            let steps = name.hasSuffix("toml") ? "[[steps]]\ncommand = 'x'\n" : "steps: [{command: x}]\n"
            try folder.write("pipeline\(sign)\"\(name)\"\n" + steps, to: "pipelines/" + name)
        }
        try folder.write("not yaml: [", to: "pipelines/.hidden.yml")
        try folder.write("not yaml: [", to: "pipelines/README.md")
        #expect(try loader.load(from: folder.path).project.pipelines.map(\.name) == ["a.toml", "b.yaml", "c.yml"])
    }

    @Test func `a file inside a project belongs to it, and one with connections of its own stands alone`() throws {
        let folder = try TemporaryFolder()
        try folder.write("project: n\nconnections: {w: {postgres: {}}}\n", to: "pintail.yml")
        let steps = "steps:\n  - extract: t\n    from: w.public.t\n"
        let inside = try folder.write("pipeline: inside\n" + steps, to: "pipelines/inside.yml")
        let beside = try folder.write(
            "pipeline: beside\n" + steps.replacing("t\n", with: "u\n"),
            to: "adhoc/beside.yml"
        )
        let alone = try folder.write(
            "pipeline: alone\nconnections: {w: {postgres: {}}}\n" + steps,
            to: "adhoc/alone.yml"
        )
        let loaded = try [inside, beside, alone].map { try loader.load(file: $0) }
        #expect(loaded.map(\.pipeline) == ["inside", "beside", "alone"])
        #expect(loaded.map(\.project.name) == ["n", "n", "alone"])
        #expect(loaded.map(\.project.pipelines.count) == [1, 2, 1])
        #expect(loaded[2].project.database == folder.path + "/adhoc/.pintail/alone.duckdb")
    }

    @Test func `variables of a Postgres make a connection without a project`() throws {
        let folder = try TemporaryFolder()
        #expect(loader.environmentConnection(in: folder.path) == nil)
        try folder.write("DB_HOST=h\nDB_PORT=6543\nDB_NAME=d\nDB_USER=u\nDB_PASSWORD=p\n", to: ".env")
        let connection = try #require(loader.environmentConnection(in: folder.path))
        #expect(connection.name == "pg_main")
        #expect(connection.settings == PostgresSettings(host: "h", port: 6543, database: "d", user: "u", password: "p"))
    }

    @Test func `a missing file is told, with the one that may be meant`() throws {
        let folder = try TemporaryFolder()
        try folder.write("project: n\n", to: "config.yml")
        let failure = #expect(throws: Diagnostics.self) { try loader.load(file: folder.path + "/confg.yml") }
        #expect(failure?.all.first?.message == "the file 'confg.yml' does not exist")
        #expect(failure?.all.first?.hint == "did you mean 'config.yml'?")
    }

    @Test func `a place inside the project is named from its folder, whatever file was asked for`() throws {
        let folder = try TemporaryFolder()
        try folder.write("project: n\n", to: "pintail.yml")
        let file = try folder.write("pipeline: p\nsteps: 5\n", to: "pipelines/p.yml")
        let failure = #expect(throws: Diagnostics.self) { try loader.load(file: file) }
        #expect(failure?.all.first?.location?.file == "pipelines/p.yml")
        #expect(failure?.directory == folder.path)
    }
}

import TestSupport
import Testing

/// Every way to say where a server is and who enters, with a password of many special characters.
@Suite struct ConnectionFormsTests {
    private static let password = #"s3cr3t@p:a/s%s 'w"o\rd?#ü"#
    private static let encoded = "s3cr3t%40p%3Aa%2Fs%25s%20%27w%22o%5Crd%3F%23%C3%BC"
    private static let quoted = #"s3cr3t@p:a/s%s \'w"o\\rd?#ü"#

    /// What stands under `postgres:`, and the environment; `HOST`, `PORT`, `DB`, `USER`, `FOLDER` are filled in.
    struct Form: Sendable, CustomTestStringConvertible {
        let name: String
        let settings: String
        var environment: [String: String] = [:]
        var files: [String: String] = [:]
        var testDescription: String { name }
    }

    private static let forms = [
        Form(
            name: "parts",
            settings: "{host: HOST, port: PORT, database: DB, user: USER, password: \"${SECRET}\"}",
            environment: ["SECRET": password]
        ),
        Form(
            name: "an address",
            settings: "{url: \"${SECRET}\"}",
            environment: ["SECRET": "postgres://USER:\(encoded)@HOST:PORT/DB?application_name=x"]
        ),
        Form(
            name: "key and value",
            settings: "{url: \"${SECRET}\"}",
            environment: ["SECRET": "host=HOST port=PORT dbname=DB user=USER password='\(quoted)'"]
        ),
        Form(
            name: "an address with parts beside it",
            settings:
                "{url: \"postgres://nobody@nowhere.invalid:1/DB\", host: HOST, port: PORT, user: USER, password: \"${SECRET}\"}",
            environment: ["SECRET": password]
        ),
        Form(
            name: "a .pgpass file",
            settings: "{host: HOST, port: PORT, database: DB, user: USER}",
            environment: ["HOME": "FOLDER"],
            files: [
                ".pgpass": "HOST:PORT:*:USER:" + password.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
                    + "\n"
            ]
        ),
        Form(
            name: "another password file",
            settings: "{host: HOST, port: PORT, database: DB, user: USER, parameters: {passfile: FOLDER/secrets}}",
            files: ["secrets": "*:*:*:*:" + password.replacing("\\", with: "\\\\").replacing(":", with: "\\:") + "\n"]
        ),
        Form(
            name: "a service file",
            settings: "{parameters: {service: shop}}",
            environment: ["PGSERVICEFILE": "FOLDER/services"],
            files: ["services": "[shop]\nhost=HOST\nport=PORT\ndbname=DB\nuser=USER\npassword=\(password)\n"]
        ),
        Form(
            name: "the environment",
            settings: "{}",
            environment: [
                "PGHOST": "HOST", "PGPORT": "PORT", "PGDATABASE": "DB", "PGUSER": "USER", "PGPASSWORD": password,
            ]
        ),
    ]

    private func project(_ form: Form, user: String) async throws -> (PostgresProject, [String: String]) {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE source (id int); INSERT INTO source VALUES (7);
                CREATE TABLE target (id int PRIMARY KEY); GRANT ALL ON source, target TO "\(user)"
                """
        )
        let folder = project.folder.path
        let values = [
            ("HOST", "127.0.0.1"), ("PORT", "\(project.server.port)"), ("DB", project.database), ("USER", user),
            ("FOLDER", folder),
        ]
        func filled(_ text: String) -> String { values.reduce(text) { $0.replacing($1.0, with: $1.1) } }
        try project.folder.write("", to: ".env")
        try project.folder.write(
            "project: shop\nconnections:\n  pg:\n    postgres: \(filled(form.settings))\n",
            to: "pintail.yml"
        )
        for (name, text) in form.files {
            try project.folder.write(filled(text), to: name)
            try await mustRun("chmod", ["600", "\(folder)/\(name)"])
        }
        try project.pipeline(
            """
            - extract: source
              from: pg.public.source
            - load: target
              from: source
              into: pg.public.target
              mode: upsert
              key: id
            """
        )
        var environment = form.environment.mapValues(filled)
        // libpq takes none of the tests' own.
        if environment["HOME"] == nil { environment["HOME"] = "/nowhere" }
        return (project, environment)
    }

    private func run(_ project: PostgresProject, _ environment: [String: String]) async throws -> RunResult {
        try await TestSupport.run(
            PintailBinary.path,
            ["run"],
            environment: environment,
            currentDirectory: project.folder.path
        )
    }

    @Test(arguments: forms) func `each form of a connection reads and loads`(_ form: Form) async throws {
        let server = try await PostgresServer.shared()
        let user = "former_\(Self.forms.firstIndex { $0.name == form.name } ?? 0)"
        try await server.createUser(user, password: Self.password)
        let (project, environment) = try await project(form, user: user)
        let result = try await run(project, environment)
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(try await project.rows("SELECT id FROM target") == "7")
        #expect(!(result.standardOutput + result.standardError).contains("s3cr3t"))
    }

    /// Addresses that a person writes who forgets to encode: libpq would take pieces of the password for the rest.
    private static let mistakes: [(address: String, said: String)] = [
        ("postgres://u:s3cr3t@par1@127.0.0.1:1/d", "cannot be read"),
        ("postgres://u:s3cr3t@par1/t2@127.0.0.1:1/d", "cannot be read"),
        ("postgres://u:s3cr3tpar1/t2@127.0.0.1:1/d", "cannot be read"),
        ("postgres://u:s3cr3t%par1@127.0.0.1:1/d", "cannot be read"),
        ("postgres://u:s3cr3tpar1]@[127.0.0.1:1/d", "cannot be read"),
        ("host=127.0.0.1 port=1 password=s3cr3t par1", "cannot be read"),
        ("host=127.0.0.1 port=1 password='s3cr3t'par1'", "cannot be read"),
        ("postgres://u:s3cr3tpar1@127.0.0.1:1/d?nonsense=par1", "cannot be read"),
        ("postgres://u:s3cr3t%40par1@127.0.0.1:1/d", "nothing listens at 127.0.0.1:1"),
    ]

    @Test(arguments: mistakes) func `an address that is not encoded is told without any of the password`(
        _ address: String,
        _ said: String
    ) async throws {
        let form = Form(name: "", settings: "{url: \"${SECRET}\"}", environment: ["SECRET": address])
        let (project, environment) = try await project(form, user: "postgres")
        // The load alone, and then both.
        try project.pipeline("- load: target\n  from: SELECT 1 AS id\n  into: pg.public.target\n  mode: append")
        let result = try await run(project, environment)
        let shown = result.standardOutput + result.standardError
        #expect(result.exitCode == 1)
        #expect(shown.contains(said), "\(shown)")
        if said == "cannot be read" { #expect(shown.contains("%40"), "\(shown)") }
        #expect(!shown.contains("s3cr3t") && !shown.contains("par1"), "\(shown)")
        let found = try await TestSupport.run("grep", ["-rlaE", "s3cr3t|par1", project.folder.path])
        #expect(found.standardOutput.isEmpty)
    }
}

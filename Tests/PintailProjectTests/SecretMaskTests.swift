import Testing

@testable import PintailProject

/// No secret is shown, whatever is wrong around it; what helps to find the mistake stays.
struct SecretMaskTests {
    @Test(arguments: [
        ("password: hunter2", "password: ***"), ("  password: \"hunter2\" # x", "  password: \"***\" # x"),
        ("{user: me, password: hunter2, port: 1}", "{user: me, password: ***, port: 1}"),
        ("{'password': 'hun''ter', x: y}", "{'password': '***', x: y}"),
        ("password = \"hu\\\"nter2\"", "password = \"***\""),
        ("passwrd: hunter2", "passwrd: ***"), ("db_pasword = 'hunter2'", "db_pasword = '***'"),
        ("  secret_key: hunter2, and more", "  secret_key: ***"), ("API-TOKEN: x", "API-TOKEN: ***"),
        ("password: ${DB_PASSWORD}", "password: ${DB_PASSWORD}"), ("password: a${X}b", "password: ***${X}***"),
        ("{password: ${X:-hunter2}, port: 1}", "{password: ${X***, port: 1}"),
        ("url: postgres://me:hun/ter2@host/db", "url: postgres://me:***@host/db"),
        ("a://b:c://d:e@f", "a://b:***@f"), ("from: https://host/a?b=c@d", "from: https://host/a?b=c@d"),
        ("from: \"host=h password=a b\"", "from: \"host=h password=*** b\""),
        ("CREATE ROLE etl LOGIN PASSWORD 'hunter2' INHERIT;", "CREATE ROLE etl LOGIN PASSWORD '***' INHERIT;"),
        ("ALTER USER u password  'hun", "ALTER USER u password  '***"),
        ("ALTER USER u PASSWORD NULL", "ALTER USER u PASSWORD NULL"),
        ("select: passage", "select: passage"), ("key: id", "key: id"), ("database: postgres", "database: postgres"),
        ("sql: SELECT author FROM books", "sql: SELECT author FROM books"),
    ])
    func `the value of a secret key and the password of an address are hidden`(line: String, shown: String) {
        #expect(SecretMask.masked(line) == shown)
    }

    @Test(arguments: [
        ("password: |\n  hunter2\n  hunter3\nport: 1", ["password: |", "  ***", "  ***", "port: 1"]),
        ("password:\n  - hunter2\nx: 1", ["password:", "  ***", "x: 1"]),
        ("password = \"\"\"\nhunter2\n\"\"\"\nport = 1", ["password = \"\"\"", "***", "***", "port = 1"]),
        ("password: \"hun\n  ter2\"\nport: 1", ["password: \"***", "  ***", "port: 1"]),
        ("password: hun\n  ter2\nport: 1", ["password: ***", "  ***", "port: 1"]),
    ])
    func `a secret of several lines is hidden in all of them`(text: String, shown: [String]) throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "f.yml")
        let renderer = DiagnosticRenderer(directory: folder.path)
        for (index, line) in shown.enumerated() {
            let rendered = renderer.render(Diagnostic("x", at: .init(file: "f.yml", line: index + 1, column: 1)))
            #expect(rendered.split(separator: "\n")[3].dropFirst(5) == line)
        }
    }

    @Test func `nothing of a .env file is shown but names`() throws {
        let folder = try TemporaryFolder()
        try folder.write("A=hunter2\nhunter3\n", to: ".env")
        let renderer = DiagnosticRenderer(directory: folder.path)
        #expect(renderer.render(Diagnostic("x", at: .init(file: ".env", line: 1, column: 1))).contains("A=***"))
        #expect(!renderer.render(Diagnostic("x", at: .init(file: ".env", line: 2, column: 1))).contains("hunter3"))
    }

    @Test func `a secret prints as stars wherever it stands`() {
        let settings = PostgresSettings(password: "hunter2", url: "postgres://u:hunter2@h")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] { #expect(!text.contains("hunter2")) }
    }
}

import Foundation
import TestSupport
import Testing

/// Code, where it stands, and what `make lint` says of it, by line; nothing when it is as it should be.
private let cases: [(path: String, code: String, said: [String])] = [
    ("Sources/DuckDB/Import.swift", "import CDuckDB", []),
    ("Sources/DuckDB/Import2.swift", "import CPQ", ["1: only Postgres imports CPQ; ask it for what you need"]),
    (
        "Sources/DuckDB/Import3.swift", "package import CDuckDB",
        ["1: CDuckDB must not show in what DuckDB offers: import it without 'package'"]
    ),
    ("Sources/Postgres/Trap.swift", #"let a = "try! as! fatalError("  // try! it"#, []),
    (
        "Sources/Postgres/Trap2.swift", "let a = try! b()",
        ["1: 'try!' ends the program on what may be a user's mistake: throw an error"]
    ),
    ("Tests/PostgresTests/Trap.swift", "func f() { fatalError() }", []),
    ("Sources/Postgres/Proof.swift", "// Set once, before any thread.\nnonisolated(unsafe) var a = 1", []),
    (
        "Sources/Postgres/Proof2.swift", "nonisolated(unsafe) var a = 1",
        ["1: 'nonisolated(unsafe)' needs a comment on the line above that proves it"]
    ),
    (
        "Sources/Postgres/Docs.swift",
        """
        /// Says it.
        // Why it is so.
        @available(
            macOS 15, *
        )
        public struct A: CustomStringConvertible {
            public var description: String { "" }
            var inner = 1
        }
        public extension A {}
        """, []
    ),
    (
        "Sources/Postgres/Docs2.swift",
        """
        // Not a doc comment.
        package struct A {
            package private(set) var b = 1
            public static func c() {}
        }
        """,
        [
            "2: 'struct A' can be used by other modules: say in a doc comment what it promises",
            "3: 'var b' can be used by other modules: say in a doc comment what it promises",
            "4: 'func c' can be used by other modules: say in a doc comment what it promises",
        ]
    ),
    (
        "Sources/Postgres/SQL1.swift",
        #"""
        let a: SQL = "SELECT \(identifier: name) FROM t"
        let b = "SELECT no FROM t"
        let c = try run("DROP TABLE \(identifier: name)")
        func d() -> SQL { return "DELETE FROM \(identifier: name)" }
        let e = "SELECTED \(name)"
        """#, []
    ),
    (
        "Sources/Postgres/SQL2.swift",
        #"""
        let a = "SELECT \(f(")")) FROM t"
        let b = try run("DROP TABLE " + name)
        func c() -> String { return "DELETE FROM \(name)" }
        """#,
        [
            "1: SQL is built as a String, which quotes nothing: give it the type SQL",
            "2: SQL is put together with '+': let the interpolation of the SQL type quote what goes in",
            "3: SQL is built as a String, which quotes nothing: give it the type SQL",
        ]
    ),
]

@Test func `lint finds each mistake where it is, and nothing else`() async throws {
    let checkout = try TemporaryDirectory()
    for (path, code, _) in cases { try checkout.write(code + "\n", to: path) }
    try await mustRun("git", ["init", "-q", checkout.path])
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let lint = tests.deletingLastPathComponent().appendingPathComponent("scripts/lint").path

    let result = try await run(lint, [checkout.path])
    let expected = cases.flatMap { path, _, said in said.map { "\(path):\($0)" } }
    #expect(result.exitCode == 1)
    #expect(result.standardOutput.split(separator: "\n").map(String.init).sorted() == expected.sorted())
}

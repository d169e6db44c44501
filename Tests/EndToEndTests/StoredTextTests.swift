import TestSupport
import Testing

/// How the texts of delimited files are stored: without a dictionary of them being tried where all differ.
@Suite struct StoredTextTests {
    @Test func `texts that come again and again go into a dictionary, after a file of others too`() async throws {
        let project = try TestProject(
            """
            - extract: various
              from: various.csv
              strategy: eager
            - extract: repeated
              from: repeated.csv
              strategy: eager
              after: various
            - extract: mixed
              from: mixed.csv
              strategy: eager
              after: repeated
              on_bad_rows: quarantine
            """,
            settings: "resources: {memory: 300MB}"
        )
        // More than one row group, so that they are stored while they are read.
        let numbers = 0..<130_000
        func write(_ name: String, _ line: (Int) -> String) throws {
            try project.write("a,b\n" + numbers.map(line).joined(separator: "\n") + "\n", to: name)
        }
        func unique(_ number: Int) -> String { "\(number) says \(number &* 0x9E37_79B9 & 0xFFFFFF), and no other" }
        func repeated(_ number: Int) -> String { "the state that is called \(number * number % 7)" }
        try write("various.csv") { "\"\(unique($0))\",\($0)" }
        try write("repeated.csv") { "\(repeated($0)),\($0)" }
        try write("mixed.csv") { "\"\(unique($0))\",\(repeated($0))" }
        let run = try await project.pintail("run")
        try #require(run.exitCode == 0, "\(run.standardError)")
        // The last rows of a table may still be in the log, as they came.
        func compression(_ table: String, _ column: String) async throws -> [String] {
            try await project.rows(
                """
                SELECT DISTINCT compression FROM pragma_storage_info('\(table)')
                WHERE segment_type = 'VARCHAR' AND column_name = '\(column)' AND compression <> 'Uncompressed'
                """
            )
        }
        #expect(try await compression("various", "a") == ["FSST"])
        #expect(try await compression("repeated", "a") == ["Dictionary"])
        #expect(try await compression("mixed", "a") == ["FSST"])
        #expect(try await compression("mixed", "b") == ["Dictionary"])
        #expect(try await project.rows("SELECT count(DISTINCT a), count(*) FROM various") == ["130000,130000"])
    }
}

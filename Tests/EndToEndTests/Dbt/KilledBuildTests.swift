import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `kill -9` at any moment of a pipeline whose models are a dbt project's: tables and files are old or new, and the
/// next run goes on as if nothing had been.
@Suite struct `A killed run of models` {
    static let steps = """
        - extract: raw
          from: in/*.csv
          incremental: new_files
        - build: "*"
        - load: totals
          into: out/totals.csv
        """
    static let rowsOfAFile = 3_000

    /// An incremental table, files that are added to by key and by append, and a judged table of all of it.
    static let models = [
        "kept":
            "{{ config(materialized='incremental', unique_key='id') }} select id, part from {{ source('raw', 'raw') }}",
        "parts": """
        {{ config(materialized='external', location='PATH/out/parts', options={'partition_by': 'part'}, unique_key='id') }}
        select id, part from {{ ref('kept') }}
        {% if is_incremental() %} where id > (select max(id) from {{ this }}) - 10 {% endif %}
        """,
        "added": """
        {{ config(materialized='external', location='PATH/out/added.parquet', incremental_strategy='append') }}
        select id, part from {{ ref('kept') }}
        {% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
        """,
        "totals": """
        select (select count(*) from {{ ref('kept') }}) as kept, (select count(distinct id) from {{ ref('kept') }}) as ids,
               (select count(*) from {{ ref('parts') }}) as parts, (select count(*) from {{ ref('added') }}) as added
        """,
    ]

    private func project() throws -> TestProject {
        let project = try TestProject(Self.steps, settings: "database: shop.duckdb")
        let settings = "name: shop\nversion: '1.0'\nprofile: shop\nmodels: {shop: {+materialized: table}}\n"
        try project.write(settings, to: "dbt_project.yml")
        for (name, sql) in Self.models {
            let parts = sql.split(separator: "PATH", omittingEmptySubsequences: false)
            try project.write(parts.joined(separator: project.path), to: "models/\(name).sql")
        }
        try project.write(
            """
            sources: [{name: raw, schema: main, tables: [{name: raw}]}]
            models:
              - name: kept
                columns: [{name: id, data_tests: [unique, not_null]}]
              - name: parts
                columns: [{name: id, data_tests: [unique]}]
            """,
            to: "models/schema.yml"
        )
        try FileManager.default.createDirectory(atPath: project.path + "/out", withIntermediateDirectories: true)
        return project
    }

    @Test func `loses no row, doubles none, and shows no half of a table or file`() async throws {
        let project = try project()
        for round in 0..<20 {
            let rows = (0..<Self.rowsOfAFile).map { "\(round * Self.rowsOfAFile + $0),\($0 % 3)\n" }.joined()
            try project.write("id,part\n" + rows, to: "in/\(round).csv")
            let child = try project.start("run", "--json")
            // After each of the events of a run, of which there are some two dozen, and in the middle of what follows.
            try await eventually("it is where it is to be killed") {
                let events = child.standardOutput.utf8.count { $0 == UInt8(ascii: "\n") }
                return events >= round || child.end != nil
            }
            try await Task.sleep(for: .milliseconds(round * 7 % 20))
            child.send(SIGKILL)
            _ = try await child.wait()
            try await expectWholeFiles(of: project, "round \(round)")

            let result = try await project.pintail("run", "--quiet")
            try #require(result.exitCode == 0, "round \(round): \(result.standardError)")
            let total = (round + 1) * Self.rowsOfAFile
            let expected = "kept,ids,parts,added\n\(total),\(total),\(total),\(total)\n"
            try #require(try project.read("out/totals.csv") == expected, "round \(round)")
            #expect(try project.leftovers() == [], "round \(round)")
        }
        let made = ["main.added", "main.kept", "main.parts", "main.raw", "main.totals"]
        #expect(try await project.tables() == made)
        #expect(try await project.runs().contains { $0["status"] as? String == "interrupted" })
    }

    /// What a reader of the files alone sees: all rows of some number of files.
    private func expectWholeFiles(of project: TestProject, _ round: Comment) async throws {
        for files in ["out/parts/**/*.parquet", "out/added.parquet"] {
            let isThere = try project.files().contains { $0.hasPrefix(files.prefix { $0 != "*" }) }
            guard isThere else { continue }
            let sql =
                "SELECT count(*) % \(Self.rowsOfAFile), count(*) - count(DISTINCT id) FROM read_parquet('\(files)')"
            let counted = try await run(
                PintailBinary.path,
                ["query", "--quiet", "--format", "csv", sql],
                currentDirectory: project.path
            )
            #expect(counted.standardOutput.hasSuffix("\n0,0\n"), "\(round): \(counted.standardError)")
        }
    }
}

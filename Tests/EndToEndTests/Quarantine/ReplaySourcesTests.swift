import Foundation
import TestSupport
import Testing

/// Replays of rows that came from workbooks and object stores, and of rows that dbt models read.
@Suite struct ReplaySourcesTests {
    private func must(_ project: TestProject, _ words: String...) async throws -> String {
        let result = try await run(PintailBinary.path, words, currentDirectory: project.path)
        try #require(result.exitCode == 0, "\(words): \(result.standardOutput)\(result.standardError)")
        return result.standardOutput + result.standardError
    }

    // MARK: Workbooks

    private static func people(oldest: Int) -> String {
        """
        - extract: people
          from: people.xlsx
          types: {n: int64, day: date}
          on_bad_rows: quarantine
        - check: people
          columns: {age: [{range: {max: \(oldest)}}]}
          on_fail: quarantine
        - load: log
          from: SELECT id, n FROM people
          into: out/log.csv
          mode: append
        """
    }

    @Test func `rows of a workbook come back as its cells are read`() async throws {
        let project = try TestProject(Self.people(oldest: 120))
        let rows = """
            id,n,day,age,note
            1,10,2024-02-28,30,fine
            2,two,2024-02-29,40,"a comma, a ""quote"" and
            two lines"
            3,30,2024-03-01,500,größer
            4,40,2024-03-02,31,

            """
        try project.write(rows, to: "people.csv")
        _ = try await must(project, "copy", "people.csv", "people.xlsx")
        _ = try await must(project, "run")
        #expect(try await project.rows("SELECT id FROM people ORDER BY id") == ["1", "4"])
        let idle = try await must(project, "replay", "people")
        #expect(
            idle.contains("0 rows replayed, 1 still breaks age (range), 1 still breaks n (type), 0 left"),
            "\(idle)"
        )

        try project.write(steps: Self.people(oldest: 1000))
        let older = try await must(project, "replay", "people")
        #expect(older.contains("1 row replayed, 1 still breaks n (type), 0 left as they were"), "\(older)")
        _ = try await must(project, "quarantine", "people", "--output", "bad.csv")
        try project.write(try project.read("bad.csv").replacing("two\"\",", with: "20\"\","), to: "bad.csv")
        let mended = try await must(project, "replay", "people", "--from", "bad.csv")
        #expect(mended.contains("1 row replayed, 0 left as they were"), "\(mended)")
        #expect(
            try await project.rows(
                "SELECT id, n, day, age, replace(note, chr(10), '/') FROM people ORDER BY id"
            ) == [
                "1,10,2024-02-28,30,fine", #"2,20,2024-02-29,40,"a comma, a ""quote"" and/two lines""#,
                "3,30,2024-03-01,500,größer", "4,40,2024-03-02,31,",
            ]
        )
        #expect(try project.read("out/log.csv") == "id,n\n1,10\n4,40\n3,30\n2,20\n")
    }

    @Test func `cells that could not be read stay when their workbook is gone`() async throws {
        let project = try TestProject(Self.people(oldest: 120))
        try project.write("id,n,day,age\n1,10,2024-02-28,30\n2,two,2024-02-29,40\n", to: "people.csv")
        _ = try await must(project, "copy", "people.csv", "people.xlsx")
        _ = try await must(project, "run")
        try await mustRun("rm", [project.path + "/people.xlsx"])
        let said = try await must(project, "replay", "people")
        #expect(said.contains("people.xlsx"), "\(said)")
        #expect(said.contains("is not there any more: its lines stay"), "\(said)")
        #expect(said.contains("0 rows replayed, 1 left as they were"), "\(said)")
    }

    // MARK: Object stores

    @Test(arguments: ["csv", "ndjson"])
    func `rows of a store's objects come back, and go to one`(ending: String) async throws {
        let store = try await S3Server.shared()
        let bucket = try await store.createBucket()
        let rows = [
            "csv": "id,v\n1,5\n2,x\n3,900\n4,7\n",
            "ndjson": #"{"id":1,"v":5}\#n{"id":2,"v":"x"}\#n{"id":3,"v":900}\#n{"id":4,"v":7}\#n"#,
        ]
        try await store.put(rows[ending] ?? "", at: "\(bucket)/in/a.\(ending)")
        func steps(most: Int) -> String {
            """
            - extract: items
              from: s3://\(bucket)/in/*.\(ending)
              incremental: new_files
              types: {v: int64}
              on_bad_rows: quarantine
            - check: items
              columns: {v: [{range: {max: \(most)}}]}
              on_fail: quarantine
            - load: all
              from: items
              into: s3://\(bucket)/all.csv
            - load: log
              from: SELECT id, v FROM items
              into: s3://\(bucket)/log/
              mode: append
            """
        }
        let project = try TestProject(
            steps(most: 100),
            settings: """
                connections:
                  lake:
                    s3: {endpoint: "127.0.0.1:\(store.port)", key_id: "\(store.keyID)", secret: "${S3_SECRET}", use_ssl: false}
                """
        )
        try project.write("S3_SECRET=\(store.secret)\n", to: ".env")
        _ = try await must(project, "run")
        try project.write(steps: steps(most: 1000))
        let said = try await must(project, "replay", "items")
        #expect(said.contains("1 row replayed, 1 still breaks v (type), 0 left as they were"), "\(said)")
        _ = try await must(project, "quarantine", "items", "--output", "bad.csv")
        try project.write(
            try project.read("bad.csv").replacing("2,x", with: "2,6").replacing(",x", with: ",6"),
            to: "bad.csv"
        )
        let mended = try await must(project, "replay", "items", "--from", "bad.csv")
        #expect(mended.contains("1 row replayed, 0 left as they were"), "\(mended)")
        let loaded = "SELECT string_agg(concat(id, ':', v), ' ' ORDER BY id) FROM"
        #expect(try await project.rows("\(loaded) 's3://\(bucket)/all.csv'") == ["1:5 2:6 3:900 4:7"])
        #expect(try await project.rows("\(loaded) read_parquet('s3://\(bucket)/log/*')") == ["1:5 2:6 3:900 4:7"])
    }

    // MARK: Models

    private func shop(_ loads: String, oldest: Int = 120) throws -> TestProject {
        let project = try TestProject(settings: "database: shop.duckdb")
        try project.write(steps: Self.shop(loads, oldest: oldest))
        try project.write(
            "name: shop\nversion: '1.0'\nprofile: shop\nmodels: {shop: {+materialized: table}}\n",
            to: "dbt_project.yml"
        )
        try project.write("select id, age from {{ source('raw', 'people') }}", to: "models/clean.sql")
        try project.write(
            "select count(*) as people, sum(age) as years from {{ ref('clean') }}",
            to: "models/totals.sql"
        )
        try project.write(
            """
            sources: [{name: raw, schema: main, tables: [{name: people}]}]
            models:
              - name: clean
                columns: [{name: id, data_tests: [unique, not_null]}]
            """,
            to: "models/schema.yml"
        )
        try project.write("id,age\n1,30\n2,500\n3,40\n", to: "people.csv")
        return project
    }

    private static func shop(_ loads: String, oldest: Int) -> String {
        """
        - extract: people
          from: people.csv
        - check: people
          columns: {age: [{range: {max: \(oldest)}}]}
          on_fail: quarantine
        - build: "*"
        \(loads)
        """
    }

    @Test func `models are built again, and what loads them`() async throws {
        let load = "- load: totals\n  into: out/totals.csv"
        let project = try shop(load)
        _ = try await must(project, "run")
        #expect(try project.read("out/totals.csv") == "people,years\n2,70\n")
        try project.write(steps: Self.shop(load, oldest: 1000))
        let said = try await must(project, "replay", "people")
        #expect(said.contains("1 row replayed, 0 left as they were"), "\(said)")
        #expect(try project.read("out/totals.csv") == "people,years\n3,570\n")
        #expect(try await project.rows("SELECT count(*) FROM clean") == ["3"])
    }

    @Test func `a test of a model that fails holds its readers up, until the replay is started again`() async throws {
        let load = "- load: totals\n  into: out/totals.csv"
        let project = try shop(load)
        _ = try await must(project, "run")
        try project.write(steps: Self.shop(load, oldest: 1000))
        let schema = try project.read("models/schema.yml")
        let strict = "[unique, not_null, {accepted_values: {values: [1, 3], quote: false}}]"
        try project.write(schema.replacing("[unique, not_null]", with: strict), to: "models/schema.yml")
        let failed = try await project.pintail("replay", "people")
        #expect(failed.exitCode == 1, "\(failed.standardError)")
        #expect(try project.read("out/totals.csv") == "people,years\n2,70\n")
        try project.write(schema, to: "models/schema.yml")
        _ = try await must(project, "replay", "people")
        #expect(try project.read("out/totals.csv") == "people,years\n3,570\n")
        let idle = try await must(project, "replay", "people")
        #expect(idle.contains("there is nothing to replay"), "\(idle)")
    }

    @Test func `what a model adds to a load that appends is not known, and refused before anything changes`()
        async throws
    {
        let load = "- load: log\n  from: clean\n  into: out/log.csv\n  mode: append"
        let project = try shop(load)
        _ = try await must(project, "run")
        #expect(try project.read("out/log.csv") == "id,age\n1,30\n3,40\n")
        try project.write(steps: Self.shop(load, oldest: 1000))
        let refused = try await project.pintail("replay", "people")
        #expect(refused.exitCode == 1)
        #expect(
            refused.standardError.contains(
                "load 'log' adds rows, and what the replayed ones add cannot be told: models lie between it and people"
            ),
            "\(refused.standardError)"
        )
        #expect(try await project.rows("SELECT count(*) FROM people") == ["2"])
        #expect(try project.read("out/log.csv") == "id,age\n1,30\n3,40\n")
    }
}

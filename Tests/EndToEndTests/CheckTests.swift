import TestSupport
import Testing

/// What a check that fails does to the tables, and how a user goes on from there.
@Suite struct `A failed check` {
    static let steps = """
        - extract: people
          from: people.csv
        - extract: cities
          from: cities.csv
        - check: people
          columns: {id: [not_null, unique], age: [{range: {min: 0, max: 120}}]}
        - transform: old
          sql: SELECT * FROM people WHERE age > 70
        - load: old
          into: out/old.csv
        - transform: town
          sql: SELECT upper(name) AS name FROM cities
        """

    @Test func `leaves yesterday's table, skips what needs it, lets all else go on, and is retried`() async throws {
        let project = try TestProject(Self.steps)
        try project.write("id,age\n1,80\n2,20\n", to: "people.csv")
        try project.write("name\nRoma\n", to: "cities.csv")
        #expect(try await project.pintail("run").exitCode == 0)

        try project.write("id,age\n1,80\n1,500\n3,90\n", to: "people.csv")
        try project.write("name\nOslo\n", to: "cities.csv")
        let failed = try await project.pintail("run")
        #expect(failed.exitCode == 1)
        #expect(failed.standardError.contains("not run"), "\(failed.standardError)")
        #expect(failed.standardError.contains("pintail retry"))
        #expect(try await project.rows("SELECT id, age FROM people ORDER BY id") == ["1,80", "2,20"])
        #expect(try project.read("out/old.csv") == "id,age\n1,80\n")
        #expect(try await project.rows("FROM town") == ["OSLO"])
        #expect(try await project.tables() == ["main.cities", "main.old", "main.people", "main.town"])
        let run = try await project.latestRun()
        let told = try await project.pintail("runs", run)
        #expect(told.standardOutput.contains("repeats an earlier value"), "\(told.standardOutput)")

        try project.write("id,age\n1,80\n2,50\n3,90\n", to: "people.csv")
        let retried = try await project.pintail("retry", run)
        #expect(retried.exitCode == 0, "\(retried.standardError)")
        #expect(try project.read("out/old.csv") == "id,age\n1,80\n3,90\n")
        // What had succeeded is not done again.
        #expect(!retried.standardError.contains("start town"), "\(retried.standardError)")
    }

    @Test func `puts bad rows into quarantine, from where they can be read, and goes on with the good ones`()
        async throws
    {
        let project = try TestProject(
            """
            - extract: people
              from: people.csv
            - check: people
              columns: {id: [not_null], age: [{range: {min: 0, max: 120}}]}
              on_fail: quarantine
            - load: people
              into: out/people.csv
            """
        )
        try project.write("id,age\n1,80\n2,500\n,30\n4,-1\n", to: "people.csv")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(try project.read("out/people.csv") == "id,age\n1,80\n")
        let bad = try await project.rows("SELECT rule, raw->>'age' FROM quarantine.people ORDER BY ALL")
        #expect(bad == ["not_null,30", "range,-1", "range,500"])
    }

    @Test func `that only warns is told and changes nothing`() async throws {
        let project = try TestProject(
            """
            - extract: people
              from: people.csv
            - check: people
              columns: {age: [{range: {min: 0, max: 120}, on_fail: warn}]}
            """
        )
        try project.write("id,age\n1,80\n2,500\n", to: "people.csv")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(result.standardError.contains("warning"))
        #expect(try await project.rows("SELECT count(*) FROM people") == ["2"])
    }

    @Test(arguments: ["fail", "warn", "evolve"])
    func `on drift names the columns that came, went and changed`(policy: String) async throws {
        let project = try TestProject(
            """
            - extract: people
              from: people.csv
            - check: people
              drift: \(policy)
            """
        )
        try project.write("id,age,name\n1,80,Ada\n", to: "people.csv")
        #expect(try await project.pintail("run").exitCode == 0)
        try project.write("id,age,city\n1,eighty,Roma\n", to: "people.csv")
        let drifted = try await project.pintail("run")
        #expect(drifted.exitCode == (policy == "fail" ? 1 : 0), "\(drifted.standardError)")
        if policy != "evolve" {
            for column in ["age", "name", "city"] { #expect(drifted.standardError.contains(column)) }
        }
        let columns = try await project.rows("SELECT column_name FROM (DESCRIBE people)")
        #expect(columns == (policy == "fail" ? ["id", "age", "name"] : ["id", "age", "city"]))
        // Once accepted, the new columns are what is promised.
        let again = try await project.pintail("run")
        #expect(again.exitCode == (policy == "fail" ? 1 : 0))
    }
}

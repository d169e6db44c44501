import TestSupport
import Testing

/// Loads by key of rows some of which are put aside: keys are counted while the server looks names up.
@Suite struct KeyedRowsTests {
    private func project(key: String) async throws -> PostgresProject {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE kinds (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE NOT NULL);
                CREATE TABLE things (code text NOT NULL, kind_id int NOT NULL REFERENCES kinds, size int, UNIQUE (\(key)));
                INSERT INTO kinds (name) VALUES ('known'), ('other')
                """
        )
        try project.pipeline(
            """
            - extract: things
              from: things.csv
            - load: things
              into: pg.public.things
              mode: upsert
              key: [\(key)]
              references:
                kind_id: {from: kind, table: kinds, match: name, missing: quarantine}
            """
        )
        return project
    }

    private let found = """
        SELECT string_agg(concat_ws(' ', code, name, size), ',' ORDER BY code, name)
        FROM things JOIN kinds k ON k.id = kind_id
        """

    @Test func `a row that is put aside outdoes no other, and needs no key`() async throws {
        let project = try await project(key: "code")
        try project.folder.write(
            """
            code,kind,size
            a,known,1
            b,strange,2
            ,strange,3
            c,known,4
            c,strange,5
            d,,6
            d,known,7
            e,known,8
            e,other,9

            """,
            to: "things.csv"
        )
        let said = try await project.mustPintail("run")
        let counts = "4 inserted, 0 updated, 0 unchanged, 1 superseded, 4 quarantined (9 processed)"
        #expect(said.contains(counts), "\(said)")
        #expect(try await project.rows(found) == "a known 1,c known 4,d known 7,e other 9")
        let again = try await project.mustPintail("run")
        #expect(again.contains("0 inserted, 0 updated, 4 unchanged, 1 superseded, 4 quarantined"), "\(again)")
    }

    @Test func `a row without a key stops the load when it would be taken`() async throws {
        let project = try await project(key: "code")
        try project.folder.write("code,kind,size\na,known,1\n,strange,2\n,known,3\n", to: "things.csv")
        let result = try await project.pintail("run")
        #expect(result.exitCode != 0)
        #expect(result.standardError.contains("1 row"), "\(result.standardError)")
        #expect(try await project.rows("SELECT count(*) FROM things") == "0")
    }

    @Test func `a key may be made of what is looked up`() async throws {
        let project = try await project(key: "kind_id, code")
        try project.folder.write(
            "code,kind,size\na,known,1\na,other,2\na,strange,3\nb,known,4\nb,known,5\n",
            to: "things.csv"
        )
        let said = try await project.mustPintail("run")
        #expect(said.contains("3 inserted, 0 updated, 0 unchanged, 1 superseded, 1 quarantined"), "\(said)")
        #expect(try await project.rows(found) == "a known 1,a other 2,b known 5")
    }

    @Test func `keys that are counted part by part are found twice in each of them`() async throws {
        let project = try await project(key: "code")
        // Sixteen megabytes are left to DuckDB: three parts.
        let settings = try project.folder.read("pintail.yml")
        try project.folder.write(settings + "resources: {memory: 100MB}\n", to: "pintail.yml")
        let lines = (0..<300_000).map { "code \($0 % 290_000),\($0 == 7 ? "strange" : "known"),\($0)\n" }
        try project.folder.write("code,kind,size\n" + lines.joined(), to: "things.csv")
        let said = try await project.mustPintail("run")
        let counts = "290,000 inserted, 0 updated, 0 unchanged, 9,999 superseded, 1 quarantined (300,000 processed)"
        #expect(said.contains(counts), "\(said)")
        let newest = "SELECT count(*), min(size), max(size), count(*) FILTER (WHERE size < 10000) FROM things"
        #expect(try await project.rows(newest) == "290000|10000|299999|0")
        let again = try await project.mustPintail("run")
        #expect(again.contains("290,000 unchanged"), "\(again)")
    }
}

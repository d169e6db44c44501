import TestSupport
import Testing

/// Row contracts on real files: what is put aside, and where it stood.
@Suite struct `Rows that break their contract` {
    @Test func `carry file, line, column, rule, raw value and run`() async throws {
        let project = try TestProject(
            """
            - extract: people
              from: [a.csv, b.csv]
            - check: people
              columns:
                mail: [not_null, {format: email}]
                age: [{type: int64}, {range: {min: 0, max: 120}}]
                born: {format: {date: "%d/%m/%Y"}}
              rows:
                paid: gross >= net
              on_fail: quarantine
            - load: people
              into: out/people.csv
            """
        )
        try project.write(
            """
            mail,age,born,net,gross,note
            ann@example.com,30,31/01/1990,1,2,"two
            lines"
            "Jörg@bücher.example",41,01/02/1980,2,2,
            nobody,x,1990-01-31,3,2,"a ""quoted"" one"

            bob@example.com,200,31/01/1990,1,2,

            """,
            to: "a.csv"
        )
        try project.write(
            "mail,age,born,net,gross,note\n,1,31/02/1990,1,NaN,\ncy@example.com,7,03/03/2017,5,6,\n",
            to: "b.csv"
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(try project.read("out/people.csv").split(separator: "\n").count == 5)
        let broken = try await project.rows(
            """
            SELECT concat_ws(' ', file, line, row_number, column_name, rule, coalesce(value, 'NULL')) FROM (
                SELECT file, line, row_number, unnest(broken, max_depth := 2) FROM quarantine.people) ORDER BY ALL
            """
        )
        #expect(
            broken == [
                "a.csv 5 3 age range x", "a.csv 5 3 age type x", "a.csv 5 3 born format 1990-01-31",
                "a.csv 5 3 mail format nobody",
                "\"a.csv 5 3 net, gross paid net = 3, gross = 2.0\"",
                "a.csv 7 4 age range 200", "b.csv 2 1 born format 31/02/1990", "b.csv 2 1 mail not_null NULL",
            ],
            "\(broken)"
        )
        let run = try await project.latestRun()
        let runs = try await project.rows("SELECT DISTINCT run_id, node, raw_form FROM quarantine.people")
        #expect(runs == ["\(run),check:people,row"])
    }

    @Test(
        arguments: [
            ("gz", "people.csv.gz"), ("utf-16", "people.csv"), ("lazy", "people.csv"), ("quarantine", "people.csv"),
        ]
    )
    func `are found again in files that were unpacked, rewritten, read in place or had bad lines`(
        kind: String,
        file: String
    ) async throws {
        let options =
            switch kind {
            case "lazy": "strategy: lazy"
            case "quarantine": "on_bad_rows: quarantine\n  types: {age: int64}"
            default: "dates: auto"
            }
        let project = try TestProject(
            """
            - extract: people
              from: \(file)
              \(options)
            - check: people
              columns: {name: {regex: "[a-z]+"}}
              on_fail: quarantine
            """
        )
        try project.write(
            "name,age,day\nann,1,2024-01-31\n\"b\nb\",2,2024-01-31\nx,y,z,w\ncy,n,2024-01-31\nDee,4,2024-01-31\nX,5,2024-01-31\n",
            to: "raw.csv"
        )
        if kind != "quarantine" {
            try project.write(
                "name,age,day\nann,1,2024-01-31\n\"b\nb\",2,2024-01-31\nx,3,2024-01-31\ncy,3,2024-01-31\nDee,4,2024-01-31\nX,5,2024-01-31\n",
                to: "raw.csv"
            )
        }
        switch kind {
        case "gz":
            try await mustRun("sh", ["-c", "gzip -c '\(project.path)/raw.csv' > '\(project.path)/people.csv.gz'"])
        case "utf-16":
            try await mustRun(
                "sh",
                ["-c", "iconv -f UTF-8 -t UTF-16 '\(project.path)/raw.csv' > '\(project.path)/people.csv'"]
            )
        default: try await mustRun("cp", ["\(project.path)/raw.csv", "\(project.path)/people.csv"])
        }
        let result = try await project.pintail("run")
        #expect(result.exitCode == 0, "\(result.standardError)")
        let places = try await project.rows(
            "SELECT concat_ws(' ', file, line, row_number, rule, replace(value, chr(10), '|')) FROM quarantine.people ORDER BY row_number"
        )
        let own = ["\(file) 3 2 regex b|b", "\(file) 7 5 regex Dee", "\(file) 8 6 regex X"]
        #expect(
            places == (kind == "quarantine" ? [own[0], "\(file) 5 3 read", "\(file) 6 4 type n", own[1], own[2]] : own)
        )
        #expect(try project.leftovers() == [])
    }

    @Test(arguments: ["ndjson", "json", "parquet"])
    func `are found again in files of other formats`(format: String) async throws {
        let project = try TestProject(
            """
            - extract: people
              from: [a.\(format), b.\(format)]
            - check: people
              columns: {name: {format: hostname}}
              on_fail: quarantine
            """
        )
        for (name, names) in [("a", ["ann", "b b"]), ("b", ["cy", "d_e", "f", "-g"])] {
            switch format {
            case "ndjson":
                try project.write(names.map { "{\"name\": \"\($0)\"}" }.joined(separator: "\n\n"), to: "\(name).ndjson")
            case "json":
                try project.write(
                    "[" + names.map { "{\"name\": \"\($0)\"}" }.joined(separator: ",") + "]",
                    to: "\(name).json"
                )
            default:
                let values = names.map { "('\($0)')" }.joined(separator: ", ")
                let query = "FROM (VALUES \(values)) AS v(name)"
                let made = try await project.pintail("query", "--output", "\(name).parquet", query)
                #expect(made.exitCode == 0, "\(made.standardError)")
            }
        }
        let result = try await project.pintail("run")
        #expect(result.exitCode == 0, "\(result.standardError)")
        let places = try await project.rows(
            "SELECT concat_ws(' ', file, line, row_number, value) FROM quarantine.people ORDER BY file, row_number"
        )
        let isNDJSON = format == "ndjson"
        #expect(
            places == [
                "a.\(format) \(isNDJSON ? "3 " : "")2 b b", "b.\(format) \(isNDJSON ? "3 " : "")2 d_e",
                "b.\(format) \(isNDJSON ? "7 " : "")4 -g",
            ]
        )
    }

    @Test func `keep their lines through a check before and among rows added to others`() async throws {
        let project = try TestProject(
            """
            - extract: people
              from: in/*.csv
              incremental: new_files
            - check: people
              columns: {name: {regex: "[a-z ]+"}}
              on_fail: quarantine
            - check: people
              name: second
              columns: {name: {regex: "[a-z]+"}}
              rows: [age < 100]
              on_fail: quarantine
            """
        )
        try project.write("name,age\nann,1\nB,2\nc c,3\nDD,5\ne e,300\nff,4\n", to: "in/a.csv")
        let first = try await project.pintail("run")
        #expect(first.exitCode == 0, "\(first.standardError)")
        try project.write("name,age\ngg,100\nH,2\nii,3\n", to: "in/b.csv")
        let second = try await project.pintail("run")
        #expect(second.exitCode == 0, "\(second.standardError)")
        let places = try await project.rows(
            "SELECT concat_ws(' ', file, line, row_number, node, rule, len(broken)) FROM quarantine.people ORDER BY file, line"
        )
        #expect(
            places == [
                "in/a.csv 3 2 check:people regex 1", "in/a.csv 4 3 second regex 1", "in/a.csv 5 4 check:people regex 1",
                "in/a.csv 6 5 second regex 2", "in/b.csv 2 1 second age < 100 1", "in/b.csv 3 2 check:people regex 1",
            ]
        )
        #expect(try await project.rows("SELECT name FROM people ORDER BY 1") == ["ann", "ff", "ii"])
    }

    @Test func `are found among a hundred thousand, lines within quotes counted`() async throws {
        let project = try TestProject(
            """
            - extract: people
              from: people.csv
            - check: people
              columns: {mail: {format: email}, born: {format: {date: "%d/%m/%Y"}}}
              on_fail: quarantine
            """
        )
        let query = """
            SELECT i AS id, CASE WHEN i % 100 = 0 THEN 'nobody' ELSE 'ü' || i || '@example.com' END AS mail,
                strftime(DATE '1970-01-01' + (i % 20000)::INT, '%d/%m/%Y') AS born,
                CASE WHEN i % 10 = 0 THEN 'two' || chr(10) || 'lines' END AS note FROM range(1, 100001) t(i)
            """
        let made = try await project.pintail("query", "--output", "people.csv", query)
        #expect(made.exitCode == 0, "\(made.standardError)")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 0, "\(result.standardError)")
        let found = try await project.rows(
            """
            SELECT count(*), count_if(line = id + 1 + (id - 1) // 10), count_if(row_number = id)
            FROM (SELECT *, (raw->>'id')::BIGINT AS id FROM quarantine.people)
            """
        )
        #expect(found == ["1000,1000,1000"])
    }

    @Test func `have no line when their file changed meanwhile, and that is said`() async throws {
        let project = try TestProject(
            """
            - extract: people
              from: people.csv
            - command: sh grow.sh
              name: grow
              after: people
            - check: people
              columns: {name: {regex: "[a-z]+"}}
              on_fail: quarantine
              after: grow
            """
        )
        try project.write("echo new,9 >> people.csv\n", to: "grow.sh")
        try project.write("name,age\nann,1\nB,2\n", to: "people.csv")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(result.standardError.contains("people.csv changed after it was read"), "\(result.standardError)")
        let places = try await project.rows("SELECT file IS NULL, value FROM quarantine.people")
        #expect(places == ["true,B"])
    }

    @Test func `of a table that a transform made have no line`() async throws {
        let project = try TestProject(
            """
            - extract: people
              from: people.csv
            - transform: grown
              sql: SELECT * FROM people WHERE age > 1
            - check: grown
              columns: {name: {regex: "[a-z]+"}}
              on_fail: quarantine
            """
        )
        try project.write("name,age\nann,1\nB,2\n", to: "people.csv")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 0, "\(result.standardError)")
        let places = try await project.rows(
            "SELECT file IS NULL, line IS NULL, row_number IS NULL, value FROM quarantine.grown"
        )
        #expect(places == ["true,true,true,B"])
    }

    @Test func `are told at their place when a rule does not parse`() async throws {
        let project = try TestProject(
            """
            - extract: people
              from: people.csv
            - check: people
              rows: [age >= 18, "age >= = 1"]
            """
        )
        try project.write("name,age\nann,1\n", to: "people.csv")
        let result = try await project.pintail("validate")
        #expect(result.exitCode == 2, "\(result.standardError)")
        #expect(
            result.standardError.contains("rule 'age >= = 1' of check 'check:people' cannot be read: syntax error")
                && result.standardError.contains("pipelines/test.yml:6:31"),
            "\(result.standardError)"
        )
    }

    @Test func `are told at their place when a rule names a column that is not there`() async throws {
        let project = try TestProject(
            """
            - extract: people
              from: people.csv
            - check: people
              rows:
                adult: age >= 18
                order: {condition: "start_at <= ends", nulls: fail}
            """
        )
        try project.write("name,age,starts_at,ends\nann,1,1,2\n", to: "people.csv")
        let result = try await project.pintail("validate")
        #expect(result.exitCode == 2, "\(result.standardError)")
        #expect(
            result.standardError.contains("rule 'order' of check 'check:people' does not bind: ")
                && result.standardError.contains("^^^^^^^^ did you mean 'starts_at'?")
                && result.standardError.contains("pipelines/test.yml:8:27"),
            "\(result.standardError)"
        )
    }
}

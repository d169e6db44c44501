import TestSupport
import Testing

/// Where a mistake in a node's code is shown: at its line and column of the file, whatever stands before the code.
@Suite struct `places of mistakes in dbt projects` {
    private func project(_ name: String, _ text: String) throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write("name: shop\nprofile: shop\n", to: "dbt_project.yml")
        try folder.write("shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n", to: "profiles.yml")
        try folder.write("select 1 as id, date '2026-01-01' as day", to: "models/numbers.sql")
        try folder.write(text, to: name)
        return folder
    }

    private func told(_ verb: String, in folder: TemporaryDirectory) async throws -> String {
        let result = try await run(PintailBinary.path, [verb], currentDirectory: folder.path)
        #expect(result.exitCode != 0)
        return result.standardError
    }

    @Test(arguments: ["build", "validate"])
    func `blank lines before the code are lines of the file`(verb: String) async throws {
        let broken = try project("models/m.sql", "\n\n  \n  select {{ ref('numbers' }}\n")
        #expect(try await told(verb, in: broken).contains("--> models/m.sql:4:27\n"))
        let raising = try project("models/m.sql", "\n\n\t{{ 1 + 'a' }}")
        #expect(try await told(verb, in: raising).contains("--> models/m.sql:3:5\n"))
        let unknown = try project("models/m.sql", "\n\n  select ident\n  from {{ ref('numbers') }}")
        #expect(try await told(verb, in: unknown).contains("--> models/m.sql:3:10\n"))
    }

    @Test(arguments: ["build", "validate"])
    func `a snapshot's code begins behind its tag`(verb: String) async throws {
        let config = "{{ config(strategy='check', unique_key='id', check_cols='all') }}"
        let text = "{# kept #}\n{% snapshot s %}\(config)\nselect ident\nfrom {{ ref('numbers') }}{% endsnapshot %}"
        #expect(try await told(verb, in: project("snapshots/s.sql", text)).contains("--> snapshots/s.sql:3:8\n"))
        let inTagLine = "{% snapshot s %}{{ ref('numbers' }}{% endsnapshot %}"
        #expect(try await told(verb, in: project("snapshots/s.sql", inTagLine)).contains("--> snapshots/s.sql:1:34\n"))
    }

    @Test func `what a snapshot of a property file reads is shown there`() async throws {
        let text = "snapshots:\n  - name: s\n    relation: ref('numbers'\n    config: {strategy: check}\n"
        let told = try await told("build", in: project("snapshots/s.yml", text))
        #expect(told.contains("--> snapshots/s.yml:3:29\n"), "\(told)")
    }
}

import Foundation
import TestSupport
import Testing

@testable import PintailProject

/// A project that was read before is read again: whatever has changed, the manifest is the one of a first reading.
@Suite struct `Reading again` {
    /// What somebody does to a project between two readings.
    struct Edit: CustomTestStringConvertible, Sendable {
        let name: String
        /// Whether the manifest that is there can be changed.
        let isPartial: Bool
        var options: @Sendable (inout DbtProject.Options) -> Void = { _ in }
        var make: @Sendable (ReadProject) throws -> Void = { _ in }
        var testDescription: String { name }

        init(_ name: String, isPartial: Bool, _ make: @escaping @Sendable (ReadProject) throws -> Void) {
            (self.name, self.isPartial, self.make) = (name, isPartial, make)
        }

        init(_ name: String, options: @escaping @Sendable (inout DbtProject.Options) -> Void) {
            (self.name, self.isPartial, self.options) = (name, false, options)
        }

        static func append(_ text: String, to file: String, isPartial: Bool = false) -> Edit {
            Edit("\(file) gets \(text.debugDescription)", isPartial: isPartial) { project in
                try project.write(project.folder.read(file) + text, to: file)
            }
        }

        static func add(_ text: String, as file: String) -> Edit {
            Edit("\(file) is new", isPartial: false) { try $0.write(text, to: file) }
        }

        static func touch(_ file: String, isPartial: Bool = true) -> Edit {
            Edit("\(file) is touched", isPartial: isPartial) { try $0.write($0.folder.read(file), to: file) }
        }
    }

    static let edits: [Edit] = [
        Edit("nothing", isPartial: true) { _ in },
        // Nodes with a file of their own.
        .append("\n-- seen \"twice\"\n\\", to: "models/plain.sql", isPartial: true),
        .append("\n-- seen twice", to: "models/called.sql", isPartial: true),
        .append("\n-- seen twice", to: "models/calm.sql", isPartial: true),
        .append("\n-- {{ var('day', 'monday') }}", to: "models/plain.sql", isPartial: true),
        .append("\n-- {{ env_var('SHOP_NEW', 'none') }}", to: "models/plain.sql", isPartial: true),
        .append("\n-- twice", to: "models/handed.sql", isPartial: true),
        Edit("a model's SQL changes between its tags", isPartial: true) { project in
            let text = try project.folder.read("models/called.sql")
            try project.write(
                text.replacingOccurrences(of: " as day from", with: " as that_day from"),
                to: "models/called.sql"
            )
        },
        .append("\n-- twice", to: "analyses/sums.sql", isPartial: true),
        .append("\n-- twice", to: "tests/none_is_negative.sql", isPartial: true),
        .append("3,30\n", to: "seeds/raw.csv", isPartial: true),
        .append("\n-- twice", to: "dbt_packages/tools/models/tooled.sql", isPartial: true),
        Edit("a model becomes shorter, and another longer", isPartial: true) { project in
            try project.write("select * from {{ ref('raw') }}", to: "models/plain.sql")
            try project.write(project.folder.read("models/called.sql") + " -- and more", to: "models/called.sql")
        },
        Edit("a model becomes empty", isPartial: true) { try $0.write("", to: "models/calm.sql") },
        .touch("models/plain.sql"), .touch("models/schema.yml"), .touch("seeds/raw.csv"), .touch("macros/own.sql"),
        .touch("models/words.md"),
        // What a node asks for.
        .append("\njoin {{ ref('calm') }} using (id)", to: "models/plain.sql"),
        .append("\n{{ config(tags=['late']) }}", to: "models/plain.sql"),
        .append("\n{{ least(1) }}", to: "models/plain.sql"),
        .append("\n{{ this }} {{ model.name }}", to: "models/plain.sql"),
        .append("\n-- twice", to: "models/counted.sql"),
        Edit("a text that a model hands to ref is another", isPartial: false) { project in
            let text = try project.folder.read("models/handed.sql")
            try project.write(text.replacingOccurrences(of: "%}raw{%", with: "%}calm{%"), to: "models/handed.sql")
        },
        .append("\n{{ run_started_at }}", to: "models/plain.sql"),
        // Everything else.
        .append("\n{% macro more() %}{% endmacro %}", to: "macros/own.sql"),
        .append("  - name: calm\n    description: quiet\n", to: "models/schema.yml"),
        .append("\n{% docs second %}b{% enddocs %}", to: "models/words.md"),
        .append("\nmodels: {shop: {+materialized: table}}\n", to: "dbt_project.yml"),
        .append("# looked at\n", to: "profiles.yml"),
        .append(" where 1 = 1", to: "snapshots/kept.sql"),
        .append("\n{% macro tool() %}tool{% endmacro %}", to: "dbt_packages/tools/macros/tools.sql"),
        .append("\nvars: {tool: 2}\n", to: "dbt_packages/tools/dbt_project.yml"),
        .add("select 1 as id", as: "models/deep/er/new.sql"), .add("id\n1\n", as: "seeds/more.csv"),
        .add("version: 2\n", as: "models/other.yml"), .add("calm.sql\n", as: ".dbtignore"),
        .add("selectors: [{name: a, definition: calm}]\n", as: "selectors.yml"),
        .add("name: other\nversion: '1.0'\n", as: "dbt_packages/other/dbt_project.yml"),
        .add("name: half\nversion: '1.0'\n", as: "dbt_packages/half/dbt_project.yml"),
        Edit("a model is deleted", isPartial: false) { try $0.remove("models/calm.sql") },
        Edit("a model is renamed", isPartial: false) { try $0.rename("models/calm.sql", "models/calmer.sql") },
        Edit("a model moves to another folder", isPartial: false) { project in
            try project.write("", to: "models/far/.keep")
            try project.rename("models/calm.sql", "models/far/calm.sql")
        },
        Edit("two models change their places", isPartial: false) { project in
            try project.rename("models/calm.sql", "models/x.sql")
            try project.rename("models/plain.sql", "models/calm.sql")
            try project.rename("models/x.sql", "models/plain.sql")
        },
        Edit("a package is gone", isPartial: false) { try $0.remove("dbt_packages/tools") },
        Edit("the manifest was written by another", isPartial: false) { project in
            try project.write(project.folder.read("target/manifest.json") + " ", to: "target/manifest.json")
        },
        Edit("the manifest is gone", isPartial: false) { try $0.remove("target/manifest.json") },
        Edit("variables are given") { $0.vars = ["day": "friday"] },
        Edit("another target") { $0.target = "prod" },
        Edit("another flag") { $0.flags = ["FULL_REFRESH": true] },
        Edit("a variable of the environment has another value") { $0.environment["SHOP_SCHEMA"] = "elsewhere" },
        Edit("a variable of the environment is set that was not") { $0.environment["SHOP_ALIAS"] = "other" },
    ]

    @Test(arguments: edits)
    func `gives the manifest of a first reading`(edit: Edit) throws {
        let project = try ReadProject()
        try project.readUntilSettled()
        try edit.make(project)
        var options = project.options
        edit.options(&options)
        let again = try project.read(options)
        #expect(again.isPartial == edit.isPartial)
        try project.expectSameAsFirst(options)
        // And what is noted now serves the reading after it.
        try project.write(project.folder.read("models/called.sql") + "\n-- later", to: "models/called.sql")
        try project.read(options)
        try project.expectSameAsFirst(options)
    }

    @Test func `tells what is doubtful again, and looks anew at the file that it is in`() throws {
        let project = try ReadProject()
        try project.write("models: [{name: nobody}]\n", to: "models/doubtful.yml")
        try project.readUntilSettled()
        try project.write("select 3", to: "models/calm.sql")
        let again = try project.read()
        #expect(again.isPartial)
        #expect(again.warnings == (try project.read(isPartial: false)).warnings)
        #expect(!again.warnings.isEmpty)
        #expect(again.counts == (try project.read(isPartial: false)).counts)
    }

    @Test func `a project that time goes into is read whole every time`() throws {
        let project = try ReadProject()
        try project.write("{{ config(alias='a_' ~ run_started_at) }} select 1", to: "models/timed.sql")
        try project.readUntilSettled(whereKept: false)
        #expect(try project.read().isPartial == false)
        #expect(!project.exists(ReadProject.record))
    }

    @Test func `a name made of a template's text is made anew`() throws {
        let project = try ReadProject()
        let macro = "{% macro generate_alias_name(a, node) %}{{ node.name }}_{{ node.raw_code | length }}{% endmacro %}"
        try project.write(macro, to: "macros/names.sql")
        try project.readUntilSettled(whereKept: false)
        try project.write("select 12345", to: "models/calm.sql")
        try project.read()
        try project.expectSameAsFirst(project.options)
    }

    @Test func `a mistake is told as a first reading tells it`() throws {
        let project = try ReadProject()
        try project.readUntilSettled()
        try project.write("select {{ ref('raw') ", to: "models/plain.sql")
        let error = #expect(throws: Diagnostics.self) { try project.read() }
        #expect(error == #expect(throws: Diagnostics.self) { try project.read(isPartial: false) })
    }

    @Test func `partial_parse in the project switches it off`() throws {
        let project = try ReadProject()
        try project.write(
            project.folder.read("dbt_project.yml") + "flags: {partial_parse: false}\n",
            to: "dbt_project.yml"
        )
        try project.readUntilSettled(whereKept: false)
        #expect(try project.read().isPartial == false)
    }

    @Test func `a record with any byte changed or missing is none`() throws {
        let project = try ReadProject()
        try project.readUntilSettled()
        let record = try Array(project.bytes(ReadProject.record))
        try #require(ParseRecord(record) != nil)
        for place in stride(from: 0, to: record.count, by: 37) {
            var other = record
            other[place] ^= 0x41
            #expect(ParseRecord(other) == nil, "byte \(place)")
            #expect(ParseRecord(Array(record.prefix(place))) == nil, "\(place) bytes")
        }
        for text in ["", "nonsense", "pintail parse 1\n"] {
            try project.write(text, to: ReadProject.record)
            #expect(try project.read().isPartial == false)
            try project.expectSameAsFirst(project.options)
        }
    }

    @Test func `one that was ended between manifest and record leaves the next a whole reading`() throws {
        let project = try ReadProject()
        try project.readUntilSettled()
        let record = try project.bytes(ReadProject.record)
        try project.write("select 4 as much_longer_than_it_was", to: "models/calm.sql")
        #expect(try project.read().isPartial)
        try Data(record).write(to: project.url(ReadProject.record))
        #expect(try project.read().isPartial == false)
        try project.expectSameAsFirst(project.options)
    }

    @Test func `many at once leave the manifest of one`() async throws {
        let project = try ReadProject()
        try project.readUntilSettled()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<8 {
                group.addTask {
                    try await blocking {
                        if round.isMultiple(of: 2) { try project.write("select \(round)", to: "models/calm.sql") }
                        try project.read(isPartial: round != 5)
                    }
                }
            }
            try await group.waitForAll()
        }
        try project.read()
        try project.expectSameAsFirst(project.options)
        let left = try project.folder.names(in: "target")
        #expect(left == ["manifest.json", "partial_parse.pintail"])
    }

    @Test func `what cannot be written is told, and leaves the manifest as it was`() throws {
        let project = try ReadProject()
        try project.write("in the way", to: "target")
        #expect(throws: (any Error).self) { try project.read() }
    }
}

/// A project that is read, changed and read again.
final class ReadProject: Sendable {
    static let record = "target/partial_parse.pintail"
    let folder: TemporaryDirectory
    let options: DbtProject.Options

    init() throws {
        folder = try TemporaryDirectory()
        var options = DbtProject.Options(environment: ["SHOP_SCHEMA": "main"])
        options.now = 1_763_000_000.5
        self.options = options
        for (name, text) in Self.files { try folder.write(text, to: name) }
    }

    private static let files = [
        "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
        "profiles.yml": """
        shop:
          target: dev
          outputs:
            dev: {type: duckdb, path: shop.duckdb, schema: "{{ env_var('SHOP_SCHEMA') }}"}
            prod: {type: duckdb, path: prod.duckdb}

        """,
        "seeds/raw.csv": "id,amount\n1,10\n2,20\n",
        "models/plain.sql": "select * from {{ ref('raw') }}",
        "models/called.sql": """
        {{ config(materialized='incremental', alias=env_var('SHOP_ALIAS', 'called')) }}
        select *, '{{ var('day', 'monday') }}' as day from {{ ref('plain') }}
        {% if is_incremental() %} where id > {{ least(3) }} {% endif %} -- {{ tools.tooled() }}
        """,
        "models/calm.sql": "select 1 as id",
        "models/handed.sql": "{% set from %}raw{% endset %}select * from {{ ref(from) }}",
        "models/counted.sql": "{{ config(tags=['of_' ~ (model.raw_code | length)]) }} select 2 as id",
        "models/schema.yml": """
        version: 2
        models:
          - name: plain
            description: "{{ doc('first') }}"
            columns: [{name: id, tests: [unique, not_null]}]

        """,
        "models/words.md": "{% docs first %}a{% enddocs %}",
        "macros/own.sql": "{% macro least(n) %}{{ n }}{% endmacro %}",
        "analyses/sums.sql": "select sum(amount) from {{ ref('plain') }}",
        "tests/none_is_negative.sql": "select * from {{ ref('plain') }} where amount < 0",
        "snapshots/kept.sql": """
        {% snapshot kept %}{{ config(unique_key='id', strategy='check', check_cols='all') }}
        select * from {{ ref('raw') }}{% endsnapshot %}
        """,
        "dbt_packages/tools/dbt_project.yml": "name: tools\nversion: '1.0'\n",
        "dbt_packages/tools/macros/tools.sql": "{% macro tooled() %}tooled{% endmacro %}",
        "dbt_packages/tools/models/tooled.sql": "select 2 as id",
        "dbt_packages/half/models/halved.sql": "select 3 as id",
    ]

    func url(_ file: String) -> URL { URL(fileURLWithPath: folder.path + "/" + file) }
    func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: url(file).path) }
    func bytes(_ file: String) throws -> [UInt8] { try Array(Data(contentsOf: url(file))) }
    func write(_ text: String, to file: String) throws { try folder.write(text, to: file) }
    func remove(_ file: String) throws { try FileManager.default.removeItem(at: url(file)) }
    func rename(_ file: String, _ other: String) throws {
        try FileManager.default.moveItem(at: url(file), to: url(other))
    }

    @discardableResult
    func read(_ options: DbtProject.Options? = nil, isPartial: Bool = true) throws -> ManifestUpdate.Outcome {
        let metadata = ManifestArtifact.Metadata(generatedAt: "2026-01-01T00:00:00Z", invocationID: "the same")
        return try ManifestUpdate(of: folder.path, options ?? self.options, artifacts: nil, metadata)
            .run(isPartial: isPartial)
    }

    /// Reads it until nothing in it is so new that a change could go unseen.
    func readUntilSettled(whereKept: Bool = true) throws {
        while true {
            try read()
            guard let bytes = try? bytes(Self.record), let record = ParseRecord(bytes) else {
                #expect(!whereKept)
                return
            }
            let unsettled = record.files.filter { $0.stamp == .none && FileManager.default.fileExists(atPath: $0.path) }
            if unsettled.isEmpty { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }

    func expectSameAsFirst(
        _ options: DbtProject.Options,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let text = try folder.read("target/manifest.json")
        try read(options, isPartial: false)
        #expect(try folder.read("target/manifest.json") == text, sourceLocation: sourceLocation)
    }
}

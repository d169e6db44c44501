import Testing

@testable import PintailProject

/// What is read of packages without fetching anything.
@Suite struct `packages as they are written` {
    @Test(arguments: [
        ("1.2.0", "1.10.0"), ("1.0.0-alpha", "1.0.0"), ("1.0.0-alpha.2", "1.0.0-alpha.10"), ("1.0.0-2", "1.0.0-rc"),
        ("0.9.9", "1.0.0-rc1"), ("1.6.0rc2", "1.6.0"), ("1.6.0b1", "1.6.0rc1"),
    ])
    func `versions are ordered as semver orders them`(lower: String, higher: String) throws {
        let (one, other) = (try #require(SemanticVersion(lower)), try #require(SemanticVersion(higher)))
        #expect(one < other)
        #expect(!(other < one))
    }

    @Test(arguments: ["1.0", "1", "a.b.c", "1.0.0.0", "", "1.0.0-", "1.0.rc1", "rc1"])
    func `what has not three numbers is no version`(text: String) {
        #expect(SemanticVersion(text) == nil)
    }

    @Test(arguments: [
        (">=1.0.0,<2.0.0", "1.5.0", true), (">=1.0.0,<2.0.0", "2.0.0", false), ("1.1.1", "1.1.1", true),
        ("=1.1.1", "1.1.2", false), (">1.0.0", "1.0.0", false), ("<=1.0.0", "1.0.0", true),
        (">=1.6.0rc2", "1.11.16", true),
    ])
    func `claims hold or not`(claims: String, version: String, holds: Bool) throws {
        let claims = try #require(VersionBound.all(in: claims))
        let version = try #require(SemanticVersion(version))
        #expect(claims.allSatisfy { $0.holds(for: version) } == holds)
    }

    /// Fingerprints that dbt wrote into its own lock files for the same requirements.
    @Test(arguments: [
        (
            "packages: [{package: acme/tools, version: ['>=1.0.0', '<2.0.0']}]",
            "10e9024ad59f10075eedabafce8d7ca4eb872bbf"
        ),
        (
            "packages: [{tarball: 'http://127.0.0.1:8765/1.tar.gz', name: tools}]",
            "63ff6cede35fcddc75539167616eaaba614945a7"
        ),
        (
            """
            packages:
              - local: ../l
              - git: "{{ env_var('DBT_ENV_SECRET_X') }}/g"
                revision: v1
                subdirectory: inner
            """, "eb317a56864f5e40640fc626811ccafce9084b7e"
        ),
    ])
    func `locks are fingerprinted as dbt fingerprints them`(yaml: String, fingerprint: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(yaml, to: "packages.yml")
        let names = ProjectContext(environment: ["DBT_ENV_SECRET_X": "/tmp/lk"], vars: [:])
        let required = try PackageRequirements(
            of: folder.path,
            ProjectFiles(root: folder.path),
            ValueRenderer(globals: names)
        )
        #expect(PackageLock.fingerprint(of: required.specs) == fingerprint)
    }

    @Test func `what is wrong with requirements is told all at once`() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            packages:
              - packge: acme/tools
              - package: acme/tools
              - package: acme/tools
                version: one
            """,
            to: "packages.yml"
        )
        let names = ProjectContext(environment: [:], vars: [:])
        let failure = try #require(throws: Diagnostics.self) {
            try PackageRequirements(
                of: folder.path,
                ProjectFiles(root: folder.path),
                ValueRenderer(globals: names)
            )
        }
        #expect(
            failure.all.map { "\($0.location?.line ?? 0) \($0.message)" } == [
                "2 this package has none of 'package', 'git', 'local', 'tarball'",
                "3 the package 'acme/tools' has no version", "5 'one' is no version",
            ]
        )
    }

    @Test(arguments: [
        ("models/old.sql", true), ("models/new.sql", false), ("models/keep/old.sql", false),
        ("models/drafts/a/b.sql", true), ("seeds/x.skip.csv", true), ("tests/deep/er/x.skip.csv", true),
        ("models/drafts.sql", false), ("a/b/tmp/c.sql", true), ("notes [old].md", true),
    ])
    func `.dbtignore speaks gitignore's language`(path: String, isIgnored: Bool) throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "# drafts\nmodels/**/old.sql\n!models/keep/old.sql\ndrafts/\n*.skip.csv\n/a/**/tmp\nnotes \\[old\\].md\n",
            to: ".dbtignore"
        )
        #expect(IgnoreRules(of: folder.path).ignores(path) == isIgnored)
    }

    @Test func `what a Python model reads and is called is known without running it`() {
        let recording = PythonModel.recording(
            of: """
                # dbt.ref("not this")
                def model(dbt, session):
                    dbt.config(materialized="table", tags=["py"])
                    text = 'dbt.ref("nor this")'
                    orders = dbt.ref("orders", v=2)
                    other = dbt.ref('pkg', "items")
                    raw = dbt.source("raw", "events")
                    mydbt.ref("nor that")
                    return dbt.config.get("least", 3)
                """
        )
        #expect(recording.refs.map(\.name) == ["orders", "items"])
        #expect(recording.refs.map(\.package) == [nil, "pkg"])
        #expect(recording.sources == [["raw", "events"]])
        #expect(recording.configs.first == ["materialized": "table", "tags": ["py"]])
        #expect(recording.configs.last?["config_keys_used"] == ["least"])
    }
}

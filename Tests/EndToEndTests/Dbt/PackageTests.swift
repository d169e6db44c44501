import Foundation
import TestSupport
import Testing

/// `pintail deps`: packages from folders, repositories, archives and a hub.
@Suite struct `packages of dbt projects` {
    private func project(_ packages: String, in folder: TemporaryDirectory) throws {
        try folder.write("name: shop\nversion: '1.0'\nprofile: shop\n", to: "shop/dbt_project.yml")
        try folder.write(
            "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n",
            to: "shop/profiles.yml"
        )
        try folder.write("select {{ tools.one() }} as a", to: "shop/models/a.sql")
        try folder.write(packages, to: "shop/packages.yml")
    }

    /// A package called `tools` whose one macro says which of its versions it is.
    private func package(_ version: String, at path: String, in folder: TemporaryDirectory, more: String = "") throws {
        try folder.write("name: tools\nversion: '\(version)'\n\(more)", to: path + "/dbt_project.yml")
        try folder.write("{% macro one() %}'\(version)'{% endmacro %}", to: path + "/macros/one.sql")
    }

    private func pintail(
        _ words: String...,
        in folder: TemporaryDirectory,
        environment: [String: String] = [:]
    ) async throws -> RunResult {
        try await run(
            PintailBinary.path,
            words,
            environment: environment,
            currentDirectory: folder.path + "/shop"
        )
    }

    private func version(in folder: TemporaryDirectory) async throws -> String {
        let shown = try await pintail("compile", "-s", "a", in: folder)
        #expect(shown.exitCode == 0, "\(shown.standardError)")
        return try folder.read("shop/target/compiled/shop/models/a.sql")
    }

    private func git(_ words: String..., in folder: String) async throws {
        let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
        try await mustRun("git", ["-C", folder] + identity + words)
    }

    @Test func `a folder is linked, and what it asks for comes along`() async throws {
        let folder = try TemporaryDirectory()
        try project("packages: [{local: ../tools}]", in: folder)
        try package("1.0.0", at: "tools", in: folder)
        try folder.write("packages: [{local: ../deeper}]", to: "tools/packages.yml")
        try folder.write("name: deeper\n", to: "deeper/dbt_project.yml")
        let installed = try await pintail("deps", in: folder)
        #expect(installed.exitCode == 0, "\(installed.standardError)")
        #expect(installed.standardOutput == "2 packages installed\n")
        #expect(try await version(in: folder) == "select '1.0.0' as a")
        #expect(FileManager.default.fileExists(atPath: folder.path + "/shop/dbt_packages/deeper/dbt_project.yml"))
    }

    @Test func `a missing package is told with the way out`() async throws {
        let folder = try TemporaryDirectory()
        try project("packages:\n  - local: ../tools\n", in: folder)
        try folder.write("models: [{name: a, data_tests: [tools.is_small]}]", to: "shop/models/schema.yml")
        let parsed = try await pintail("parse", in: folder)
        #expect(parsed.exitCode == 2)
        #expect(parsed.standardError.contains("packages.yml:2:"), "\(parsed.standardError)")
        #expect(parsed.standardError.contains("run 'pintail deps'"))
        // What is wrong because of it may well be right with it.
        #expect(!parsed.standardError.contains("is_small"), "\(parsed.standardError)")
    }

    @Test func `a repository is taken at a tag, a branch or a commit, and the lock keeps which it was`() async throws {
        let folder = try TemporaryDirectory()
        try package("1.0.0", at: "repository/inner", in: folder)
        let repository = folder.path + "/repository"
        try await git("init", "--quiet", in: repository)
        try await git("add", ".", in: repository)
        try await git("commit", "--quiet", "-m", "one", in: repository)
        try await git("tag", "v1", in: repository)
        try package("2.0.0", at: "repository/inner", in: folder)
        try await git("commit", "--quiet", "-am", "two", in: repository)
        try project("packages: [{git: '\(repository)', subdirectory: inner, revision: v1}]", in: folder)
        #expect(try await pintail("deps", in: folder).exitCode == 0)
        #expect(try await version(in: folder) == "select '1.0.0' as a")
        try project("packages: [{git: '\(repository)', subdirectory: inner, revision: main}]", in: folder)
        #expect(try await pintail("deps", in: folder).exitCode == 0)
        #expect(try await version(in: folder) == "select '2.0.0' as a")
        try package("3.0.0", at: "repository/inner", in: folder)
        try await git("commit", "--quiet", "-am", "three", in: repository)
        #expect(try await pintail("deps", in: folder).exitCode == 0)
        #expect(try await version(in: folder) == "select '2.0.0' as a")
        #expect(try await pintail("deps", "--upgrade", in: folder).exitCode == 0)
        #expect(try await version(in: folder) == "select '3.0.0' as a")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/shop/dbt_packages/tools/.git"))
    }

    @Test func `a revision that is not there is told with those that are near`() async throws {
        let folder = try TemporaryDirectory()
        try package("1.0.0", at: "repository", in: folder)
        let repository = folder.path + "/repository"
        try await git("init", "--quiet", in: repository)
        try await git("add", ".", in: repository)
        try await git("commit", "--quiet", "-m", "one", in: repository)
        try await git("tag", "v1.0", in: repository)
        try project("packages: [{git: '\(repository)', revision: v1.1}]", in: folder)
        let failed = try await pintail("deps", in: folder)
        #expect(failed.exitCode == 2)
        #expect(failed.standardError.contains("did you mean 'v1.0'?"), "\(failed.standardError)")
    }

    /// A hub with `acme/tools` in these versions.
    private func hub(_ versions: [String: String], in folder: TemporaryDirectory) async throws -> HTTPFileServer {
        let server = try await HTTPFileServer(folder: folder.path)
        var entries: [String: Any] = [:]
        for (version, more) in versions {
            try package(version, at: "archives/\(version)/tools-\(version)", in: folder)
            try await mustRun(
                "tar",
                [
                    "-czf", "\(folder.path)/\(version).tar.gz", "-C", "\(folder.path)/archives/\(version)",
                    "tools-\(version)",
                ]
            )
            var entry = try JSONSerialization.jsonObject(with: Data(more.utf8)) as? [String: Any] ?? [:]
            entry["downloads"] = ["tarball": server.url("\(version).tar.gz")]
            entries[version] = entry
        }
        let listing: [String: Any] = ["name": "tools", "namespace": "acme", "versions": entries]
        try folder.write("[\"acme/tools\"]", to: "api/v1/index.json")
        try folder.write(
            String(decoding: JSONSerialization.data(withJSONObject: listing), as: UTF8.self),
            to: "api/v1/acme/tools.json"
        )
        return server
    }

    @Test func `the hub's newest version within all claims is taken`() async throws {
        let folder = try TemporaryDirectory()
        let server = try await hub(
            [
                "1.0.0": "{}", "1.2.0": "{}", "1.3.0-rc1": "{}", "1.10.0": #"{"require_dbt_version": [">=2.0.0"]}"#,
                "2.0.0": "{}",
            ],
            in: folder
        )
        let environment = ["DBT_PACKAGE_HUB_URL": server.url("")]
        try project("packages: [{package: acme/tools, version: ['>=1.0.0', '<2.0.0']}]", in: folder)
        let installed = try await pintail("deps", in: folder, environment: environment)
        #expect(installed.exitCode == 0, "\(installed.standardError)")
        #expect(installed.standardError.contains("installing acme/tools 1.2.0"))
        #expect(try await version(in: folder) == "select '1.2.0' as a")
        let lock = try folder.read("shop/package-lock.yml")
        #expect(
            lock.hasPrefix("packages:\n  - name: tools\n    package: acme/tools\n    version: 1.2.0\nsha1_hash: "),
            "\(lock)"
        )
    }

    @Test func `a version or package that the hub lacks is told with what it has`() async throws {
        let folder = try TemporaryDirectory()
        let server = try await hub(["1.0.0": "{}"], in: folder)
        let environment = ["DBT_PACKAGE_HUB_URL": server.url("")]
        try project("packages: [{package: acme/tools, version: 3.0.0}]", in: folder)
        let old = try await pintail("deps", in: folder, environment: environment)
        #expect(old.exitCode == 2)
        #expect(old.standardError.contains("no version of 'acme/tools' is =3.0.0"), "\(old.standardError)")
        #expect(old.standardError.contains("there are 1.0.0"))
        try project("packages: [{package: acme/tool, version: 1.0.0}]", in: folder)
        let unknown = try await pintail("deps", in: folder, environment: environment)
        #expect(unknown.standardError.contains("did you mean 'acme/tools'?"), "\(unknown.standardError)")
    }

    @Test func `an archive is fetched with a secret that nobody is shown`() async throws {
        let folder = try TemporaryDirectory()
        let server = try await hub(["1.0.0": "{}"], in: folder)
        try project(
            "packages: [{tarball: \"{{ env_var('DBT_ENV_SECRET_HOST') }}/1.0.0.tar.gz\", name: tools}]",
            in: folder
        )
        let environment = ["DBT_ENV_SECRET_HOST": "http://127.0.0.1:\(server.port)"]
        let installed = try await pintail("deps", in: folder, environment: environment)
        #expect(installed.exitCode == 0, "\(installed.standardError)")
        #expect(try await version(in: folder) == "select '1.0.0' as a")
        #expect(!installed.standardError.contains("127.0.0.1"))
        #expect(try folder.read("shop/package-lock.yml").contains("env_var(''DBT_ENV_SECRET_HOST'')"))
    }

    @Test func `a package is added to packages.yml and installed`() async throws {
        let folder = try TemporaryDirectory()
        let server = try await hub(["1.0.0": "{}"], in: folder)
        try project("# what we use\npackages:\n", in: folder)
        let added = try await pintail(
            "deps",
            "--add-package",
            "acme/tools@1.0.0",
            in: folder,
            environment: ["DBT_PACKAGE_HUB_URL": server.url("")]
        )
        #expect(added.exitCode == 0, "\(added.standardError)")
        #expect(
            try folder.read("shop/packages.yml")
                == "# what we use\npackages:\n  - package: acme/tools\n    version: \"1.0.0\"\n"
        )
    }

    @Test func `a package for another dbt is refused, and used when asked`() async throws {
        let folder = try TemporaryDirectory()
        try project("packages: [{local: ../tools}]", in: folder)
        try package("1.0.0", at: "tools", in: folder, more: "require-dbt-version: ['>=2.0.0', '<3.0.0']\n")
        #expect(try await pintail("deps", in: folder).exitCode == 0)
        let refused = try await pintail("parse", in: folder)
        #expect(refused.exitCode == 2)
        #expect(refused.standardError.contains("'tools' needs dbt >=2.0.0, <3.0.0"), "\(refused.standardError)")
        #expect(refused.standardError.contains("1.11.16"))
        #expect(try await pintail("parse", "--no-version-check", in: folder).exitCode == 0)
    }
}

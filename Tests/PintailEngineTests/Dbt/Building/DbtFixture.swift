import DuckDB
import PintailProject
import TestSupport

@testable import PintailEngine

/// A dbt project in a new folder, run without the command line.
struct DbtFixture {
    let folder: TemporaryDirectory

    /// Makes a project of these files.
    init(_ files: [String: String], settings: String = "") throws {
        folder = try TemporaryDirectory()
        try folder.write("name: shop\nversion: '1.0'\nprofile: shop\n\(settings)\n", to: "dbt_project.yml")
        try folder.write(
            "shop: {target: dev, outputs: {dev: {type: duckdb, path: '\(folder.path)/shop.duckdb'}}}\n",
            to: "profiles.yml"
        )
        for (name, text) in files { try folder.write(text, to: name) }
    }

    func load() throws -> DbtProject {
        try DbtProject.load(folder.path, DbtProject.Options(environment: [:]))
    }

    /// Runs a verb over all that it takes, and gives the results by the nodes' names.
    @discardableResult
    func run(
        _ verb: BuildVerb,
        only names: Set<String>? = nil,
        _ change: (inout BuildOptions) -> Void = { _ in }
    ) async throws -> [String: DbtResult] {
        let project = try load()
        var options = BuildOptions(verb, targetPath: folder.path + "/target", command: "test", environment: [:])
        change(&options)
        var selected = Set(project.manifest.nodes.all.filter { verb.kinds.contains($0.kind) }.map(\.uniqueID))
        if verb.kinds.contains(.unitTest) { selected.formUnion(project.manifest.unitTests.all.map(\.uniqueID)) }
        if let names { selected = selected.filter { names.contains(Self.name(of: $0, project.manifest)) } }
        let outcome = try await DbtBuild.prepare(project, selecting: selected, options: options).execute()
        return Dictionary(outcome.results.map { (Self.name(of: $0.uniqueID, project.manifest), $0) }) { first, _ in
            first
        }
    }

    /// The rows of a query, each as one text.
    func rows(_ sql: String) throws -> [String] {
        let connection = try Database(path: folder.path + "/shop.duckdb").connect()
        return try connection.rows(SQL(verbatim: sql)).map { $0.map(\.description).joined(separator: "|") }
    }

    private static func name(of id: String, _ manifest: Manifest) -> String {
        manifest.nodes[id]?.name ?? manifest.unitTests[id]?.name ?? id
    }
}

extension [String: DbtResult] {
    /// How nodes ended, as `name status`, sorted.
    var statuses: [String] { map { "\($0.key) \($0.value.status.rawValue)" }.sorted() }
}

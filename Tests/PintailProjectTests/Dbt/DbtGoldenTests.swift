import Testing

@testable import PintailProject

/// Each folder of `Tests/Golden/Dbt` is a dbt project.
///
/// `manifest.json` in it is what dbt itself makes of the project, as `record.py` noted it; `messages.txt` is what is said
/// of one with mistakes.
struct DbtGoldenTests {
    static let folder = Golden.repository + "/Tests/Golden/Dbt"
    static let names = Golden.names(in: folder).filter { Golden.text(folder + "/\($0)/dbt_project.yml") != nil }
    static let whole = names.filter { Golden.text(folder + "/\($0)/whole.json") != nil }
    static let faulty = names.filter { Golden.text(folder + "/\($0)/messages.txt") != nil }

    @Test(arguments: names.filter { !faulty.contains($0) && !whole.contains($0) })
    func `a project becomes what dbt makes of it`(name: String) throws {
        let folder = Self.folder + "/" + name
        let options = DbtProject.Options(environment: [:])
        let project = try DbtProject.load(folder, options)
        let metadata = ManifestArtifact.Metadata(generatedAt: "", invocationID: "")
        let actual = try tree(String(decoding: ManifestArtifact(project, metadata).bytes(), as: UTF8.self))
        let recorded = try #require(Golden.text(folder + "/manifest.json"))
        let expected = try tree(recorded).object ?? [:]
        var found: ConfigObject = [:]
        for part in ["nodes", "sources", "exposures", "unit_tests", "groups"] {
            found = found.merging(try #require(actual[part].object))
        }
        #expect(Set(found.keys) == Set(expected.keys).subtracting(["disabled"]))
        #expect(Set(actual["disabled"].object?.keys ?? []) == Set(expected["disabled"]?.object?.keys ?? []))
        for (id, facts) in expected where id != "disabled" {
            for (key, value) in facts.object ?? [:] { compare(found[id] ?? .null, value, key, id) }
        }
    }

    @Test(arguments: whole)
    func `a manifest says all that dbt's says`(name: String) throws {
        let folder = Self.folder + "/" + name
        let project = try DbtProject.load(folder, DbtProject.Options(environment: [:]))
        let metadata = ManifestArtifact.Metadata(generatedAt: "", invocationID: "")
        let actual = try tree(String(decoding: ManifestArtifact(project, metadata).bytes(), as: UTF8.self))
        let expected = try tree(try #require(Golden.text(folder + "/whole.json"))).object ?? [:]
        var found: ConfigObject = [:]
        for part in Set(expected.keys.compactMap { $0.split(separator: " ").first.map(String.init) }) {
            // What belongs to dbt's own package was not recorded.
            for (id, entry) in actual[part].object ?? [:] where !Self.isBuiltIn(id) { found["\(part) \(id)"] = entry }
        }
        #expect(Set(found.keys) == Set(expected.keys))
        for (id, entry) in expected {
            for (key, value) in entry.object ?? [:] {
                #expect(ordered(found[id]?[key] ?? "absent", key, id) == ordered(value, key, id), "\(key) of \(id)")
            }
        }
    }

    private static func isBuiltIn(_ id: String) -> Bool {
        ["doc.dbt.", "macro.dbt.", "macro.dbt_duckdb."].contains { id.hasPrefix($0) }
    }

    /// dbt keeps some of its lists as sets, in any order.
    private func ordered(_ value: ConfigValue, _ key: String, _ id: String) -> ConfigValue {
        switch key {
        case "tags": .list(texts(value).map { .string($0) })
        case "sources": .list(value.items.sorted { $0.plainText < $1.plainText })
        case "depends_on":
            [
                "nodes": .list(withSourcesSorted(value["nodes"].items)),
                "macros": .list(texts(value["macros"]).map { .string($0) }),
            ]
        // The columns that a version takes over from its model enter its fingerprint in a form of dbt's own.
        case "contract" where id.contains(".v"): ["enforced": value["enforced"], "alias_types": value["alias_types"]]
        default: value
        }
    }

    /// Sources come first, in any order.
    private func withSourcesSorted(_ nodes: [ConfigValue]) -> [ConfigValue] {
        let sources = nodes.prefix { $0.plainText.hasPrefix("source.") }
        return sources.sorted { $0.plainText < $1.plainText } + nodes.dropFirst(sources.count)
    }

    @Test(arguments: faulty)
    func `all mistakes of a project are told at once, each with its place and a way out`(name: String) throws {
        let folder = Self.folder + "/" + name
        let diagnostics = try #require(throws: Diagnostics.self) {
            try DbtProject.load(folder, DbtProject.Options(environment: [:]))
        }
        Golden.expect(DiagnosticRenderer(directory: folder).render(diagnostics), in: folder + "/messages.txt")
    }

    private func compare(_ node: ConfigValue, _ expected: ConfigValue, _ key: String, _ id: String) {
        switch key {
        case "depends_on": #expect(texts(node[key]["nodes"]) == texts(expected), "depends_on of \(id)")
        case "tags": #expect(texts(node[key]) == texts(expected), "tags of \(id)")
        case "config":
            for (name, value) in expected.object ?? [:] where id.hasPrefix("operation") == false {
                // dbt leaves a null of a property file out of what it writes, and names the relation by it.
                if name == "schema", id == "model.shop.summary" { continue }
                if name == "tags" {
                    // dbt lays some configurations over themselves and has a tag twice then.
                    #expect(Set(texts(node[key][name])) == Set(texts(value)), "config tags of \(id)")
                    continue
                }
                #expect(node[key][name] == value, "config \(name) of \(id)")
            }
        default: #expect(node[key] == expected, "\(key) of \(id)")
        }
    }

    private func texts(_ value: ConfigValue) -> [String] { value.items.map(\.plainText).sorted() }

    /// JSON is YAML.
    private func tree(_ json: String) throws -> ConfigValue {
        try PropertyReader.read(SourceFile(path: "manifest.json", text: json)).root.value
    }
}

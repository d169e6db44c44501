package import FoundationEssentials

/// The part of dbt's artifacts that documentation is made of.
enum DocsArtifacts {
    struct Manifest: Decodable {
        struct Metadata: Decodable {
            var project_name: String?
            var generated_at: String?
            var dbt_version: String?
        }

        struct Node: Decodable {
            struct Column: Decodable {
                var name: String
                var description: String?
                var data_type: String?
            }
            struct Config: Decodable {
                var materialized: String?
            }
            struct DependsOn: Decodable {
                var nodes: [String]?
            }
            struct TestMetadata: Decodable {
                var name: String
                var namespace: String?
            }

            var unique_id: String
            var name: String
            var resource_type: String
            var package_name: String
            var original_file_path: String?
            var description: String?
            var relation_name: String?
            var tags: [String]?
            var raw_code: String?
            var compiled_code: String?
            var language: String?
            var config: Config?
            var columns: [String: Column]?
            var depends_on: DependsOn?
            var source_name: String?
            var column_name: String?
            var attached_node: String?
            var test_metadata: TestMetadata?
            var version: Version?
            var model: String?
        }

        /// A number or a text.
        struct Version: Decodable {
            let text: String?
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Double.self) {
                    text = number == number.rounded() ? String(Int(number)) : String(number)
                } else {
                    text = try? container.decode(String.self)
                }
            }
        }

        var metadata: Metadata?
        var nodes: [String: Node]
        var sources: [String: Node]
        var exposures: [String: Node]?
        var metrics: [String: Node]?
        var unit_tests: [String: Node]?
    }

    struct Catalog: Decodable {
        struct Table: Decodable {
            struct Column: Decodable {
                var name: String
                var type: String
                var index: Int
            }
            var columns: [String: Column]
        }
        var nodes: [String: Table]
        var sources: [String: Table]
    }

    struct Results: Decodable {
        struct Result: Decodable {
            var unique_id: String
            var status: String
        }
        struct Arguments: Decodable {
            var which: String?
        }
        var metadata: Manifest.Metadata?
        var args: Arguments?
        var results: [Result]

        /// Whether nodes were built and tests judged; compiling a test proves nothing.
        var areVerdicts: Bool {
            ["build", "test", "run", "seed", "snapshot", "retry", "clone"].contains(args?.which ?? "")
        }
    }
}

extension DocsSite {
    /// Whether the results of a run say how nodes and tests ended.
    package static func areVerdicts(_ results: Data) -> Bool {
        (try? JSONDecoder().decode(DocsArtifacts.Results.self, from: results))?.areVerdicts ?? false
    }

    /// Reads what `docs generate` and the last run have left.
    ///
    /// - Parameter results: Results of runs, the latest first; those of commands that judge nothing are passed over.
    /// - Throws: `DecodingError` when the manifest is none.
    package init(manifest: Data, catalog: Data?, results: [Data] = []) throws {
        let decoder = JSONDecoder()
        let manifest = try decoder.decode(DocsArtifacts.Manifest.self, from: manifest)
        // Types and verdicts are welcome, and not needed.
        let catalog = catalog.flatMap { try? decoder.decode(DocsArtifacts.Catalog.self, from: $0) }
        let results = results.lazy.compactMap { try? decoder.decode(DocsArtifacts.Results.self, from: $0) }
            .first { $0.areVerdicts }
        let statuses = Dictionary((results?.results ?? []).map { ($0.unique_id, $0.status) }) { _, last in last }
        let tables = (catalog?.nodes ?? [:]).merging(catalog?.sources ?? [:]) { first, _ in first }
        let shown: Set = ["model", "seed", "snapshot", "source", "exposure", "metric", "analysis"]
        let all = [
            manifest.nodes.map(\.value), manifest.sources.map(\.value), (manifest.exposures ?? [:]).map(\.value),
            (manifest.metrics ?? [:]).map(\.value),
        ].joined()
        var entries: [String: DocsEntry] = [:]
        for node in all where shown.contains(node.resource_type) {
            entries[node.unique_id] = DocsEntry(node, tables[node.unique_id], status: statuses[node.unique_id])
        }
        for test in manifest.nodes.values.sorted(by: { $0.name < $1.name }) where test.resource_type == "test" {
            let about = test.attached_node.map { [$0] } ?? test.depends_on?.nodes ?? []
            for id in about { entries[id]?.add(DocsEntry.Test(test, status: statuses[test.unique_id])) }
        }
        for test in (manifest.unit_tests ?? [:]).values.sorted(by: { $0.name < $1.name }) {
            var told = DocsEntry.Test(test, status: statuses[test.unique_id])
            told.claim = "unit test: \(test.name)"
            entries[test.depends_on?.nodes?.first ?? ""]?.add(told)
        }
        self.init(
            project: manifest.metadata?.project_name ?? "project",
            generatedAt: manifest.metadata?.generated_at ?? "",
            ranAt: results?.metadata?.generated_at,
            entries: Array(entries.values)
        )
    }
}

extension DocsEntry {
    fileprivate init(_ node: DocsArtifacts.Manifest.Node, _ table: DocsArtifacts.Catalog.Table?, status: String?) {
        let version = node.version?.text.map { ".v" + $0 } ?? ""
        self.init(
            id: node.unique_id,
            kind: node.resource_type,
            name: (node.source_name.map { $0 + "." } ?? "") + node.name + version,
            package: node.package_name,
            path: node.original_file_path ?? ""
        )
        description = node.description ?? ""
        materialization = node.resource_type == "model" ? node.config?.materialized : nil
        relation = node.relation_name
        tags = node.tags ?? []
        source = node.raw_code.flatMap { $0.isEmpty ? nil : $0 }
        compiled = node.compiled_code.flatMap { $0.isEmpty ? nil : $0 }
        parents = node.depends_on?.nodes ?? []
        self.status = status
        columns = Self.columns(node.columns ?? [:], table)
    }

    /// Those of the database in its order, then those that are described and not there.
    private static func columns(
        _ described: [String: DocsArtifacts.Manifest.Node.Column],
        _ table: DocsArtifacts.Catalog.Table?
    ) -> [Column] {
        var left = Dictionary(described.values.map { ($0.name.lowercased(), $0) }) { first, _ in first }
        var columns = (table?.columns.values ?? [:].values).sorted { $0.index < $1.index }.map { column in
            let said = left.removeValue(forKey: column.name.lowercased())
            return Column(name: column.name, type: column.type, description: said?.description ?? "")
        }
        columns += left.values.sorted { $0.name < $1.name }.map {
            Column(name: $0.name, type: $0.data_type, description: $0.description ?? "")
        }
        return columns
    }

    fileprivate mutating func add(_ test: Test) {
        guard !tests.contains(where: { $0.id == test.id }) else { return }
        tests.append(test)
        guard let name = test.column?.lowercased() else { return }
        if let index = columns.firstIndex(where: { $0.name.lowercased() == name }) {
            columns[index].tests.append(test.claim)
        }
    }
}

extension DocsEntry.Test {
    fileprivate init(_ node: DocsArtifacts.Manifest.Node, status: String?) {
        let claim = node.test_metadata.map { ($0.namespace.map { $0 + "." } ?? "") + $0.name }
        self.init(
            id: node.unique_id,
            name: node.name,
            claim: claim ?? node.name,
            column: node.column_name,
            sql: node.compiled_code ?? node.raw_code,
            status: status
        )
    }
}

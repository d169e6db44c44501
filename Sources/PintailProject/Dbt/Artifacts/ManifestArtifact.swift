/// `manifest.json` as dbt writes it (schema v12).
package struct ManifestArtifact: Sendable {
    /// What stands at its top.
    package struct Metadata: Sendable {
        /// When it was written, ISO 8601.
        package var generatedAt: String
        /// The run that wrote it.
        package var invocationID: String

        /// Facts of the run that writes it.
        package init(generatedAt: String, invocationID: String) {
            self.generatedAt = generatedAt
            self.invocationID = invocationID
        }
    }

    private let project: DbtProject
    private let metadata: Metadata
    private var manifest: Manifest { project.manifest }

    /// The manifest of a project.
    package init(_ project: DbtProject, _ metadata: Metadata) {
        self.project = project
        self.metadata = metadata
    }

    /// The file's content.
    package func bytes() -> [UInt8] { marked().bytes }

    /// The file's content, and where in it stand the four facts of the run and then, of each node, its checksum, time
    /// and code.
    func marked() -> (bytes: [UInt8], marks: [Range<Int>]) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("metadata")
            writeMetadata(&writer)
            table("nodes", manifest.nodes.all, \.uniqueID, &writer) { $0.writeNode($1) }
            table("sources", manifest.sources.all, \.uniqueID, &writer) { $0.writeSource($1) }
            table("macros", manifest.macros.all, \.uniqueID, &writer) { $0.writeMacro($1) }
            table("docs", manifest.docs.all + [.overview], \.uniqueID, &writer) { $0.writeDoc($1) }
            for (name, resources) in resources { table(name, resources, \.uniqueID, &writer) { $0.writeResource($1) } }
            writer.entry("selectors", .object(manifest.selectors))
            writeDisabled(&writer)
            writeMaps(&writer)
            table("unit_tests", manifest.unitTests.all, \.uniqueID, &writer) { $0.writeUnitTest($1) }
            writer.entry("functions", [:] as ConfigValue)
        }
        return (writer.bytes, writer.marks)
    }

    private var resources: [(String, [Resource])] {
        [
            ("exposures", manifest.exposures.all), ("metrics", manifest.metrics.all), ("groups", manifest.groups.all),
            ("saved_queries", manifest.savedQueries.all), ("semantic_models", manifest.semanticModels.all),
        ]
    }

    private func table<Entry>(
        _ name: String,
        _ entries: [Entry],
        _ id: (Entry) -> String,
        _ writer: inout JSONWriter,
        _ write: (inout JSONWriter, Entry) -> Void
    ) {
        writer.key(name)
        writer.object { writer in
            for entry in entries {
                writer.key(id(entry))
                write(&writer, entry)
            }
        }
    }

    private func writeMetadata(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.entry("dbt_schema_version", "https://schemas.getdbt.com/dbt/manifest/v12.json")
            writer.entry("dbt_version", "1.11.16")
            writer.marked("generated_at", .string(metadata.generatedAt))
            writer.marked("invocation_id", .string(metadata.invocationID))
            writer.marked("invocation_started_at", .string(metadata.generatedAt))
            writer.entry("env", [:] as ConfigValue)
            writer.entry("project_name", manifest.projectName)
            writer.entry("project_id", Digest.md5(manifest.projectName.utf8))
            writer.entry("user_id", nil as String?)
            writer.entry("send_anonymous_usage_stats", false as ConfigValue)
            writer.entry("adapter_type", "duckdb")
            let quoting: ConfigObject = ["database": true, "schema": true, "identifier": true, "column": nil]
            writer.entry("quoting", .object(quoting.merging(project.root.quoting)))
            writer.marked("run_started_at", .string(metadata.generatedAt))
        }
    }

    private func writeDisabled(_ writer: inout JSONWriter) {
        writer.key("disabled")
        writer.object { writer in
            for node in manifest.disabledNodes {
                writer.key(node.uniqueID)
                writer.list([node]) { $0.writeNode($1) }
            }
            for source in manifest.disabledSources {
                writer.key(source.uniqueID)
                writer.list([source]) { $0.writeSource($1) }
            }
            for test in manifest.disabledUnitTests {
                writer.key(test.uniqueID)
                writer.list([test]) { $0.writeUnitTest($1) }
            }
            for resource in manifest.disabledResources {
                writer.key(resource.uniqueID)
                writer.list([resource]) { $0.writeResource($1) }
            }
        }
    }

    /// Who reads whom, both ways.
    private func writeMaps(_ writer: inout JSONWriter) {
        var parents: [(id: String, parents: [String])] = manifest.nodes.all.map { ($0.uniqueID, $0.dependsOnNodes) }
        parents += manifest.sources.all.map { ($0.uniqueID, []) }
        for (name, list) in resources where name != "groups" {
            parents += list.map { ($0.uniqueID, $0.dependsOnNodes) }
        }
        parents += manifest.unitTests.all.map { ($0.uniqueID, $0.dependsOnNodes) }
        var children: [String: [String]] = [:]
        for entry in parents { for parent in entry.parents { children[parent, default: []].append(entry.id) } }
        writer.key("parent_map")
        writer.object { writer in for entry in parents { writer.entry(entry.id, entry.parents.sorted()) } }
        writer.key("child_map")
        writer.object { writer in for entry in parents { writer.entry(entry.id, (children[entry.id] ?? []).sorted()) } }
        writer.key("group_map")
        writer.object { writer in
            let others = manifest.savedQueries.all + manifest.semanticModels.all + manifest.metrics.all
            for group in manifest.groups.all {
                let nodes = manifest.nodes.all.filter { $0.group == group.name }.map(\.uniqueID)
                let more = others.filter { $0.config["group"]?.string == group.name }.map(\.uniqueID)
                writer.entry(group.name, nodes + more)
            }
        }
    }
}

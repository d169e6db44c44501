package import PintailProject

/// `run_results.json` as dbt writes it (schema v6).
package struct RunResultsArtifact: Sendable {
    private let results: [DbtResult]
    private let metadata: ManifestArtifact.Metadata
    private let seconds: Double
    private let arguments: ConfigObject

    /// The results of a run.
    package init(
        _ results: [DbtResult],
        _ metadata: ManifestArtifact.Metadata,
        seconds: Double,
        arguments: ConfigObject
    ) {
        self.results = results
        self.metadata = metadata
        self.seconds = seconds
        self.arguments = arguments
    }

    /// The file's content.
    package func bytes() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.entry(
                "metadata",
                [
                    "dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json",
                    "dbt_version": .string(RunWorld.dbtVersion),
                    "generated_at": .string(metadata.generatedAt),
                    "invocation_id": .string(metadata.invocationID),
                    "invocation_started_at": .string(metadata.generatedAt),
                    "env": [:],
                ]
            )
            writer.key("results")
            writer.list(results) { $0.write($1) }
            writer.entry("elapsed_time", .double(seconds))
            writer.entry("args", .object(arguments))
        }
        return writer.bytes
    }
}

extension JSONWriter {
    private static func value(of batches: DbtResult.Batches) -> ConfigValue {
        func list(_ spans: [[String]]) -> ConfigValue { .list(spans.map { .list($0.map { .string($0) }) }) }
        return ["successful": list(batches.successful), "failed": list(batches.failed)]
    }

    fileprivate mutating func write(_ result: DbtResult) {
        object { writer in
            writer.entry("status", result.status.rawValue)
            writer.key("timing")
            writer.list(result.timings) { writer, timing in
                writer.object { writer in
                    writer.entry("name", timing.name)
                    writer.entry("started_at", timing.started.description)
                    writer.entry("completed_at", timing.completed.description)
                }
            }
            writer.entry("thread_id", "Thread-1 (worker)")
            writer.entry("execution_time", .double(result.seconds))
            writer.entry("adapter_response", .object(result.response))
            writer.entry("message", result.message)
            writer.entry("failures", result.failures.map { .integer($0) } ?? .null)
            writer.entry("unique_id", result.uniqueID)
            writer.entry("compiled", result.compiled == nil ? (result.hasCode ? false : .null) : true)
            writer.entry("compiled_code", result.compiled)
            writer.entry("relation_name", result.relationName)
            writer.entry("batch_results", result.batches.map { Self.value(of: $0) } ?? .null)
        }
    }
}

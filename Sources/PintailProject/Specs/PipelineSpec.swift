/// What a file of `pipelines/` says, or a pipeline file that stands alone with its own connections.
struct PipelineFile: Sendable {
    var pipeline: Pipeline
    var database: String?
    var connections: [String: ConnectionSettings]
    var resources: Resources
    /// Names of steps that are written, even where the step itself is wrong.
    var writtenNames: Set<String>
}

enum PipelineSpec {
    static let pipeline = Field(
        "pipeline",
        .name,
        isRequired: true,
        "The name that runs, logs and commands know it by.",
        example: "articles"
    )
    static let steps = Field(
        "steps",
        StepSpec.shape.list().map { $0.flatMap { $0 } },
        isRequired: true,
        "What is done; the order comes from what each step reads.",
        example: "[{extract: raw_articles, from: data/articles.csv}]"
    )
    static let retries = Field(
        "retries",
        RetriesSpec.component.shape,
        default: Retries(),
        shown: "3 attempts",
        "How often a step that failed for a passing reason is tried again.",
        example: "{attempts: 5, backoff: 10s}"
    )
    static let timeout = Field("timeout", .limit, "How long a run may take before it is cancelled.", example: "1h")

    static let atomic = Field(
        "atomic",
        .boolean,
        default: false,
        shown: "false",
        "Whether the loads into one connection are one transaction: all tables or none.",
        example: "true"
    )

    /// The keys that make a pipeline file stand alone.
    static let projectKeys: [any FieldDeclaration] = [
        ProjectSpec.database, ProjectSpec.connections, ProjectSpec.resources,
    ]

    static let component = Component<PipelineFile>(
        "a pipeline file",
        "A file in `pipelines/`. One that is run on its own may also have the project's `connections`, `database` and `resources`.",
        fields: [pipeline, steps, retries, timeout, atomic] + projectKeys,
        example: """
            pipeline: articles
            steps:
              - extract: raw_articles
                from: data/articles.csv
              - load: articles
                from: SELECT * FROM raw_articles
                into: out/articles.parquet
            retries: {attempts: 3, backoff: 2s}
            timeout: 1h
            """
    ) { reader in
        let own = reader[ProjectSpec.connections]
        reader.reading.surroundings.connections.merge(own) { _, own in own }
        let written = reader[steps] ?? []
        if case .sequence(let items) = reader.node(of: steps)?.content, items.isEmpty {
            reader.report("'steps' is empty", at: steps, hint: "as in - extract: raw_articles")
        }
        return PipelineFile(
            pipeline: Pipeline(
                reader[pipeline] ?? "",
                steps: written,
                retries: reader[retries],
                timeout: reader[timeout],
                isAtomic: reader[atomic]
            ),
            database: reader[ProjectSpec.database],
            connections: own,
            resources: reader[ProjectSpec.resources],
            writtenNames: writtenNames(reader.node(of: steps))
        )
    }

    private static func writtenNames(_ node: ConfigNode?) -> Set<String> {
        guard case .sequence(let items) = node?.content else { return [] }
        return Set(items.flatMap(names))
    }

    /// What a step may be known by, whatever else it says.
    static func names(of item: ConfigNode) -> [String] {
        ["extract", "transform", "build", "load", "check", "name"].compactMap { item[$0]?.text }
            + [item["check"]?.text.map { "check:" + $0 }, item["command"]?.text.map { Command($0).name }].compactMap(
                \.self
            )
    }
}

enum RetriesSpec {
    static let attempts = Field(
        "attempts",
        .integer(1...100),
        default: 3,
        shown: "3",
        "Tries in all; 1 means no second try.",
        example: "5"
    )
    static let backoff = Field(
        "backoff",
        .duration,
        default: .seconds(2),
        shown: "2s",
        "The wait before the second try; doubled for each one after.",
        example: "10s"
    )

    static let component = Component<Retries>(
        "retries",
        "How often, and how patiently, a step that failed for a passing reason is tried again.",
        fields: [attempts, backoff],
        example: "retries: {attempts: 3, backoff: 2s}"
    ) { reader in
        Retries(attempts: reader[attempts], backoff: reader[backoff])
    }
}

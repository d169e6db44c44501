/// `- build:` in a pipeline file.
enum BuildSpec {
    private static let selector = Shape.text("a selector")

    static let build = Field(
        "build",
        selector.oneOrMany(),
        isRequired: true,
        "The models, seeds, snapshots and tests to build, by dbt's selectors; `\"*\"` for all.",
        example: "+daily_counts"
    )
    static let exclude = Field(
        "exclude",
        selector.oneOrMany(),
        default: [],
        shown: "none",
        "What is left out, by the same selectors.",
        example: "tag:slow"
    )
    static let audit = Field(
        "audit",
        .boolean,
        default: true,
        shown: "true",
        "Whether a model is judged by its tests before it replaces what was there; a model's own config `audit` wins.",
        example: "false"
    )
    static let vars = Field(
        "vars",
        Shape<Scalar>.value.mapping(),
        default: [:],
        shown: "none",
        "Variables of the dbt project, over those of its own files; no two build steps may give one two values.",
        example: "{ day: 2024-01-01 }"
    )
    static let name = Field("name", .name, "The step's name; the selectors when left out.", example: "models")

    static let component = Component<Build>(
        "a build step",
        "Builds models of the dbt project in the same folder (`dbt_project.yml`), each as a node of its own.",
        fields: [build, exclude, audit, vars, name, StepFields.after],
        example: """
            - build: +daily_counts
              exclude: tag:slow
            """
    ) { reader in
        let (name, exclude, audit) = (reader[name], reader[exclude], reader[audit])
        let (vars, after) = (reader[vars], reader[StepFields.after])
        return reader[build].map {
            Build(selecting: $0, name: name, exclude: exclude, audit: audit, vars: vars, after: after)
        }
    }
}

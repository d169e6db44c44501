/// Builds models, seeds and snapshots of the dbt project that lies in the project's folder, and runs their tests.
///
/// Each of them is a node of its own in plans and runs.
public struct Build: Hashable, Sendable {
    /// The step's name: what it selects, unless given.
    public var name: String
    /// What is built, in dbt's selector syntax; each may select several nodes.
    public var select: [String]
    /// What is left out, in the same syntax.
    public var exclude: [String]
    /// Whether a model is judged by its tests before it replaces what was there.
    public var audit: Bool
    /// Variables of the dbt project, over those of its own files; the same for all build steps of the pipelines.
    public var vars: [String: Scalar]
    /// Steps to wait for beyond those whose tables the models read as sources.
    public var after: [String]
    /// Where each field was written.
    public var locations: FieldLocations

    /// Describes what is built.
    public init(
        _ select: String...,
        name: String? = nil,
        exclude: [String] = [],
        audit: Bool = true,
        vars: [String: Scalar] = [:],
        after: [String] = [],
        locations: FieldLocations = FieldLocations()
    ) {
        self.init(
            selecting: select,
            name: name,
            exclude: exclude,
            audit: audit,
            vars: vars,
            after: after,
            locations: locations
        )
    }

    init(
        selecting select: [String],
        name: String?,
        exclude: [String],
        audit: Bool,
        vars: [String: Scalar],
        after: [String],
        locations: FieldLocations = FieldLocations()
    ) {
        self.name = name ?? select.joined(separator: " ")
        self.select = select
        self.exclude = exclude
        self.audit = audit
        self.vars = vars
        self.after = after
        self.locations = locations
    }
}

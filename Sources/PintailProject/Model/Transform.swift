/// Makes a table from others by a query.
public struct Transform: Hashable, Sendable {
    /// The table the step makes, and the step's name.
    public var table: String
    /// The query, in DuckDB's SQL.
    public var sql: String
    /// The file the query was read from; `nil` when it stands in the pipeline itself.
    public var file: String?
    /// Whether the result is stored or computed whenever it is read.
    public var materialized: Materialization
    /// Steps to wait for beyond those whose tables the query reads.
    public var after: [String]
    /// Where each field was written; `"sql"` is where the query's first character stands.
    public var locations: FieldLocations

    /// Describes a transform by its query.
    public init(
        _ table: String,
        sql: String,
        file: String? = nil,
        materialized: Materialization = .table,
        after: [String] = [],
        locations: FieldLocations = FieldLocations()
    ) {
        self.table = table
        self.sql = sql
        self.file = file
        self.materialized = materialized
        self.after = after
        self.locations = locations
    }
}

/// Whether a transform's result is stored.
public enum Materialization: String, Hashable, Sendable, CaseIterable {
    case table, view
}

/// Runs a program for its side effect.
public struct Command: Hashable, Sendable {
    /// The step's name: the command's first word unless given.
    public var name: String
    /// Given to `/bin/sh -c`, after `{{ run.id }}` and its like have been filled in.
    public var command: String
    /// How long it may take.
    public var timeout: Duration?
    /// Steps to wait for: a command reads no table, so its place is told.
    public var after: [String]
    /// Where each field was written.
    public var locations: FieldLocations

    /// Describes a command step.
    public init(
        _ command: String,
        name: String? = nil,
        timeout: Duration? = nil,
        after: [String] = [],
        locations: FieldLocations = FieldLocations()
    ) {
        self.command = command
        self.name = name ?? command.split(separator: " ").first.map(String.init) ?? command
        self.timeout = timeout
        self.after = after
        self.locations = locations
    }
}

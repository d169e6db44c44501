/// Claims about a table, judged in one scan before anything that reads the table goes on.
public struct Check: Hashable, Sendable {
    /// The step's name: `check:<table>` unless given.
    public var name: String
    /// The table the claims are about.
    public var table: String
    /// What a change of the table's columns since the last good run means; `nil` does not compare.
    public var drift: DriftPolicy?
    /// Claims by column, in the order written.
    public var columns: [ColumnChecks]
    /// Conditions that each row fulfils, in the order written.
    public var rows: [RowRule]
    /// How many rows the table must have.
    public var rowCount: Bounds?
    /// How old the newest row may be.
    public var freshness: Freshness?
    /// Queries that return the rows that are wrong.
    public var queries: [QueryCheck]
    /// What a failed claim means, for claims that do not say so themselves.
    public var onFail: FailureAction
    /// How much of the table is looked at.
    public var sample: Sample
    /// Steps to wait for beyond those that make the table.
    public var after: [String]
    /// Where each field was written.
    public var locations: FieldLocations

    /// Describes a check; only the table must be given.
    public init(
        _ table: String,
        name: String? = nil,
        drift: DriftPolicy? = nil,
        columns: [ColumnChecks] = [],
        rows: [RowRule] = [],
        rowCount: Bounds? = nil,
        freshness: Freshness? = nil,
        queries: [QueryCheck] = [],
        onFail: FailureAction = .fail,
        sample: Sample = .everything,
        after: [String] = [],
        locations: FieldLocations = FieldLocations()
    ) {
        self.name = name ?? "check:" + table
        self.table = table
        self.drift = drift
        self.columns = columns
        self.rows = rows
        self.rowCount = rowCount
        self.freshness = freshness
        self.queries = queries
        self.onFail = onFail
        self.sample = sample
        self.after = after
        self.locations = locations
    }
}

/// A value as a configuration file or Swift literal can hold it.
public enum Scalar: Hashable, Sendable {
    case integer(Int64)
    case number(Double)
    case text(String)
    case boolean(Bool)
}

extension Scalar: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral
{
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

/// Least and greatest count allowed, both included; `nil` is no bound.
public struct Bounds: Hashable, Sendable {
    /// The least allowed.
    public var min: Int?
    /// The greatest allowed.
    public var max: Int?

    /// Bounds, both included.
    public init(min: Int? = nil, max: Int? = nil) {
        self.min = min
        self.max = max
    }
}

/// Least and greatest value allowed, both included; texts bound dates and timestamps too.
public struct ScalarBounds: Hashable, Sendable {
    /// The least allowed.
    public var min: Scalar?
    /// The greatest allowed.
    public var max: Scalar?

    /// Bounds, both included.
    public init(min: Scalar? = nil, max: Scalar? = nil) {
        self.min = min
        self.max = max
    }
}

/// How old the newest value of a timestamp column may be when the check runs.
public struct Freshness: Hashable, Sendable {
    /// A date or timestamp column.
    public var column: String
    /// How old its newest value may be.
    public var maxAge: Duration

    /// The newest `column` must not be older than `maxAge`.
    public init(column: String, maxAge: Duration) {
        self.column = column
        self.maxAge = maxAge
    }
}

/// A condition that every row of a table fulfils, whatever number of columns it names.
public struct RowRule: Hashable, Sendable {
    /// What the rule is called in results: the condition itself unless given.
    public var name: String
    /// The condition, in DuckDB's SQL: `ends_at >= starts_at`.
    public var condition: String
    /// Whether rows pass for which the condition is neither true nor false, as a value in it is NULL.
    public var nullsPass: Bool
    /// What a failure means; as the step says when `nil`.
    public var onFail: FailureAction?

    /// A condition on rows.
    public init(_ condition: String, name: String? = nil, nullsPass: Bool = true, onFail: FailureAction? = nil) {
        self.name = name ?? condition
        self.condition = condition
        self.nullsPass = nullsPass
        self.onFail = onFail
    }
}

/// A query that returns the rows that are wrong; no row means the check passes.
public struct QueryCheck: Hashable, Sendable {
    /// What the check is called in results.
    public var name: String
    /// The query, in DuckDB's SQL.
    public var sql: String
    /// What a failure means; as the step says when `nil`.
    public var onFail: FailureAction?

    /// A query that returns the rows that are wrong.
    public init(_ name: String, sql: String, onFail: FailureAction? = nil) {
        self.name = name
        self.sql = sql
        self.onFail = onFail
    }
}

/// What a failed claim means.
public enum FailureAction: String, Hashable, Sendable, CaseIterable {
    /// The step fails; what reads the table is skipped.
    case fail
    /// It is reported and the run goes on.
    case warn
    /// Offending rows move to `quarantine.<table>` and the run goes on without them.
    case quarantine
}

/// What a change of a table's columns since the last good run means.
public enum DriftPolicy: String, Hashable, Sendable, CaseIterable {
    case fail, warn
    /// The new columns are accepted as the contract from now on.
    case evolve
}

/// How much of a table a check looks at.
public enum Sample: Hashable, Sendable {
    case everything
    /// A share between 0 and 1.
    case fraction(Double)
    case rows(Int)
}

/// A named part of the DAG: steps that exchange tables, with what holds for all of them.
///
/// The same value whether it was decoded from `pipelines/*.yml` or written in Swift:
///
/// ```swift
/// let pipeline = Pipeline("articles") {
///     Extract("raw_articles", from: "data/articles*.csv.gz")
///     Check("raw_articles", columns: ["title": [.notNull]])
///     Load("articles", from: "SELECT * FROM raw_articles", into: "out/articles.parquet")
/// }
/// ```
public struct Pipeline: Hashable, Sendable {
    /// The name that runs, logs and commands know it by.
    public var name: String
    /// In the order written; what runs first is decided by what each step reads.
    public var steps: [Step]
    /// How often a step that failed for a passing reason is tried again.
    public var retries: Retries
    /// How long a run may take before it is cancelled.
    public var timeout: Duration?
    /// Whether the loads into one connection are one transaction: all tables or none.
    public var isAtomic: Bool
    /// Where each field was written.
    public var locations: FieldLocations

    /// Makes a pipeline of steps already at hand.
    public init(
        _ name: String,
        steps: [Step],
        retries: Retries = Retries(),
        timeout: Duration? = nil,
        isAtomic: Bool = false,
        locations: FieldLocations = FieldLocations()
    ) {
        self.name = name
        self.steps = steps
        self.retries = retries
        self.timeout = timeout
        self.isAtomic = isAtomic
        self.locations = locations
    }

    /// Makes a pipeline from steps listed in braces.
    public init(
        _ name: String,
        retries: Retries = Retries(),
        timeout: Duration? = nil,
        isAtomic: Bool = false,
        @StepBuilder steps: () -> [Step]
    ) {
        self.init(name, steps: steps(), retries: retries, timeout: timeout, isAtomic: isAtomic)
    }
}

/// How often, and how patiently, a step that failed for a passing reason is tried again.
public struct Retries: Hashable, Sendable {
    /// Tries in all; 1 means no second try.
    public var attempts: Int
    /// The wait before the second try; doubled for each one after.
    public var backoff: Duration

    /// Three tries, two seconds apart at first, unless told otherwise.
    public init(attempts: Int = 3, backoff: Duration = .seconds(2)) {
        self.attempts = attempts
        self.backoff = backoff
    }
}

/// One step of a pipeline.
public enum Step: Hashable, Sendable {
    case extract(Extract)
    case check(Check)
    case transform(Transform)
    case build(Build)
    case load(Load)
    case command(Command)

    /// The name the step goes by in plans, logs and `after:`.
    public var name: String {
        switch self {
        case .extract(let step): step.table
        case .check(let step): step.name
        case .transform(let step): step.table
        case .build(let step): step.name
        case .load(let step): step.name
        case .command(let step): step.name
        }
    }

    /// The word that introduces the step in a pipeline file.
    public var keyword: String {
        switch self {
        case .extract: "extract"
        case .check: "check"
        case .transform: "transform"
        case .build: "build"
        case .load: "load"
        case .command: "command"
        }
    }

    /// The steps this one waits for beyond those whose tables it reads.
    public var after: [String] {
        switch self {
        case .extract(let step): step.after
        case .check(let step): step.after
        case .transform(let step): step.after
        case .build(let step): step.after
        case .load(let step): step.after
        case .command(let step): step.after
        }
    }

    /// Where each field of the step was written.
    public var locations: FieldLocations {
        switch self {
        case .extract(let step): step.locations
        case .check(let step): step.locations
        case .transform(let step): step.locations
        case .build(let step): step.locations
        case .load(let step): step.locations
        case .command(let step): step.locations
        }
    }
}

/// Collects the steps written between the braces of a ``Pipeline``.
@resultBuilder
public enum StepBuilder {
    public static func buildExpression(_ step: Extract) -> [Step] { [.extract(step)] }
    public static func buildExpression(_ step: Check) -> [Step] { [.check(step)] }
    public static func buildExpression(_ step: Transform) -> [Step] { [.transform(step)] }
    public static func buildExpression(_ step: Build) -> [Step] { [.build(step)] }
    public static func buildExpression(_ step: Load) -> [Step] { [.load(step)] }
    public static func buildExpression(_ step: Command) -> [Step] { [.command(step)] }
    public static func buildBlock(_ steps: [Step]...) -> [Step] { steps.flatMap { $0 } }
    public static func buildOptional(_ steps: [Step]?) -> [Step] { steps ?? [] }
    public static func buildEither(first steps: [Step]) -> [Step] { steps }
    public static func buildEither(second steps: [Step]) -> [Step] { steps }
    public static func buildArray(_ steps: [[Step]]) -> [Step] { steps.flatMap { $0 } }
}

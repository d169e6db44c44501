import Jinja
import PintailOrchestrator
package import PintailProject

/// How long ago a source's table was loaded, and what its owners think of that.
package struct SourceFreshness: Sendable {
    /// dbt's words for it.
    package enum Status: String, Sendable {
        case pass, warn, error
        case runtimeError = "runtime error"
    }

    /// The source's unique id.
    package let uniqueID: String
    /// `raw.orders`.
    package let name: String
    /// Whether it is fresh enough.
    package private(set) var status = Status.pass
    /// When the newest row was loaded; RFC 3339.
    package private(set) var loadedAt: String?
    /// When that was asked.
    package private(set) var askedAt: String?
    /// How long ago that was, in seconds.
    package private(set) var age: Double = 0
    /// Why it could not be found out.
    package private(set) var message: String?
    private var seconds: Double = 0
    private let criteria: ConfigValue

    private init(_ source: SourceNode) {
        uniqueID = source.uniqueID
        name = "\(source.sourceName).\(source.name)"
        criteria = source.freshness
    }
}

extension SourceFreshness {
    /// Whether a source says how fresh it should be, and how that is found out.
    package static func isKnown(of source: SourceNode) -> Bool {
        guard source.freshness.object != nil else { return false }
        return source.loadedAtField != nil || source.loadedAtQuery != nil
    }

    /// Asks the database how fresh sources are, one after the other.
    package static func of(
        _ ids: Set<String>,
        in project: DbtProject,
        options: BuildOptions
    ) async throws -> [SourceFreshness] {
        let world = try await DbtBuild.world(of: project, options, selecting: ids)
        return try await offPool {
            let warehouse = try Warehouse(world.database, relations: world.relations)
            let sources = project.manifest.sources.all.filter { ids.contains($0.uniqueID) && isKnown(of: $0) }
            let found = sources.map { source in
                var freshness = SourceFreshness(source)
                let start = ContinuousClock.now
                do {
                    try freshness.ask(source, world, warehouse)
                } catch {
                    warehouse.rollback()
                    freshness.status = .runtimeError
                    freshness.message = BuildFailure(error, nil, compiled: nil, nil).told
                }
                freshness.seconds = start.duration(to: .now).inSeconds
                return freshness
            }
            try world.artifacts.write(artifact(found, world.world.invocationID), named: "sources.json")
            return found
        }
    }

    private mutating func ask(_ source: SourceNode, _ world: BuildWorld, _ warehouse: Warehouse) throws {
        var node = Node(
            .operation,
            uniqueID: source.uniqueID,
            name: source.name,
            package: source.package,
            path: source.originalFilePath,
            originalFilePath: source.originalFilePath,
            fqn: source.fqn,
            config: ["enabled": true],
            location: source.location
        )
        node.database = source.database
        node.schema = source.schema
        let (context, _) = try NodeCompilation(world: world, node: node, warehouse: warehouse).context()
        defer { context.close() }
        let relation = Value.object(RelationObject(Relation(of: source)))
        let filter = criteria["filter"].templateValue
        let answer =
            if let query = source.loadedAtQuery {
                try call("collect_freshness_custom_sql", [relation, .string(query)], context)
            } else {
                try call("collect_freshness", [relation, .string(source.loadedAtField ?? ""), filter], context)
            }
        guard case .dict(let result) = answer, case .object(let object)? = result["table"],
            let row = (object as? ResultTable)?.rows.first, row.count == 2
        else { throw StepError("the query for the freshness of \(name) answered with no single row of two times") }
        try judge(row[0], row[1])
    }

    private func call(_ macro: String, _ arguments: [Value], _ context: RunContext) throws -> Value {
        guard let entry = context.world.macros.macro(macro, from: context.node.package) else {
            throw StepError("there is no macro '\(macro)'")
        }
        let interpreter = Interpreter(DbtEnvironment.sql, embedder: context)
        return try interpreter.call(macro: entry.definition, with: Arguments(arguments), in: context)
    }

    private mutating func judge(_ loaded: Value, _ asked: Value) throws {
        guard let now = Self.time(asked) else { throw StepError("the time of asking is no time") }
        askedAt = Self.text(now)
        guard let time = Self.time(loaded) else {
            guard loaded.isNone else {
                throw StepError(
                    "loaded_at_field of \(name) gives no time",
                    hint: "cast it, as in \"loaded_at::timestamp\""
                )
            }
            status = .error
            message = "there are no rows"
            return
        }
        loadedAt = Self.text(time)
        age = Double(now - time) / 1_000_000
        if isOlder(than: criteria["error_after"]) {
            status = .error
        } else if isOlder(than: criteria["warn_after"]) {
            status = .warn
        }
    }

    private func isOlder(than limit: ConfigValue) -> Bool {
        guard let count = limit["count"].integer, let period = limit["period"].string else { return false }
        let seconds = ["minute": 60, "hour": 3600, "day": 86_400][period] ?? 0
        return seconds > 0 && age > Double(count * seconds)
    }

    /// Microseconds since 1970; times without a zone are UTC.
    private static func time(_ value: Value) -> Int? {
        if let time = DateTimeValue.of(value) { return time.instant }
        if case .object(let object) = value, let date = object as? DateValue { return date.civil.microseconds }
        return nil
    }

    private static func text(_ microseconds: Int) -> String {
        let time = CalendarTime(microseconds: microseconds)
        return time.dateText + "T" + time.clockText + "Z"
    }
}

extension SourceFreshness {
    /// `sources.json` as dbt writes it (schema v3).
    private static func artifact(_ all: [SourceFreshness], _ invocationID: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.entry(
                "metadata",
                [
                    "dbt_schema_version": "https://schemas.getdbt.com/dbt/sources/v3.json",
                    "dbt_version": .string(RunWorld.dbtVersion),
                    "generated_at": .string(Timestamp.now.description),
                    "invocation_id": .string(invocationID),
                    "env": [:],
                ]
            )
            writer.key("results")
            writer.list(all) { writer, freshness in freshness.write(to: &writer) }
            writer.entry("elapsed_time", .double(all.map(\.seconds).reduce(0, +)))
        }
        return writer.bytes
    }

    private func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.entry("unique_id", uniqueID)
            if status == .runtimeError {
                writer.entry("error", message)
                writer.entry("status", status.rawValue)
                return
            }
            writer.entry("max_loaded_at", loadedAt)
            writer.entry("snapshotted_at", askedAt)
            writer.entry("max_loaded_at_time_ago_in_s", .double(age))
            writer.entry("status", status.rawValue)
            writer.entry("criteria", criteria)
            writer.entry("adapter_response", [:] as ConfigValue)
            writer.entry("timing", [] as ConfigValue)
            writer.entry("thread_id", "Thread-1 (worker)")
            writer.entry("execution_time", .double(seconds))
        }
    }
}

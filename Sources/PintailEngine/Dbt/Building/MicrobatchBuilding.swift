import Jinja
import PintailOrchestrator
import PintailProject

/// Builds an incremental model span by span of time, each in a transaction of its own.
struct MicrobatchBuilding {
    let world: BuildWorld
    let node: Node
    let warehouse: Warehouse

    /// Whether a model is built so.
    static func isMeant(_ node: Node) -> Bool {
        node.kind == .model && node.materialization == "incremental"
            && node.config["incremental_strategy"]?.string == "microbatch"
    }

    /// Builds every span; where the first fails the others are not tried.
    func run(_ result: inout DbtResult) throws {
        let spans = try spans()
        let isIncremental = try isIncremental()
        let windows = try windows(of: spans, isIncremental: isIncremental)
        var failure: (any Error)?
        var batches = DbtResult.Batches()
        for (place, window) in windows.enumerated() {
            let times = [Self.text(window.start), Self.text(window.end)]
            if place > 0, batches.successful.isEmpty {
                batches.failed.append(times)
                continue
            }
            do {
                let isFirst = place == 0
                try build(
                    window,
                    spans,
                    isFirst: isFirst,
                    isLast: place == windows.count - 1,
                    isIncremental || !isFirst,
                    &result
                )
                batches.successful.append(times)
            } catch {
                warehouse.rollback()
                failure = failure ?? error
                batches.failed.append(times)
            }
        }
        result.batches = batches
        result.relationName = node.relationName
        guard let failure else {
            result.message = "SUCCESS"
            // Each span has SQL of its own, which its file holds.
            result.compiled = nil
            return
        }
        if !batches.successful.isEmpty {
            result.status = .partialSuccess
            result.message = "PARTIAL SUCCESS (\(batches.successful.count)/\(windows.count))"
        }
        throw failure
    }

    private func build(
        _ window: BatchWindows.Window,
        _ spans: BatchWindows,
        isFirst: Bool,
        isLast: Bool,
        _ isIncremental: Bool,
        _ result: inout DbtResult
    ) throws {
        let compilation = NodeCompilation(world: world, node: node, warehouse: warehouse)
        let (context, names) = try compilation.context()
        defer {
            names.leave()
            context.close()
        }
        names.window = window
        let (start, end) = (Self.value(window.start), Self.value(window.end))
        let name = spans.name(of: window.start)
        context.node.config["__dbt_internal_microbatch_event_time_start"] = start
        context.node.config["__dbt_internal_microbatch_event_time_end"] = end
        context.node.model["batch"] = .dict(of: [
            "id": .string(name.filter { $0 != "-" }), "event_time_start": start, "event_time_end": end,
        ])
        if !isFirst { context.node.preHooks = [] }
        if !isLast { context.node.postHooks = [] }
        if isIncremental {
            context.node.extra["is_incremental"] = .function("is_incremental") { _, _ in true }
            context.node.extra["should_full_refresh"] = .function("should_full_refresh") { _, _ in false }
        }
        let (sql, expressions) = try compilation.compile(context, names)
        result.compiled = sql
        result.expressions = expressions
        result.compiledPath = world.artifacts.write(sql, package: node.package, file: file(name), in: "compiled")
        _ = try context.materialize()
        if !context.written.isEmpty {
            result.buildPath = world.artifacts.write(
                context.written,
                package: node.package,
                file: file(name),
                in: "run"
            )
        }
    }

    /// `models/orders/orders_2024-09-17.sql`.
    private func file(_ window: String) -> String {
        let path = node.originalFilePath
        let stem = path.hasSuffix(".sql") ? String(path.dropLast(4)) : path
        let name = stem.split(separator: "/").last.map(String.init) ?? stem
        return "\(stem)/\(name)_\(window).sql"
    }

    private func spans() throws -> BatchWindows {
        let written = node.config["batch_size"]?.string ?? ""
        guard let size = BatchWindows.Size(rawValue: written) else {
            throw StepError(
                "the microbatch model '\(node.name)' has no batch_size",
                hint: "it is one of " + BatchWindows.Size.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        var spans = BatchWindows(size: size)
        spans.begin = try node.config["begin"].flatMap { try $0.isNull ? nil : time($0.plainText, "begin") }
        spans.lookback = node.config["lookback"]?.integer ?? 1
        return spans
    }

    private func windows(of spans: BatchWindows, isIncremental: Bool) throws -> [BatchWindows.Window] {
        let windows = spans.windows(
            now: CalendarTime(microseconds: Int(world.world.startedAt)),
            isIncremental: isIncremental,
            from: try world.options.sample?.start
                ?? world.options.eventTimeStart.map { try time($0, "--event-time-start") },
            to: try world.options.sample?.end ?? world.options.eventTimeEnd.map { try time($0, "--event-time-end") }
        )
        guard let windows else {
            throw StepError(
                "the microbatch model '\(node.name)' does not say where its first run begins",
                hint: "add the config 'begin', as in begin='2024-01-01'"
            )
        }
        return windows
    }

    private func time(_ text: String, _ what: String) throws -> CalendarTime {
        if let time = CalendarTime(written: text) { return time }
        throw StepError("'\(text)' of \(what) is no time", hint: "write it as 2024-09-17 or 2024-09-17T16:00:00")
    }

    private func isIncremental() throws -> Bool {
        let own = world.place(of: node)
        let isFull = node.config["full_refresh"]?.bool ?? world.options.isFullRefresh
        let found = try warehouse.relation(own.database ?? "", own.schema ?? "", own.identifier ?? "")
        return found?.kind == .table && !isFull
    }

    private static func value(_ time: CalendarTime) -> Value { .object(DateTimeValue(time, zone: .utc)) }

    /// As SQL and artifacts have it.
    static func text(_ time: CalendarTime) -> String { DateTimeValue(time, zone: .utc).isoText(" ") }
}

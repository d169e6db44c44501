import DuckDB
import Jinja
import PintailOrchestrator
import PintailProject
import Synchronization

/// Does the work of a dbt project's nodes, each on a connection and a thread of its own.
struct BuildRunner: NodeRunner {
    let world: BuildWorld
    /// Unique ids by the names that the run has for nodes.
    let ids: [NodeID: String]
    let pool: WarehousePool
    /// Why no node runs; nil where all may.
    var obstacle: String?
    private let failed = FirstFailure()

    init(_ world: BuildWorld, _ ids: [NodeID: String]) {
        self.world = world
        self.ids = ids
        pool = WarehousePool(world.database, world.relations)
    }

    func run(_ node: NodeID, attempt: Int, reporting reporter: NodeReporter) async throws -> NodeResult {
        guard let id = ids[node] else { preconditionFailure("node \(node) is not in the plan") }
        if let obstacle {
            world.note(DbtResult(id, .skipped))
            throw NodeFailure(message: "not run: " + obstacle)
        }
        if world.options.failsFast, let first = failed.name, first != node.name {
            world.note(DbtResult(id, .skipped))
            throw NodeFailure(message: "not run: \(first) failed, and --fail-fast was given")
        }
        do {
            return try await build(id, node, reporter)
        } catch {
            failed.note(node.name)
            throw error
        }
    }

    private func build(_ id: String, _ name: NodeID, _ reporter: NodeReporter) async throws -> NodeResult {
        try Task.checkCancellation()
        let stop = StopSignal()
        return try await withTaskCancellationHandler {
            try await offPool {
                let warehouse = try pool.take()
                stop.listen(warehouse.interrupter)
                defer {
                    stop.forget()
                    pool.give(warehouse)
                }
                return try build(id, name, warehouse) { reporter.message($0, level: .warning) }
            }
        } onCancel: {
            stop.stop()
        }
    }

    private func build(
        _ id: String,
        _ name: NodeID,
        _ warehouse: Warehouse,
        warn: @escaping (String) -> Void
    ) throws -> NodeResult {
        var result = DbtResult(id, .success)
        let clock = ContinuousClock()
        let start = clock.now
        var rows: RowCount?
        do {
            if let node = world.manifest.nodes[id] {
                rows = try NodeBuilding(world: world, node: node, warehouse: warehouse, warn: warn).run(&result)
            } else if let test = world.manifest.unitTests[id] {
                if world.options.verb != .compile {
                    try UnitTestRun(world: world, test: test, warehouse: warehouse).run(&result)
                }
            } else {
                result.status = .noOp
                result.message = "NO-OP"
                result.failures = 0
                result.timings = ["compile", "execute"].map { .init(name: $0, started: .now, completed: .now) }
            }
            try settleAudit(result, warehouse)
        } catch {
            if error.databaseCause?.kind == .interrupted { throw CancellationError() }
            let failure = BuildFailure(
                error,
                world.manifest.nodes[id],
                compiled: result.compiled,
                result.compiledPath,
                in: world.manifest
            )
            if result.status != .partialSuccess {
                result.status = .error
                result.message = failure.told
                result.response = [:]
            }
            result.seconds = start.duration(to: clock.now).inSeconds
            world.note(result)
            world.audits.failed(id)
            throw failure.asNodeFailure
        }
        result.seconds = start.duration(to: clock.now).inSeconds
        world.note(result)
        return try settled(result, name, rows)
    }

    /// Publishes a model whose last test this was.
    private func settleAudit(_ result: DbtResult, _ warehouse: Warehouse) throws {
        if world.audits.place(of: result.uniqueID) != nil {
            world.audits.built(result.uniqueID)
        } else if result.status != .fail {
            world.finished(result.uniqueID)
        }
        guard result.status != .fail else { return world.audits.failed(result.uniqueID) }
        guard let (model, place) = world.audits.passed(result.uniqueID) else { return }
        try place.publish(warehouse, with: world.audits.files(of: model))
        world.audits.published(model)
        world.finished(model)
    }

    /// The result in the orchestrator's words; a failed test is a failed node.
    private func settled(_ result: DbtResult, _ name: NodeID, _ rows: RowCount?) throws -> NodeResult {
        var made = NodeResult(rows: rows, facts: ["status": .string(result.status.rawValue)])
        if let node = world.manifest.nodes[result.uniqueID], node.kind == .model, world.options.verb != .compile {
            made.facts["materialized"] = .string(world.options.verb == .clone ? "clone" : node.materialization)
        }
        guard result.uniqueID.hasPrefix("test.") || result.uniqueID.hasPrefix("unit_test."),
            world.options.verb != .compile
        else { return made }
        let verdict: CheckOutcome.Status =
            switch result.status {
            case .fail: .fail
            case .warn: .warn
            default: .pass
            }
        let outcome = CheckOutcome(
            table: world.manifest.nodes[result.uniqueID]?.attachedNode ?? "",
            column: world.manifest.nodes[result.uniqueID]?.columnName,
            check: name.name,
            status: verdict,
            failingRows: result.failures.map { RowCount(Int64($0)) },
            message: result.message ?? ""
        )
        made.checks = [outcome]
        guard result.status == .fail else { return made }
        let hint = result.compiledPath.map { "the rows are those that this query finds: \($0)" }
        let state = world.audits.judged(by: result.uniqueID).map { "\($0.place.shown) is unchanged" }
        throw NodeFailure(message: result.message ?? "the test failed", hint: hint, dataState: state, checks: [outcome])
    }
}

/// The first node that failed.
private final class FirstFailure: Sendable {
    private let first = Mutex<String?>(nil)
    var name: String? { first.withLock { $0 } }
    func note(_ name: String) { first.withLock { $0 = $0 ?? name } }
}

/// Passes a cancellation on to the connection at work.
final class StopSignal: Sendable {
    private struct State {
        var interrupter: Interrupter?
        var isStopped = false
    }

    private let state = Mutex(State())

    func listen(_ interrupter: Interrupter) {
        let isStopped = state.withLock { state in
            state.interrupter = interrupter
            return state.isStopped
        }
        if isStopped { interrupter.interruptUntilReset() }
    }

    /// The work is over: the connection can be used by others.
    func forget() {
        let interrupter = state.withLock { state in
            defer { state.interrupter = nil }
            return state.interrupter
        }
        interrupter?.reset()
    }

    func stop() {
        let interrupter = state.withLock { state in
            state.isStopped = true
            return state.interrupter
        }
        interrupter?.interruptUntilReset()
    }
}

/// Connections that nobody uses at the moment.
final class WarehousePool: Sendable {
    /// Belongs to one thread at a time: whoever took it out of the pool.
    private struct Idle: @unchecked Sendable {
        // Only handed over within the lock, never shared.
        var all: [Warehouse] = []
    }

    private let database: Database
    private let relations: RelationCache
    private let idle = Mutex(Idle())

    init(_ database: Database, _ relations: RelationCache) {
        self.database = database
        self.relations = relations
    }

    func take() throws -> Warehouse {
        let found = idle.withLock { idle in
            let taken = idle.all.popLast()
            return Idle(all: taken.map { [$0] } ?? [])
        }
        return try found.all.first ?? Warehouse(database, relations: relations)
    }

    func give(_ warehouse: Warehouse) {
        let given = Idle(all: [warehouse])
        idle.withLock { $0.all += given.all }
    }
}

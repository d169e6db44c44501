import DuckDB
import PintailOrchestrator
import PintailProject
import Postgres

/// Asks the servers of a plan's loads what they would refuse, before anything has been read.
struct Preflight: Sendable {
    let plan: Plan
    let project: Project
    let secrets: Redactor
    /// Told what is waited for.
    let announce: @Sendable (NodeFailure) -> Void
    /// Told what another session has that a look at a table has to wait for.
    let announceWait: @Sendable (String) -> Void

    /// One load and the table it fills.
    private struct Target {
        let node: Plan.Node
        let load: Load
        let table: TableName
        let server: ConnectionParameters
        let check: LoadPreflight
    }

    /// All refusals at once; the steps of a pipeline with one are held back.
    ///
    /// Trouble with a connection is waited out as the pipeline's retries say.
    func refusals() async throws(CancellationError) -> Refusals {
        var failures: [NodeID: NodeFailure] = [:]
        var culprits: [String: NodeID] = [:]
        var unreachable: [ConnectionParameters: NodeID] = [:]
        for target in targets {
            // A server that is not there is told once, whoever needs it.
            if let first = unreachable[target.server] {
                if culprits[target.node.pipeline] == nil { culprits[target.node.pipeline] = first }
                continue
            }
            guard let (failure, isUnreachable) = try await refusal(of: target) else { continue }
            failures[target.node.id] = failure
            if isUnreachable { unreachable[target.server] = target.node.id }
            if culprits[target.node.pipeline] == nil { culprits[target.node.pipeline] = target.node.id }
        }
        let heldBack = plan.nodes.compactMap { node in culprits[node.pipeline].map { (node.id, $0) } }
        return Refusals(failures: failures, heldBack: Dictionary(heldBack) { first, _ in first })
    }

    /// The loads whose tables are now as they will be then: a command, or a load before, may yet change others.
    private var targets: [Target] {
        let nodes = Dictionary(plan.nodes.map { ($0.id, $0) }) { first, _ in first }
        guard let graph = try? DAG(plan.nodes.map { ($0.id, $0.after) }) else { return [] }
        return plan.nodes.flatMap { node -> [Target] in
            let ancestors = graph.ancestors(of: node.id).compactMap { nodes[$0] }
            return node.loads.compactMap { load -> Target? in
                guard let (table, server) = LoadStep.target(of: load, in: project) else { return nil }
                let isOpen = ancestors.contains { ancestor in
                    if case .command = ancestor.step { return true }
                    return ancestor.loads.contains { $0.mayShape(load, in: project) }
                }
                if isOpen { return nil }
                var own = node
                own.step = .load(load)
                let isLinked = load.isLinked || !node.companions.isEmpty
                let check = LoadPreflight(load.request(into: table, columns: []), isLinked: isLinked)
                return Target(node: own, load: load, table: table, server: server, check: check)
            }
        }
    }

    /// What stands against a load, and whether that is the server itself, which cannot be asked.
    private func refusal(of target: Target) async throws(CancellationError) -> (NodeFailure, isUnreachable: Bool)? {
        let retries = plan.retries[target.node.pipeline] ?? Retries()
        let policy = RetryPolicy(attempts: retries.attempts, initial: retries.backoff)
        var attempt = 1
        while true {
            guard let (failure, isUnreachable) = try await look(at: target) else { return nil }
            let random = Double.random(in: 0..<1)
            guard case .retry(let delay) = policy.decide(about: failure, attempt: attempt, random: random) else {
                return (failure, isUnreachable)
            }
            announce(failure)
            do { try await Task.sleep(for: delay) } catch { throw CancellationError() }
            attempt += 1
        }
    }

    private func look(at target: Target) async throws(CancellationError) -> (NodeFailure, isUnreachable: Bool)? {
        do {
            let isThere = try await ask(target) { try target.check.isThere(on: $0) }
            // The columns of a table that is not there are the source's, whatever they are.
            let columns = isThere ? await columns(of: target.node) : .unknown
            // A load before this one makes the table that a reference leads to: it is looked at then.
            if try await waitsForTables(target) { return nil }
            try await ask(target) { try target.check.check(columns, on: $0) }
            return nil
        } catch {
            if Task.isCancelled { throw CancellationError() }
            let words = PostgresWords(table: target.table, secrets: secrets, load: target.load)
            let isUnreachable = (error as? PostgresError)?.connectionFailure != nil
            return (NodeFailure(words.error(error)).redacted(by: secrets), isUnreachable)
        }
    }

    private func waitsForTables(_ target: Target) async throws -> Bool {
        let schema = target.table.schema
        for parent in target.check.parents {
            let name = TableName(parent.name, schema: parent.schema ?? schema)
            guard made.contains(name.description) else { continue }
            if try await ask(target, { try !LoadPreflight(name, mode: .append).isThere(on: $0) }) { return true }
        }
        return false
    }

    /// The tables that loads of the plan fill, and make where they are missing.
    private var made: Set<String> {
        Set(
            plan.nodes.flatMap(\.loads).compactMap { LoadStep.target(of: $0, in: project)?.table.description }
        )
    }

    /// What cannot be looked at is left to the run.
    private func columns(of node: Plan.Node) async -> LoadPreflight.Columns {
        do {
            return try await Binder(project, plan: plan).columns(of: node)
        } catch {
            return .unknown
        }
    }

    private func ask<Answer: Sendable>(
        _ target: Target,
        _ question: @escaping @Sendable (borrowing PostgresConnection) throws -> Answer
    ) async throws -> Answer {
        let canceller = LoadCanceller()
        let server = target.server
        return try await withTaskCancellationHandler {
            try await LockWatch(of: canceller, at: server).telling(announceWait) {
                try await offPool {
                    let connection = try PostgresConnection(server) { canceller.isCancelled }
                    canceller.add(connection.canceller)
                    return try question(connection)
                }
            }
        } onCancel: {
            canceller.cancel()
        }
    }
}

extension Load {
    /// Whether what this load does may change the shape of the tables that another has to do with.
    ///
    /// Rows that are added or updated change no column, and so another load's tables can be looked at before.
    fileprivate func mayShape(_ other: Load, in project: Project) -> Bool {
        guard let own = LoadStep.target(of: self, in: project) else { return false }
        guard other.isLinked, mode != .replace, mode != .fail else { return true }
        return LoadStep.target(of: other, in: project)?.table == own.table
    }
}

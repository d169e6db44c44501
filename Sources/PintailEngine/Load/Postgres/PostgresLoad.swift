import DuckDB
import FoundationEssentials
import PintailOrchestrator
import PintailProject
import Postgres

/// Delivers rows into a table of a Postgres server.
struct PostgresLoad: Sendable {
    private let load: Load
    private let table: TableName
    private let server: ConnectionParameters
    private let batching: Batching
    private let earlier: EarlierRuns?
    private let environment: StepEnvironment

    /// Names the server and the table; a table without a schema is found by the server's search path.
    init(
        _ load: Load,
        into table: TableName,
        at server: ConnectionParameters,
        batching: Batching,
        earlier: EarlierRuns?,
        in environment: StepEnvironment
    ) {
        self.load = load
        self.table = table
        self.server = server
        self.batching = batching
        self.earlier = earlier
        self.environment = environment
    }

    /// Refuses what cannot be before a row is moved, then copies and publishes.
    func run() async throws -> NodeResult {
        if let result = try await runAlone() { return result }
        return try await LinkedLoad([load], at: server, earlier: earlier, in: environment).run()
    }

    /// The result; `nil` when the rows have to meet others on their way.
    private func runAlone() async throws -> NodeResult? {
        let canceller = LoadCanceller()
        return try await withTaskCancellationHandler {
            try await LoadMeter.watch(environment) { meter in
                try await LockWatch(of: canceller, at: server).telling(environment.reporter) {
                    try await environment.session.run { connection in
                        do {
                            return try deliver(connection, meter, canceller)
                        } catch let reason as NeedsOneTransaction {
                            environment.reporter.message("\(reason.words): all rows are one transaction")
                            return nil
                        } catch {
                            throw Task.isCancelled ? CancellationError() : words.error(error)
                        }
                    }
                }
            }
        } onCancel: {
            canceller.cancel()
        }
    }

    private var words: PostgresWords { PostgresWords(table: table, secrets: environment.workspace.secrets) }

    private func deliver(
        _ connection: borrowing Connection,
        _ meter: LoadMeter,
        _ canceller: LoadCanceller
    ) throws -> NodeResult? {
        meter.begins("checking")
        let relation = try LoadRelation(load, connection)
        let scan = try SourceScan(of: relation.query, connection)
        if load.isLinked, load.isOnlyLinked || batching.size(for: scan) == nil { return nil }
        let request = LoadRequest(into: table, mode: load.mode.ofTable(key: load.key), columns: relation.columns)
        let options = TableLoad.Options(canceller: canceller) { [reporter = environment.reporter] other in
            reporter.message("waits for \(other)")
        } observer: { progress in
            meter.has(rows: progress.rows, bytes: progress.bytes)
        }
        if let size = batching.size(for: scan) {
            do {
                let source = source(try SourceFingerprint(relation.query, connection))
                let target = try TableLoad(request, over: server, batches: source, options: options)
                meter.begins("copying", totalRows: scan.estimatedRows)
                return try copyInBatches(of: size, relation, to: target, connection, meter)
            } catch let error as PostgresError where error.sqlState == "42501" {
                // Who may only insert can keep no positions: what else is missing, the load itself will tell.
                environment.reporter.message(
                    "loads all rows in one transaction: positions cannot be kept (\(error.message))",
                    level: .warning
                )
            }
        }
        let target = try target(request, relation, options, connection)
        if let rows = target.delivered { return deliveredBefore(rows, meter) }
        meter.begins("copying", totalRows: scan.estimatedRows)
        let threads = try connection.threads()
        let streams = StreamCount.best(for: load.mode, rows: scan.estimatedRows, threads: threads, asked: load.streams)
        let rows = try connection.prepare(target.plan.projection(of: relation.derivedTable))
        let outcome = try target.run(rows, streams: streams)
        return result(outcome, meter, facts: ["streams": .integer(Int64(streams))])
    }

    /// A load of all rows at once; rows that are added are noted as this run's where a history could ask for the note.
    private func target(
        _ request: LoadRequest,
        _ relation: LoadRelation,
        _ options: TableLoad.Options,
        _ connection: borrowing Connection
    ) throws -> TableLoad {
        guard load.mode == .append, earlier != nil else {
            return try TableLoad(request, over: server, options: options)
        }
        do {
            let source = source(try SourceFingerprint(relation.query, connection, inAnyOrder: true))
            return try TableLoad(request, over: server, delivery: source, options: options)
        } catch let error as PostgresError where error.sqlState == "42501" {
            environment.reporter.message(
                "positions cannot be kept (\(error.message)): killed just after its commit, this run would be repeated"
            )
            return try TableLoad(request, over: server, options: options)
        }
    }

    /// The load and what it reads, as the server's table of positions knows them.
    private func source(_ fingerprint: SourceFingerprint) -> BatchSource {
        BatchSource(load, into: table, fingerprint, earlier: earlier, in: environment)
    }

    private func deliveredBefore(_ rows: Int, _ meter: LoadMeter) -> NodeResult {
        environment.reporter.message("an earlier run had added all \(RowCount(rows)) rows when it was stopped")
        return result(LoadOutcome(rows: rows, inserted: 0), meter, facts: ["batches": 0])
    }

    /// Commits batch by batch, leaving out the rows that an earlier run committed.
    private func copyInBatches(
        of size: BatchSize,
        _ relation: LoadRelation,
        to target: consuming TableLoad,
        _ connection: borrowing Connection,
        _ meter: LoadMeter
    ) throws -> NodeResult {
        if let rows = target.delivered { return deliveredBefore(rows, meter) }
        let committed = target.committed.count
        if committed > 0 {
            environment.reporter.message("leaves out \(RowCount(committed)) rows that an earlier run has committed")
        }
        let streams = try load.streams ?? StreamCount.most(threads: connection.threads())
        let query = target.plan.projection(of: relation.skipping(target.skippedRows).derivedTable)
        let outcome = try target.runBatches(connection.prepare(query), of: size, streams: streams)
        let facts: [String: JSONValue] = [
            "batches": .integer(Int64(outcome.batches)),
            "resumed_after_rows": .integer(Int64(committed)),
            "streams": .integer(Int64(outcome.streams)),
        ]
        return result(outcome, meter, facts: facts)
    }

    private func result(_ outcome: LoadOutcome, _ meter: LoadMeter, facts: [String: JSONValue]) -> NodeResult {
        var facts = facts
        if load.mode == .upsert {
            facts["processed"] = .integer(Int64(outcome.processed))
            facts["inserted"] = .integer(Int64(outcome.inserted))
            facts["updated"] = .integer(Int64(outcome.updated))
            facts["unchanged"] = .integer(Int64(outcome.unchanged))
        }
        return NodeResult(
            rows: RowCount(outcome.rows),
            bytes: meter.bytes,
            facts: facts,
            warnings: words.warnings(outcome, key: load.key)
        )
    }
}

extension NeedsOneTransaction {
    fileprivate var words: String {
        switch self {
        case .pooled: "a pooler lies between"
        case .rowSecurity: "policies judge each row"
        }
    }
}

extension BatchSource {
    /// Names a load and what it reads; what history does not tell of other systems is only known to be the same in a retry.
    init(
        _ load: Load,
        into table: TableName,
        _ fingerprint: SourceFingerprint,
        earlier: EarlierRuns?,
        in environment: StepEnvironment
    ) {
        // Projects that share a schema share the table of positions, too.
        let name = "\(load.name) of \(environment.workspace.project.name) into \(table.name)"
        let run = environment.run.name
        switch earlier {
        case .replay: self.init(replayInto: name, fingerprint: fingerprint.text)
        case .unsettled(let runs, let isRetry) where fingerprint.isComplete || isRetry:
            self.init(load: name, fingerprint: fingerprint.text, run: run, unsettledRuns: runs)
        case .unsettled, nil: self.init(load: name, fingerprint: fingerprint.text, run: run, unsettledRuns: [run])
        }
    }
}

extension PintailProject.LoadMode {
    /// The mode as the Postgres module says it.
    func ofTable(key: [String]) -> Postgres.LoadMode {
        switch self {
        case .fail: .fail
        case .append: .append
        case .replace: .replace
        case .upsert: .upsert(key: key)
        case .history: .history(key: key)
        }
    }
}

/// How many streams a copy is sent in.
enum StreamCount {
    /// Below this one stream with FREEZE is as fast, and needs no second connection: about half a second of copying.
    private static let worthwhileRows = 1_000_000

    /// A table that is filled under another name can be filled by several transactions; rows added to one that is
    /// there must all come in the same.
    static func best(for mode: PintailProject.LoadMode, rows: Int?, threads: Int, asked: Int? = nil) -> Int {
        switch mode {
        case .append, .upsert, .history: 1
        case .fail, .replace: asked ?? ((rows ?? 0) < worthwhileRows ? 1 : most(threads: threads))
        }
    }

    /// The streams of a table that may be filled by several.
    ///
    /// It is the server that has most to do. Two backends keep two cores at work; more of them wait for the growing
    /// table's lock and wake each other instead.
    static func most(threads: Int) -> Int {
        guard ProcessInfo.processInfo.activeProcessorCount > 1 else { return 1 }
        return max(2, min(4, threads / 2))
    }
}

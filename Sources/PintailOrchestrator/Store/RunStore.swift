import Dispatch
import Synchronization

/// The history of runs in a SQLite file, `.pintail/state.db`: every run, attempt, check result and log line.
///
/// Several processes may have it open at once. History is not data: a run goes on when its history cannot be written, and
/// nothing in here is needed to know what state the tables are in.
package actor RunStore: RunEventSink {
    /// How the run store is called in warnings.
    package nonisolated let name = "the run store"
    /// The file.
    package nonisolated let path: String
    /// The owner of the runs that are recorded here.
    private let process: ProcessIdentity
    private let executor: QueueExecutor
    private let database: SQLiteDatabase
    private let pace: Pace
    /// Events of runs under way that are not written yet.
    private let waiting = Mutex(Waiting())

    /// When events are written.
    package enum Pace: Sendable {
        /// Each at once.
        case atOnce
        /// Many together, a tenth of a second late: for runs of many small nodes, of which nothing hangs on the last few
        /// when the process is killed.
        case gathered
    }

    private struct Waiting {
        var events: [RunEvent] = []
        /// Whether somebody will write them.
        var isAwaited = false
        /// Why those before could not be written; told to whoever comes next.
        var failure: (any Error)?
    }

    /// How long events are gathered.
    private static let gathering = DispatchTimeInterval.milliseconds(100)
    /// How many are gathered at most: their texts are held in memory.
    private static let mostGathered = 200

    /// Long enough for any other process's transaction; those are a few rows each.
    private static let patience = Duration.seconds(5)

    /// The queue that the run store works on.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Opens the run store, makes it when it is missing, and marks runs whose process has died as interrupted.
    ///
    /// - Parameters:
    ///   - path: the file; its folder must exist.
    ///   - process: who runs the runs that will be recorded.
    ///   - pace: when their events are written; beginnings and ends of runs are written at once.
    /// - Throws: ``RunStoreError``, which says what to do.
    package static func open(
        _ path: String,
        process: ProcessIdentity = .current,
        pace: Pace = .atOnce
    ) async throws -> RunStore {
        let executor = QueueExecutor(label: "pintail.run-store")
        return try await withCheckedThrowingContinuation { continuation in
            executor.queue.async {
                continuation.resume(with: Result { try RunStore(path, process, executor, pace) })
            }
        }
    }

    /// Opens the run store to be looked at; nothing can be recorded in it when neither file nor folder can be written.
    ///
    /// - Throws: ``RunStoreError``, which says what to do.
    package static func openForReading(_ path: String) async throws -> RunStore {
        do {
            return try await open(path)
        } catch let error as RunStoreError where error.reason == .readOnly {
            let executor = QueueExecutor(label: "pintail.run-store")
            return try await withCheckedThrowingContinuation { continuation in
                executor.queue.async {
                    continuation.resume(with: Result { try RunStore(reading: path, executor) })
                }
            }
        }
    }

    private init(reading path: String, _ executor: QueueExecutor) throws {
        self.path = path
        process = .current
        pace = .atOnce
        self.executor = executor
        database = try Self.explain(path) {
            let database = try SQLiteDatabase(reading: path)
            try Self.requireKnownForm(database, path: path)
            return database
        }
    }

    private init(_ path: String, _ process: ProcessIdentity, _ executor: QueueExecutor, _ pace: Pace) throws {
        self.path = path
        self.process = process
        self.pace = pace
        self.executor = executor
        database = try Self.explain(path) {
            let database = try SQLiteDatabase(path, patience: Self.patience)
            try Self.useWriteAheadLog(database)
            try Self.migrate(database, path: path)
            try Self.markOrphans(database)
            return database
        }
    }

    /// Records an event; blocks until it is written, if it is to be at once.
    ///
    /// - Throws: ``RunStoreError`` when it, or one before it, could not be written.
    package nonisolated func receive(_ event: RunEvent) throws {
        if case .nodeProgress = event.what { return }
        let (isDue, isFirst, failure) = waiting.withLock { waiting in
            waiting.events.append(event)
            let isDue = pace == .atOnce || event.isBoundary || waiting.events.count >= Self.mostGathered
            let isFirst = !isDue && !waiting.isAwaited
            waiting.isAwaited = waiting.isAwaited || isFirst
            defer { waiting.failure = nil }
            return (isDue, isFirst, waiting.failure)
        }
        if isDue { try executor.queue.sync { try assumeIsolated { try $0.writeWaiting() } } }
        if isFirst {
            executor.queue.asyncAfter(deadline: .now() + Self.gathering) { self.assumeIsolated { $0.writeLate() } }
        }
        if let failure { throw failure }
    }

    private func writeLate() {
        do { try writeWaiting() } catch { waiting.withLock { $0.failure = error } }
    }

    private func writeWaiting() throws {
        let events = waiting.withLock { waiting in
            defer { (waiting.events, waiting.isAwaited) = ([], false) }
            return waiting.events
        }
        guard !events.isEmpty else { return }
        try Self.explain(path) {
            try database.transaction { for event in events { try database.record(event, process: process) } }
        }
    }

    /// Lends the database, with all in it that was received, and turns SQLite's errors into ones that name the file and
    /// the way out.
    func use<Value>(_ body: (borrowing SQLiteDatabase) throws -> Value) throws -> Value {
        try writeWaiting()
        return try Self.explain(path) { try body(database) }
    }

    private static func explain<Value: ~Copyable>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as SQLiteError {
            throw RunStoreError(error, path: path)
        } catch is DecodingError {
            // The file holds what this program never writes.
            throw RunStoreError(.corrupt, path: path)
        }
    }

    /// Readers and one writer do not wait for each other in this mode; it is kept in the file, so mostly set already.
    private static func useWriteAheadLog(_ database: borrowing SQLiteDatabase) throws {
        let mode = try database.rows("PRAGMA journal_mode") { $0.text(0) }.first
        if mode != "wal" { try database.runScript("PRAGMA journal_mode = WAL") }
        // A power cut may lose the last lines of history, but never the file.
        try database.runScript("PRAGMA synchronous = NORMAL")
    }

    /// A process that lives where this one cannot see it, in another container, overwrites the mark when its run ends.
    private static func markOrphans(_ database: borrowing SQLiteDatabase) throws {
        let running = try database.rows("SELECT run, process, process_started FROM runs WHERE status = 'running'") {
            row in
            let owner = ProcessIdentity(id: Int32(clamping: row.integer(1) ?? 0), started: row.text(2) ?? "")
            return (run: RunID(row.text(0) ?? ""), owner: owner)
        }
        for (run, owner) in running where !owner.isRunning {
            try database.transaction { try database.interrupt(run) }
        }
    }
}

extension RunEvent {
    /// Whether a run begins or ends with it.
    fileprivate var isBoundary: Bool {
        switch what {
        case .runStarted, .runFinished: true
        default: false
        }
    }
}

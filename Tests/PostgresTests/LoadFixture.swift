import DuckDB
import Postgres
import TestSupport

extension TestDatabase {
    /// Loads a DuckDB query into a table, on a thread that may block.
    @discardableResult
    func load(
        _ query: SQL,
        into table: TableName,
        _ mode: LoadMode,
        streams: Int = 1,
        as user: String? = nil,
        options: TableLoad.Options = .quick
    ) async throws -> LoadOutcome {
        let parameters = parameters(of: user)
        return try await onOwnThread {
            let duck = try DuckDB.Connection.inMemory()
            let columns = try duck.describe(query)
            let load = try TableLoad(
                LoadRequest(into: table, mode: mode, columns: columns),
                over: parameters,
                options: options
            )
            let rows = try duck.stream(load.plan.projection(of: "(\(query))"))
            return try load.run(rows, streams: streams)
        }
    }

    /// Loads batches of a query that has the batch's number as `$batch`, stopping before `end`.
    func loadBatches(
        _ count: Int,
        stoppingBefore end: Int = .max,
        of query: @escaping @Sendable (Int) -> SQL,
        into table: TableName,
        _ mode: LoadMode,
        source: BatchSource
    ) async throws -> (sent: [Int], outcome: LoadOutcome?) {
        let parameters = parameters
        return try await onOwnThread {
            let duck = try DuckDB.Connection.inMemory()
            let columns = try duck.describe(query(0))
            let request = LoadRequest(into: table, mode: mode, columns: columns)
            let load = try TableLoad(request, over: parameters, batches: source, options: .quick)
            var sent: [Int] = []
            for batch in 0..<count where load.committedBatches[batch] == nil {
                if batch >= end { return (sent, nil) }
                _ = try load.runBatch(batch, duck.stream(load.plan.projection(of: "(\(query(batch)))")))
                sent.append(batch)
            }
            return (sent, try load.finish())
        }
    }

    func parameters(of user: String?) -> ConnectionParameters {
        guard let user else { return parameters }
        return ConnectionParameters(url: server.connectionString(database: name, user: user))
    }
}

extension TableLoad.Options {
    /// Does not wait long for anybody.
    static var quick: TableLoad.Options {
        TableLoad.Options(
            waiting: .seconds(30),
            patience: LockPatience(timeout: .milliseconds(100), attempts: 3, pause: .milliseconds(20)),
            olderReaders: .zero
        )
    }
}

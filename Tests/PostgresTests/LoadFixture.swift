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
            let rows = try duck.prepare(load.plan.projection(of: "(\(query))"))
            return try load.run(rows, streams: streams)
        }
    }

    /// Loads a query in batches of 10,000 rows, through a proxy if there is one.
    @discardableResult
    func loadBatches(
        of query: SQL,
        into table: TableName,
        _ mode: LoadMode,
        source: BatchSource = BatchSource(load: "l", fingerprint: "f"),
        size: BatchSize = .fixed(rows: 10_000),
        streams: Int = 2,
        as user: String? = nil,
        through proxy: CuttingProxy? = nil
    ) async throws -> LoadOutcome {
        let parameters =
            proxy.map { ConnectionParameters(url: server.url(database: name, port: $0.port)) } ?? parameters(of: user)
        return try await onOwnThread {
            let duck = try DuckDB.Connection.inMemory()
            let request = LoadRequest(into: table, mode: mode, columns: try duck.describe(query))
            let load = try TableLoad(request, over: parameters, batches: source, options: .quick)
            let rows: SQL = "(SELECT * FROM (\(query)) OFFSET \(literal: load.skippedRows))"
            let missing = try duck.prepare(load.plan.projection(of: rows))
            return try load.runBatches(missing, of: size, streams: streams)
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
            waiting: .seconds(300),
            patience: LockPatience(timeout: .milliseconds(100), attempts: 3, pause: .milliseconds(20)),
            olderReaders: .zero
        )
    }
}

/// A connection that outlives the call that made it, for a test that uses it from one thread after the other.
// The tests wait for each use before the next.
final class Held: @unchecked Sendable {
    let connection: PostgresConnection

    init(_ connection: consuming PostgresConnection) { self.connection = connection }
}

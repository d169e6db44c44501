import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A real PostgreSQL server for tests, on a free loopback port and a Unix socket; it goes with its owner.
///
/// Everybody may log in as anybody without a password, but for the users of ``createUser(_:password:)`` over TCP.
package final class PostgresServer: Sendable {
    /// How a server is told to stop.
    package enum StopMode: String, Sendable {
        /// Ends all sessions and writes everything: an orderly restart.
        case fast
        /// As if the power had failed: the next start recovers from the log.
        case immediate
    }

    /// The TCP port on 127.0.0.1.
    package let port: Int

    /// The folder with the server's Unix socket, its log and its data.
    package let directory: String

    private let programs: PostgresPrograms
    private let owned: TemporaryDirectory?
    private let watch: Watchdog.Entry
    private let databases = Atomic(0)

    // The one task that nobody waits for: it is the first test's that asks, and every other's as well.
    private static let sharedServer = Task { try await PostgresServer() }

    /// The server that all tests of a process share, started when the first one asks for it.
    package static func shared() async throws -> PostgresServer {
        try await sharedServer.value
    }

    /// Starts a server of its own, for a test that needs other settings, a disk of its own, or to stop the server.
    ///
    /// - Parameters:
    ///   - settings: lines of `postgresql.conf`, as `["wal_level": "minimal", "max_wal_senders": "0"]`.
    ///   - directory: an existing folder for its data, 60 MB at least; a temporary one by default.
    package init(settings: [String: String] = [:], in directory: String? = nil) async throws {
        programs = try PostgresPrograms()
        owned = directory == nil ? try TemporaryDirectory() : nil
        let path = directory ?? owned?.path ?? ""
        self.directory = path
        port = try freeLoopbackPort()
        // Here too, and before its folder is removed.
        watch = try Watchdog.onDeath(
            """
            p=$(head -n 1 \(shellQuoted(path))/data/postmaster.pid) && kill -QUIT "$p"
            while kill -0 "$p"; do sleep 0.05; done
            """
        )
        try await makeCluster(settings)
        try await start()
        try await psql("CREATE ROLE with_password")
    }

    deinit {
        // At once and without order: nothing of the data is kept. It takes the server some milliseconds.
        if let id = processID, kill(id, SIGQUIT) == 0 {
            while kill(id, 0) == 0 { usleep(2_000) }
        }
        watch.cancel()
    }

    /// Starts the server again after ``stop(_:)`` and waits until it answers.
    package func start() async throws {
        do {
            try await programs.asServer("pg_ctl", ["start", "-w", "-D", "\(directory)/data", "-l", "\(directory)/log"])
        } catch {
            throw FixtureError("\(error)\nthe server's log:\n\(log)")
        }
    }

    /// Stops the server and waits until it is gone.
    package func stop(_ mode: StopMode = .fast) async throws {
        try await programs.asServer("pg_ctl", ["stop", "-w", "-D", "\(directory)/data", "-m", mode.rawValue])
    }

    /// Stops the server and starts it again, at the same address with the same data.
    package func restart(_ mode: StopMode = .fast) async throws {
        try await stop(mode)
        try await start()
    }

    /// The number of the server's first process, while it runs.
    package var processID: Int32? {
        let lines = try? String(contentsOfFile: "\(directory)/data/postmaster.pid", encoding: .utf8)
        return lines?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    /// What the server has logged.
    package var log: String {
        (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? ""
    }

    /// Makes an empty database with a name of its own and returns the name.
    package func createDatabase() async throws -> String {
        let name = "test_\(databases.add(1, ordering: .relaxed).newValue)"
        try await psql(#"CREATE DATABASE "\#(name)" TEMPLATE template0"#)
        return name
    }

    /// Makes a user who must give this password over TCP and owns nothing.
    package func createUser(_ name: String, password: String) async throws {
        let quoted = password.replacing("'", with: "''")
        try await psql(#"CREATE ROLE "\#(name)" LOGIN PASSWORD '\#(quoted)' IN ROLE with_password"#)
    }

    /// Runs SQL with PostgreSQL's own client and returns what it prints: rows of columns separated by `|`.
    @discardableResult
    package func psql(_ sql: String, database: String = "postgres") async throws -> String {
        let connection = connectionString(database: database)
        let options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", connection]
        let printed = try await mustRun("\(programs.folder)/psql", options, input: sql)
        return printed.hasSuffix("\n") ? String(printed.dropLast()) : printed
    }

    /// How libpq reaches a database through the server's Unix socket.
    package func connectionString(database: String, user: String = "postgres") -> String {
        "host=\(directory) port=\(port) user=\(user) dbname=\(database)"
    }

    /// How libpq reaches a database over TCP; another port is that of a ``CuttingProxy``.
    package func url(database: String, user: String = "postgres", password: String? = nil, port: Int? = nil) -> String {
        "postgres://\(user)\(password.map { ":" + $0 } ?? "")@127.0.0.1:\(port ?? self.port)/\(database)"
    }

    private func makeCluster(_ settings: [String: String]) async throws {
        try await programs.giveToServer(directory)
        try await programs.asServer(
            "initdb",
            ["--no-sync", "--no-instructions", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
                + ["-D", "\(directory)/data"]
        )
        try await write(configuration(adding: settings), to: "postgresql.conf")
        try await write(
            """
            local all all                trust
            host  all +with_password all scram-sha-256
            host  all all            all trust

            """,
            to: "pg_hba.conf"
        )
    }

    /// Settings that make a server quick because its data need not outlive the machine; the test's own come last.
    private func configuration(adding settings: [String: String]) -> String {
        let own = [
            "listen_addresses": "'127.0.0.1'",
            "port": "\(port)",
            "unix_socket_directories": "'\(directory)'",
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            // Its locks would come at moments that no test chose.
            "autovacuum": "off",
            // All tests of a process may be under way at once, with some connections each.
            "max_connections": "500",
        ]
        return own.merging(settings) { _, given in given }.map { "\($0.key) = \($0.value)\n" }.sorted().joined()
    }

    private func write(_ text: String, to name: String) async throws {
        let file = "\(directory)/data/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        // Where files are made for their owner alone, the server could not read it.
        try await programs.giveToServer(file)
    }
}

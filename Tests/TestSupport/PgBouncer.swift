import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A real PgBouncer before a test's server, which lets everybody in; it goes with its owner.
package final class PgBouncer: Sendable {
    /// To whom a session of the server belongs.
    package enum Mode: String, Sendable, CaseIterable {
        case session, transaction
    }

    /// The TCP port on 127.0.0.1.
    package let port: Int

    private let child: ChildProcess
    private let folder: TemporaryDirectory

    private static let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Starts it, and waits until it answers.
    package init(before server: PostgresServer, mode: Mode, poolSize: Int = 8) async throws {
        guard let program = Self.program else {
            throw FixtureError("PgBouncer is not installed: run scripts/setup --test")
        }
        let port = try freeLoopbackPort()
        let folder = try TemporaryDirectory()
        try folder.write(
            """
            [databases]
            * = host=127.0.0.1 port=\(server.port) user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = any
            pool_mode = \(mode.rawValue)
            default_pool_size = \(poolSize)
            max_client_conn = 200

            """,
            to: "pgbouncer.ini"
        )
        try await PostgresPrograms().giveToServer(folder.path)
        // Like the server, it refuses to be root's.
        let user = geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : []
        let words = user + [program, "\(folder.path)/pgbouncer.ini"]
        child = try ChildProcess(words[0], Array(words.dropFirst()), currentDirectory: "/")
        self.port = port
        self.folder = folder
        try await eventually("PgBouncer answers") { [child] in
            if child.end != nil { throw FixtureError("PgBouncer has ended: \(child.standardError)") }
            return (try? LoopbackSocket(connectingTo: port)) != nil
        }
    }
}

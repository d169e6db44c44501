import DuckDB
import Postgres
import TestSupport
import Testing

/// Connections that are encrypted, on a server with certificates of its own authority.
@Suite struct TLSTests {
    private static let certificates = Task { try await Certificates(users: ["etl", "other"]) }

    private static let server = Task {
        let server = try await PostgresServer()
        try await server.psql("CREATE ROLE etl LOGIN")
        try server.letIn(
            """
            local all all trust
            hostssl all etl all cert
            hostnossl all etl all reject
            host all all all trust
            """
        )
        try await certificates.value.use("server", for: server)
        return server
    }

    private static let late = Task {
        let server = try await PostgresServer()
        try await certificates.value.use("expired", for: server)
        return server
    }

    /// A connection, and whether it is encrypted, or why there is none.
    struct Case: Sendable, CustomTestStringConvertible {
        let settings: [String: String]
        var user = "postgres"
        var isLate = false
        var encrypted: Bool?
        var reason: ConnectionFailure.Reason?
        var said: [String] = []
        var testDescription: String { "\(settings.sorted { $0.key < $1.key }) \(user)\(isLate ? " late" : "")" }
    }

    private static let cases = [
        Case(settings: ["sslmode": "disable"], encrypted: false),
        Case(settings: ["sslmode": "allow"], encrypted: false),
        Case(settings: ["sslmode": "prefer"], encrypted: true),
        Case(settings: ["sslmode": "require"], encrypted: true),
        Case(settings: ["sslmode": "verify-ca", "sslrootcert": "authority.pem"], encrypted: true),
        Case(settings: ["sslmode": "verify-full", "sslrootcert": "authority.pem"], encrypted: true),
        Case(settings: ["sslmode": "verify-ca", "sslrootcert": "authority.pem", "host": "127.0.0.1"], encrypted: true),
        Case(
            settings: ["sslmode": "verify-full", "sslrootcert": "authority.pem", "host": "127.0.0.1"],
            reason: .otherName,
            said: ["\"localhost\"", "does not match host name \"127.0.0.1\"", "sslmode=verify-ca"]
        ),
        Case(
            settings: ["sslmode": "verify-full", "sslrootcert": "stranger.pem"],
            reason: .untrusted,
            said: ["certificate verify failed", "not signed by an authority in sslrootcert"]
        ),
        Case(
            settings: ["sslmode": "verify-ca", "sslrootcert": "authority.pem"],
            isLate: true,
            reason: .untrusted,
            said: ["certificate verify failed", "out of date"]
        ),
        Case(
            settings: ["sslmode": "verify-full", "sslrootcert": "nowhere.pem"],
            reason: .badCertificateFile,
            said: ["nowhere.pem\" does not exist", "sslrootcert"]
        ),
        Case(
            settings: ["sslmode": "require"],
            user: "etl",
            reason: .noCertificate,
            said: ["certificate", "sslcert and sslkey"]
        ),
        Case(
            settings: ["sslmode": "require", "sslcert": "etl.pem", "sslkey": "etl.key"],
            user: "etl",
            encrypted: true
        ),
        Case(
            settings: ["sslmode": "require", "sslcert": "other.pem", "sslkey": "other.key"],
            user: "etl",
            reason: .noCertificate,
            said: ["certificate authentication failed for user \"etl\""]
        ),
        Case(
            settings: ["sslmode": "require", "sslcert": "etl.pem", "sslkey": "other.key"],
            user: "etl",
            reason: .badCertificateFile,
            said: ["sslkey"]
        ),
        Case(settings: ["sslmode": "disable"], user: "etl", reason: .notAllowed, said: ["no encryption"]),
    ]

    @Test(arguments: cases) func `each way to a server with certificates works, or says what is wrong`(_ item: Case)
        async throws
    {
        let certificates = try await Self.certificates.value
        let server = try await (item.isLate ? Self.late : Self.server).value
        var settings = [
            "host": "localhost", "hostaddr": "127.0.0.1", "port": "\(server.port)", "user": item.user,
            "dbname": "postgres",
        ].merging(item.settings) { _, given in given }
        for name in ["sslrootcert", "sslcert", "sslkey"] { settings[name] = settings[name].map(certificates.path) }
        let parameters = ConnectionParameters(settings: settings)
        let connect: @Sendable () async throws -> String? = {
            try await onOwnThread {
                let connection = try PostgresConnection(parameters)
                return try connection.value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            }
        }
        if let encrypted = item.encrypted {
            #expect(try await connect() == (encrypted ? "t" : "f"))
            return
        }
        let error = await #expect(throws: PostgresError.self) { _ = try await connect() }
        #expect(error?.connectionFailure?.reason == item.reason, "\(String(describing: error))")
        let words = "\(error?.message ?? "") \(error?.hint ?? "")"
        for said in item.said { #expect(words.contains(said), "\(words)") }
        #expect(error?.isTransient == false)
    }
}

/// What Postgres said was wrong, with the statement it said it of.
package struct PostgresError: Error, Hashable, Sendable {
    /// The five characters that name the failure; `nil` when no server answered.
    ///
    /// https://www.postgresql.org/docs/current/errcodes-appendix.html
    package var sqlState: String?
    /// ERROR, FATAL, or how grave a remark is.
    package var severity: String?
    /// The server's words, or libpq's when there was no server.
    package var message: String
    /// More of the server's words about the cause.
    package var detail: String?
    /// What can be done about it, by the server or by us.
    package var hint: String?
    /// Where in the statement, in characters counted from 1.
    package var position: Int?
    /// The schema that it happened in, when the server names one.
    package var schema: String?
    /// The table that it happened to.
    package var table: String?
    /// The column that it happened to.
    package var column: String?
    /// The constraint that was broken.
    package var constraint: String?
    /// Where the server was: for COPY the table, line and column.
    package var context: String?
    /// The statement that failed, when there was one.
    package var sql: String?
    /// Who was refused, when it was a matter of rights.
    package var user: String?
    /// Why there is no connection; `nil` when there was one.
    package var connectionFailure: ConnectionFailure?

    /// A failure in words of our own.
    package init(_ message: String, sqlState: String? = nil, hint: String? = nil, sql: String? = nil) {
        self.message = message
        self.sqlState = sqlState
        self.hint = hint
        self.sql = sql
    }

    /// Whether the same work may well succeed a moment later.
    package var isTransient: Bool {
        if let connectionFailure { return connectionFailure.reason.isTransient }
        guard let sqlState else { return false }
        return sqlState.hasPrefix("08") || Self.transientStates.contains(sqlState)
    }

    /// Serialization failure, deadlock, too many connections, lock not available, and the server going away or coming up.
    private static let transientStates: Set = ["40001", "40P01", "53300", "55P03", "57P01", "57P02", "57P03"]

    /// Whether the statement was stopped by a cancel request.
    package var isCancellation: Bool { sqlState == "57014" && endedBy == nil }

    /// The setting of the server whose limit was reached; `nil` when it was none.
    ///
    /// https://www.postgresql.org/docs/current/runtime-config-client.html
    package var endedBy: String? {
        switch sqlState {
        case "57014" where message.contains("statement timeout"): "statement_timeout"
        case "55P03" where message.contains("lock timeout"): "lock_timeout"
        case "25P03": "idle_in_transaction_session_timeout"
        case "25P04": "transaction_timeout"
        case "57P05": "idle_session_timeout"
        default: nil
        }
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        ([message] + [detail, hint].compactMap(\.self)).joined(separator: "; ")
    }
}

/// Where a connection was wanted, and why there is none.
package struct ConnectionFailure: Hashable, Sendable {
    /// The causes that call for different remedies.
    package enum Reason: Hashable, Sendable {
        case refused, unknownHost, noSocket, wrongPassword, noPassword, unknownUser, missingDatabase, notAllowed
        case noEncryption, untrusted, otherName, badCertificateFile, noCertificate, startUpSetting
        case timeout, tooManyConnections, notReady, lost, badParameters, unreadableAddress, other
    }

    /// Which remedy it calls for.
    package let reason: Reason
    /// The host, or the folder of the server's socket.
    package let host: String
    /// The port as it was given.
    package let port: String
    /// The user who wanted to enter.
    package let user: String
    /// The database that was wanted.
    package let database: String
}

extension ConnectionFailure.Reason {
    /// Whether waiting may help; a wrong password stays wrong.
    package var isTransient: Bool {
        switch self {
        case .refused, .timeout, .tooManyConnections, .notReady, .lost: true
        default: false
        }
    }

    /// What the user can do about it.
    package func hint(_ place: ConnectionFailure) -> String? {
        switch self {
        case .refused: "nothing listens at \(place.host):\(place.port): is the server running, and is the port right?"
        case .unknownHost: "no address is known for '\(place.host)': check the host's spelling and the network"
        case .noSocket:
            "no server's socket is at \(place.host) for port \(place.port): is the server running on this machine?"
        case .wrongPassword:
            "the server did not take the password given for user '\(place.user)': correct it where the connection has it from"
        case .noPassword: "the server wants a password for user '\(place.user)', and none was given"
        case .unknownUser: "the server has no user '\(place.user)'"
        case .missingDatabase: "the server has no database '\(place.database)': createdb \(place.database) makes one"
        case .notAllowed:
            "the server's pg_hba.conf does not let user '\(place.user)' into '\(place.database)' from here"
        case .noEncryption: "the server does not speak TLS: sslmode=prefer connects without it"
        case .untrusted:
            """
            the server's certificate is out of date, or not signed by an authority in sslrootcert: \
            'openssl s_client -starttls postgres -connect \(place.host):\(place.port)' shows it
            """
        case .otherName:
            "connect by a name that is in the server's certificate; sslmode=verify-ca does without the name"
        case .badCertificateFile:
            "look at sslrootcert, sslcert and sslkey: each names a file that can be read, the key by its owner alone"
        case .noCertificate:
            "the server asks for a certificate of user '\(place.user)': sslcert and sslkey name it and its key"
        case .startUpSetting:
            "a pooler lies between: give the user the setting on the server, as in ALTER ROLE \(place.user) SET …"
        case .unreadableAddress:
            "write @ : / % in a user's name or password as %40 %3A %2F %25, or give the password as 'password'"
        case .timeout: "\(place.host):\(place.port) did not answer in time: check the address and the firewall"
        case .tooManyConnections: "all of the server's connections are taken: retry later, or raise max_connections"
        case .notReady: "the server is starting up or shutting down: retry in a moment"
        case .lost: "the server closed the connection: its log says why"
        case .badParameters, .other: nil
        }
    }
}

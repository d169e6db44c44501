import CPQ

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Connecting, step by step, so that a failure's code is known and the time is bounded.
enum ConnectionAttempt {
    /// - Parameter isCancelled: asked several times a second; the attempt then ends as a cancelled statement does.
    static func connect(
        _ parameters: ConnectionParameters,
        isCancelled: () -> Bool
    ) throws(PostgresError) -> OpaquePointer {
        if parameters.isAmbiguous { throw unreadable("it has more than one '@' before its '?'") }
        guard let handle = unsafe start(parameters) else { throw PostgresError("no memory for a connection") }
        do throws(PostgresError) {
            if unsafe PQstatus(handle) == CONNECTION_BAD {
                throw unsafe parameters.hidingAddress(failure(of: handle))
            }
            // Only the verbose form of a refusal carries its SQLSTATE.
            unsafe PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
            try unsafe waitUntilReady(handle, isCancelled)
            unsafe PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
            return unsafe handle
        } catch {
            unsafe PQfinish(handle)
            throw error
        }
    }

    private static func start(_ parameters: ConnectionParameters) -> OpaquePointer? {
        let keywords = parameters.keywords
        var strings = unsafe keywords.map { (unsafe strdup($0.name), unsafe strdup($0.value)) }
        defer {
            for unsafe(name, value) in unsafe strings {
                unsafe free(name)
                unsafe free(value)
            }
        }
        unsafe strings.append((nil, nil))
        let names = unsafe strings.map { unsafe UnsafePointer($0.0) }
        let values = unsafe strings.map { unsafe UnsafePointer($0.1) }
        return unsafe PQconnectStartParams(names, values, 1)
    }

    /// Does what libpq asks for until it is done.
    ///
    /// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PQCONNECTSTARTPARAMS
    private static func waitUntilReady(_ handle: OpaquePointer, _ isCancelled: () -> Bool) throws(PostgresError) {
        let deadline = unsafe ContinuousClock.now + timeout(of: handle)
        var step = PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            let awaited = step == PGRES_POLLING_READING ? POLLIN : POLLOUT
            while unsafe !wait(for: Int16(awaited), on: PQsocket(handle), until: deadline) {
                if isCancelled() { throw PostgresError("cancelled", sqlState: "57014") }
                guard ContinuousClock.now < deadline else { throw unsafe failure(of: handle, timedOut: true) }
            }
            step = unsafe PQconnectPoll(handle)
            if step == PGRES_POLLING_FAILED { throw unsafe failure(of: handle) }
        }
    }

    /// Whether the socket is ready, after a fifth of a second at most.
    private static func wait(for events: Int16, on socket: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        let left = max(.zero, min(.milliseconds(200), ContinuousClock.now.duration(to: deadline)))
        var descriptor = pollfd(fd: socket, events: events, revents: 0)
        let ready = unsafe poll(&descriptor, 1, Int32(clamping: left.milliseconds + 1))
        return ready > 0 || (ready < 0 && errno != EINTR)
    }

    /// libpq leaves this to the caller of its steps.
    private static func timeout(of handle: OpaquePointer) -> Duration {
        let seconds = unsafe option("connect_timeout", of: handle).flatMap { Int($0) }
        guard let seconds else { return .seconds(ConnectionParameters.defaultTimeout) }
        return seconds > 0 ? .seconds(seconds) : .seconds(86_400 * 365)
    }

    static func option(_ name: String, of handle: OpaquePointer) -> String? {
        guard let options = unsafe PQconninfo(handle) else { return nil }
        defer { unsafe PQconninfoFree(options) }
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if unsafe String(cString: keyword) == name {
                return unsafe option.pointee.val.map { unsafe String(cString: $0) }
            }
            unsafe option += 1
        }
        return nil
    }

    private static func unreadable(_ why: String) -> PostgresError {
        let place = ConnectionFailure(reason: .unreadableAddress, host: "", port: "", user: "", database: "")
        var error = PostgresError("the connection's address cannot be read: \(why)", hint: place.reason.hint(place))
        error.connectionFailure = place
        return error
    }

    private static func failure(of handle: OpaquePointer, timedOut: Bool = false) -> PostgresError {
        let text = unsafe String(cString: PQerrorMessage(handle)).trimmed
        let refusal = Refusal(text)
        let reason = timedOut ? .timeout : unsafe refusal.reason(needsPassword: PQconnectionNeedsPassword(handle) == 1)
        let place = unsafe ConnectionFailure(reason, of: handle)
        let message = timedOut ? "no answer from \(place.host):\(place.port)" : refusal.message
        var error = PostgresError(message, sqlState: refusal.sqlState, hint: reason.hint(place))
        error.connectionFailure = place
        return error
    }
}

/// libpq's text for a failed connection, taken apart.
private struct Refusal {
    let message: String
    let sqlState: String?

    /// Takes "…: FATAL:  28P01: password authentication failed for user "x"; LOCATION: …" apart.
    init(_ text: String) {
        guard let start = text.firstRange(of: "FATAL:  ") else {
            message = text
            sqlState = nil
            return
        }
        let words = text[start.upperBound...]
        let code = words.prefix(5)
        let said = words.dropFirst(7)
        sqlState = words.dropFirst(5).hasPrefix(": ") ? String(code) : nil
        message = String((sqlState == nil ? words : said).prefix { $0 != ";" })
    }

    func reason(needsPassword: Bool) -> ConnectionFailure.Reason {
        if needsPassword { return .noPassword }
        switch sqlState {
        case "28P01": return .wrongPassword
        case "28000" where message.contains("does not exist"): return .unknownUser
        case "28000" where message.contains("certificate"): return .noCertificate
        case "28000": return .notAllowed
        case "3D000": return .missingDatabase
        case "53300": return .tooManyConnections
        case "57P01", "57P02", "57P03": return .notReady
        default: return Self.reasons.first { message.contains($0.words) }?.reason ?? .other
        }
    }

    /// What libpq says when no server spoke; its C locale is English.
    private static let reasons: [(words: String, reason: ConnectionFailure.Reason)] = [
        ("unsupported startup parameter", .startUpSetting),
        ("does not match host name", .otherName), ("certificate verify failed", .untrusted),
        ("certificate required", .noCertificate), ("unknown ca", .noCertificate),
        ("certificate file", .badCertificateFile), ("private key file", .badCertificateFile),
        ("Connection refused", .refused), ("could not translate host name", .unknownHost),
        ("No such file or directory", .noSocket), ("does not support SSL", .noEncryption),
        ("timeout expired", .timeout), ("timed out", .timeout),
        ("closed the connection unexpectedly", .lost), ("invalid ", .badParameters),
        ("connection info string", .badParameters), (" in URI", .badParameters),
    ]
}

extension ConnectionParameters {
    /// Whether libpq would take a part of the password for the host.
    ///
    /// It ends the name and the password at the first `@`, and looks for none after a `/`.
    fileprivate var isAmbiguous: Bool {
        guard let url, let scheme = ["postgres://", "postgresql://"].first(where: { url.hasPrefix($0) }) else {
            return false
        }
        let main = url.dropFirst(scheme.count).prefix { $0 != "?" }
        let first = main.prefix { $0 != "@" && $0 != "/" }
        let rest = main.dropFirst(first.count)
        if rest.hasPrefix("@") { return rest.dropFirst().contains("@") }
        guard rest.contains("@"), let colon = first.lastIndex(of: ":") else { return false }
        return !first[first.index(after: colon)...].allSatisfy(\.isNumber)
    }

    /// libpq's words without what they quote of an address: it may be a piece of the password.
    fileprivate func hidingAddress(_ error: PostgresError) -> PostgresError {
        guard url != nil, let place = error.connectionFailure, place.reason == .badParameters else { return error }
        let parts = error.message.split(separator: "\"", omittingEmptySubsequences: false)
        let words = parts.enumerated().map { $0.offset.isMultiple(of: 2) ? String($0.element) : "…" }
        var hidden = PostgresError(
            "the connection's address cannot be read: \(words.joined(separator: "\""))",
            hint: ConnectionFailure.Reason.unreadableAddress.hint(place)
        )
        hidden.connectionFailure = ConnectionFailure(
            reason: .badParameters,
            host: "",
            port: "",
            user: "",
            database: ""
        )
        return hidden
    }
}

extension ConnectionFailure {
    /// Names the place that a connection, made or not, was for.
    init(_ reason: Reason, of handle: OpaquePointer) {
        func text(_ name: String) -> String { unsafe ConnectionAttempt.option(name, of: handle) ?? "" }
        let host = text("host")
        self.init(
            reason: reason,
            host: host.isEmpty ? unsafe String(cString: PQhost(handle)) : host,
            port: text("port"),
            user: text("user"),
            database: text("dbname")
        )
    }
}

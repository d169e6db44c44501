import DuckDB
import PintailProject

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How to reach a Postgres server, apart in what is secret and what is not.
struct PostgresAddress: CustomStringConvertible {
    private var parts: [String: String] = [:]

    /// Takes an address apart; parts given beside it win.
    init(_ settings: PostgresSettings) {
        if let url = settings.url?.reveal { parts = Self.parsed(url) }
        for (key, value) in settings.parameters { parts[key] = value }
        let given = [
            "host": settings.host, "port": settings.port.map { String($0) }, "dbname": settings.database,
            "user": settings.user, "password": settings.password?.reveal,
        ]
        for (key, value) in given { if let value { parts[key] = value } }
        if !settings.settings.isEmpty {
            parts["options"] = ([parts["options"]].compactMap(\.self) + settings.options).joined(separator: " ")
        }
        // libpq would wait as long as the network does.
        if parts["connect_timeout"] == nil, unsafe getenv("PGCONNECT_TIMEOUT") == nil {
            parts["connect_timeout"] = "10"
        }
    }

    /// What the server is told at the start of a connection.
    var options: String? { parts["options"] }

    /// The password, as it is after the address has been decoded.
    var password: String? { parts["password"] }

    private static let secretKeys = ["host", "port", "user", "password", "dbname"]

    /// What DuckDB's secret of type postgres holds.
    var secretOptions: [SQL] {
        ["TYPE postgres"]
            + Self.secretKeys.compactMap { key in
                parts[key].map { "\(SQL(verbatim: key == "dbname" ? "DATABASE" : key.uppercased())) \(literal: $0)" }
            }
    }

    /// The rest in libpq's key/value form; none of it is secret.
    var otherOptions: String {
        parts.filter { !Self.secretKeys.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "\($0.key)='\(Self.escaped($0.value))'" }.joined(separator: " ")
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            if character == "'" || character == "\\" { text += "\\" }
            text.append(character)
        }
    }

    /// `warehouse.example.com:5432 as user etl`, for messages.
    var description: String {
        let host = parts["host"] ?? "this machine"
        let user = parts["user"].map { " as user \($0)" } ?? ""
        return "\(host):\(parts["port"] ?? "5432")\(user)"
    }

    /// `postgres://user:password@host:port/database?sslmode=require`, or `host=... user=...`.
    private static func parsed(_ url: String) -> [String: String] {
        guard let scheme = ["postgres://", "postgresql://"].first(where: { url.hasPrefix($0) }) else {
            return keyValues(url)
        }
        var parts: [String: String] = [:]
        let main = url.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = main[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if path.count > 1, !path[1].isEmpty { parts["dbname"] = decoded(path[1]) }
        var server = path[0]
        if let at = server.lastIndex(of: "@") {
            let login = server[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if !login[0].isEmpty { parts["user"] = decoded(login[0]) }
            if login.count > 1 { parts["password"] = decoded(login[1]) }
            server = server[server.index(after: at)...]
        }
        if let colon = server.lastIndex(of: ":"), !server[colon...].contains("]") {
            parts["port"] = String(server[server.index(after: colon)...])
            server = server[..<colon]
        }
        let host = server.filter { $0 != "[" && $0 != "]" }
        if !host.isEmpty { parts["host"] = decoded(host[...]) }
        for pair in main.count > 1 ? main[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if sides.count == 2 { parts[String(sides[0])] = decoded(sides[1]) }
        }
        return parts
    }

    /// Reads libpq's other form.
    ///
    /// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
    private static func keyValues(_ text: String) -> [String: String] {
        var parts: [String: String] = [:]
        var rest = text[...]
        while let equals = rest.firstIndex(of: "=") {
            let key = rest[..<equals].filter { $0 != " " }
            rest = rest[rest.index(after: equals)...].drop { $0 == " " }
            var value = ""
            let isQuoted = rest.first == "'"
            if isQuoted { rest = rest.dropFirst() }
            while let character = rest.first, isQuoted ? character != "'" : character != " " {
                rest = rest.dropFirst()
                if character == "\\", let next = rest.first {
                    value.append(next)
                    rest = rest.dropFirst()
                } else {
                    value.append(character)
                }
            }
            rest = rest.dropFirst()
            parts[String(key)] = value
        }
        return parts
    }

    /// Takes percent signs and what they stand for out of a part of an address.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension PostgresSettings {
    /// Settings as the server's command line has them; blanks and backslashes are escaped there.
    fileprivate var options: [String] {
        settings.sorted { $0.key < $1.key }.map { name, value in
            let escaped = value.reduce(into: "") { text, character in
                if character == " " || character == "\\" { text += "\\" }
                text.append(character)
            }
            return "-c \(name)=\(escaped)"
        }
    }
}

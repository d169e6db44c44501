/// Where a server is and how to enter it, by libpq's keywords.
///
/// Printing it never shows the password.
/// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
package struct ConnectionParameters: Hashable, Sendable {
    /// `postgres://user@host/database`, or libpq's `key=value` text; ``settings`` win over it.
    package var url: String?
    /// libpq's keywords and their values: host, port, dbname, user, password, sslmode and the others.
    package var settings: [String: String]

    /// What is given neither here nor in the URL comes from libpq's environment variables.
    package init(url: String? = nil, settings: [String: String] = [:]) {
        self.url = url
        self.settings = settings
    }

    /// Parts by their usual names.
    package init(host: String, port: Int = 5432, database: String, user: String, password: String? = nil) {
        self.init(settings: ["host": host, "port": String(port), "dbname": database, "user": user])
        settings["password"] = password
    }

    /// What libpq is given, in the order it wants: a later keyword wins over an earlier.
    var keywords: [(name: String, value: String)] {
        var keywords = Self.defaults
        if let url { keywords.append(("dbname", url)) }
        return keywords + settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + Self.fixed
    }

    /// How long to wait for a connection unless told otherwise (by a setting, a service file or PGCONNECT_TIMEOUT), in
    /// seconds.
    static let defaultTimeout = 10

    private static let defaults = [
        ("fallback_application_name", "pintail"),
        // A peer that vanished is noticed within a minute, even in the middle of sending.
        ("keepalives_idle", "20"), ("keepalives_interval", "10"), ("keepalives_count", "4"),
        ("tcp_user_timeout", "60000"),
    ]

    private static let fixed = [("client_encoding", "UTF8")]
}

extension ConnectionParameters: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        var shown = settings
        if shown["password"] != nil { shown["password"] = "***" }
        let parts = shown.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return ((url.map { [Self.withoutPassword($0)] } ?? []) + parts).joined(separator: " ")
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["parameters": description]) }

    /// `postgres://u:secret@h/d` as `postgres://u:***@h/d`; any other form is not shown at all.
    private static func withoutPassword(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://"), !url.contains("password") else { return "***" }
        guard let at = url.lastIndex(of: "@") else { return url }
        let user = url[scheme.upperBound..<at]
        guard let colon = user.firstIndex(of: ":") else { return url }
        return url[..<colon] + ":***" + url[at...]
    }
}

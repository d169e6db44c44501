package import DuckDB
import FoundationEssentials
import PintailProject
import Postgres
import Synchronization

/// Attaching is for the whole database, and so are extensions and keys: two steps that want one must not both try.
private let attaching = Mutex<Void>(())

extension Workspace {
    /// Makes a connection's tables known to SQL under the connection's name, read-only; does nothing the second time.
    ///
    /// Blocks until the server has answered, at most ten seconds unless `connect_timeout` says otherwise.
    /// - Throws: ``StepError`` that names host, port and user, never the password.
    package func attach(_ name: String, on connection: borrowing Connection) throws {
        guard let settings = project.connections[name] else { throw unknownConnection(name) }
        try attaching.withLock { _ in
            switch settings {
            case .postgres(let settings): try attach(settings, as: name, connection)
            case .s3(let settings):
                try loadWebAccess(connection)
                try useStore(settings, as: name, connection)
            }
        }
    }

    private func unknownConnection(_ name: String) -> StepError {
        let known = project.connections.keys.sorted()
        let best = nearest(to: name, among: known).map { "did you mean '\($0)'?" }
        return StepError(
            "there is no connection '\(name)'",
            hint: best ?? (known.isEmpty ? "add it under 'connections:'" : "there are \(known.joined(separator: ", "))")
        )
    }

    private func attach(_ settings: PostgresSettings, as name: String, _ connection: borrowing Connection) throws {
        let isThere = try connection.value(
            "SELECT count(*) > 0 FROM duckdb_databases() WHERE lower(database_name) = lower(\(literal: name))"
        )
        if isThere == .boolean(true) { return }
        try connection.load(.postgres)
        let address = PostgresAddress(settings)
        let secret = "pintail_" + name
        do {
            // A secret keeps the password out of the statement that may fail, and so out of its error.
            try connection.execute(
                "CREATE OR REPLACE TEMPORARY SECRET \(identifier: secret) (\(list: address.secretOptions))"
            )
            try connection.execute(
                "ATTACH \(literal: address.otherOptions) AS \(identifier: name) (TYPE postgres, SECRET \(identifier: secret), READ_ONLY)"
            )
        } catch {
            throw refused(name, settings, error)
        }
    }

    private func refused(_ name: String, _ settings: PostgresSettings, _ error: DuckDBError) -> StepError {
        let what = "cannot connect to '\(name)' (\(PostgresAddress(settings)))"
        let said = secrets.redact(error.message)
        if !said.contains("timeout expired"), let refusal = refusal(settings) {
            return StepError(
                "\(what): \(secrets.redact(refusal.message))",
                hint: refusal.hint ?? "check host, port, user and database of connections.\(name)",
                isTransient: refusal.isTransient
            )
        }
        // libpq's own words follow the connection string, which is not for the user's eyes.
        let reason = said.split(separator: "\": ", maxSplits: 1).last.map { String($0) } ?? said
        return StepError(
            "\(what): \(reason.split(separator: "\n").joined(separator: "; "))",
            hint: "is the server running, and are host and port right?",
            isTransient: said.contains("timeout expired")
        )
    }

    /// Asks again without DuckDB, which tells neither the server's code nor whether the reason may pass.
    private func refusal(_ settings: PostgresSettings) -> PostgresError? {
        do throws(PostgresError) {
            _ = try PostgresConnection(ConnectionParameters(settings))
            return nil
        } catch {
            return error
        }
    }

    /// Gives DuckDB the keys of an object store; used for its buckets, or for every `s3://` address that no other store names.
    private func useStore(_ settings: S3Settings, as name: String, _ connection: borrowing Connection) throws {
        var options: [SQL] = ["TYPE s3"]
        if let keyID = settings.keyID { options.append("KEY_ID \(literal: keyID.reveal)") }
        if let secret = settings.secret { options.append("SECRET \(literal: secret.reveal)") }
        if let region = settings.region { options.append("REGION \(literal: region)") }
        if let endpoint = settings.endpoint {
            options.append("ENDPOINT \(literal: endpoint.withoutScheme)")
            // A store that is not Amazon's is seldom reached by a host name for each bucket.
            options.append("URL_STYLE \(literal: settings.urlStyle ?? "path")")
        } else if let style = settings.urlStyle {
            options.append("URL_STYLE \(literal: style)")
        }
        options.append("USE_SSL \(literal: settings.useSSL)")
        if !settings.buckets.isEmpty {
            // A scope is a prefix: without the slash that of `lake` would take in `lake-archive`.
            let prefixes = settings.buckets.flatMap { ["s3://\($0)/", "s3a://\($0)/"] }
            options.append("SCOPE [\(list: prefixes.map { "\(literal: $0)" })]")
        }
        do {
            try connection.execute(
                "CREATE TEMPORARY SECRET IF NOT EXISTS \(identifier: "pintail_" + name) (\(list: options))"
            )
        } catch {
            throw StepError("DuckDB does not take the keys of connection '\(name)'", hint: "check connections.\(name)")
        }
    }

    /// Makes ready for addresses that begin with `s3://` or `https://`.
    func prepareRemoteFiles(_ connection: borrowing Connection) throws {
        try attaching.withLock { _ in
            try loadWebAccess(connection)
            for (name, settings) in project.connections.sorted(by: { $0.key < $1.key }) {
                if case .s3(let store) = settings { try useStore(store, as: name, connection) }
            }
        }
    }

    /// Loads what speaks https, and has it trust whom the user trusts.
    ///
    /// DuckDB finds the system's authorities by itself; other programs read this variable, so ours does.
    private func loadWebAccess(_ connection: borrowing Connection) throws(DuckDBError) {
        try connection.load(.httpfs)
        // Objects are sent in parts, many at once: 80 MB and 50 by default, which no budget of memory knows of. These
        // are the smallest that S3 takes, 5 MB for objects of up to 50 GB.
        try connection.execute("SET GLOBAL s3_uploader_max_filesize = '50GB'; SET GLOBAL s3_uploader_thread_limit = 4")
        guard let file = ProcessInfo.processInfo.environment["SSL_CERT_FILE"], !file.isEmpty else { return }
        try connection.execute("SET GLOBAL ca_cert_file = \(literal: file)")
    }
}

extension String {
    fileprivate var withoutScheme: String {
        for scheme in ["http://", "https://"] where hasPrefix(scheme) { return String(dropFirst(scheme.count)) }
        return self
    }
}

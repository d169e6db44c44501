package import DuckDB
import FoundationEssentials
package import PintailProject

/// The database that a profile names, opened.
package enum DbtDatabase {
    /// Opens the database and makes everything in it that the profile asks for: settings, extensions, secrets, attached
    /// databases.
    ///
    /// Blocks while DuckDB replays its log.
    package static func open(_ profile: DbtProfile) throws -> Database {
        let settings = profile.settings
        let path = settings["path"]?.string ?? ":memory:"
        var options = Database.Options()
        for (name, value) in settings["config_options"]?.object ?? [:] { options.settings[name] = value.plainText }
        let database: Database
        do {
            database = try Database(path: path == ":memory:" ? nil : path, options: options)
        } catch {
            throw StepError(
                "cannot open the database \(path)",
                cause: error,
                hint: error.isTransient
                    ? "another process has it open; DuckDB allows one writer at a time" : missingFolder(of: path)
            )
        }
        try configure(database, as: profile)
        if !names(profile, "external_threads") { try LateThreads.hold(database) }
        return database
    }

    private static func names(_ profile: DbtProfile, _ setting: String) -> Bool {
        ["config_options", "settings"].contains { profile.settings[$0]?.object?[setting] != nil }
    }

    /// The way out where the folder is not there that the database is to lie in.
    private static func missingFolder(of path: String) -> String? {
        let folder = path.deletingLastComponent
        guard !FileManager.default.fileExists(atPath: folder) else { return nil }
        return "there is no folder \(folder): make it, or name another 'path' in profiles.yml"
    }

    /// Makes in an open database what the profile asks for.
    package static func configure(_ database: Database, as profile: DbtProfile) throws {
        let settings = profile.settings
        let connection = try database.connect()
        try load(settings["extensions"]?.items ?? [], connection)
        for (name, value) in settings["settings"]?.object ?? [:] {
            try connection.execute("SET GLOBAL \(identifier: name) = \(literal: value.plainText)")
        }
        let secrets = settings["secrets"]?.items ?? []
        // As DuckDB would load it by itself where it may fetch extensions.
        if secrets.contains(where: { storeSecrets.contains($0["type"].plainText.lowercased()) }) {
            try connection.load(.httpfs)
        }
        for (place, secret) in secrets.enumerated() {
            try connection.execute(self.secret(secret.object ?? [:], place))
        }
        for attachment in settings["attach"]?.items ?? [] { try attach(attachment, connection) }
    }

    /// Moves what is committed from logs into the files of databases, so that a file can be copied by itself.
    static func checkpoint(_ database: Database) {
        let writable: SQL = "SELECT database_name, path FROM duckdb_databases() WHERE NOT internal AND NOT readonly"
        guard let connection = try? database.connect(), let databases = try? connection.rows(writable) else { return }
        let isPlain = databases.allSatisfy { size(of: $0[1].text) < small } && choosesCompression(connection)
        if isPlain { _ = try? connection.execute("SET GLOBAL force_compression = 'uncompressed'") }
        defer { if isPlain { _ = try? connection.execute("RESET GLOBAL force_compression") } }
        // A database that is busy keeps its log, and loses nothing by it.
        for database in databases { _ = try? connection.execute("CHECKPOINT \(identifier: database[0].text ?? "")") }
    }

    /// In bytes.
    ///
    /// Looking for each column's best compression takes longer than all else about a small checkpoint.
    private static let small = 4_000_000

    /// Whether the profile leaves to DuckDB how columns are stored.
    private static func choosesCompression(_ connection: borrowing Connection) -> Bool {
        (try? connection.value("SELECT lower(current_setting('force_compression'))")) == .text("auto")
    }

    /// Of a database's file and its log; none for one in memory.
    private static func size(of path: String?) -> Int {
        guard let path else { return 0 }
        return [path, path + ".wal"].reduce(0) { sum, file in
            let size = (try? FileManager.default.attributesOfItem(atPath: file))?[.size]
            return sum + ((size as? Int) ?? (size as? UInt64).map { Int(clamping: $0) } ?? 0)
        }
    }

    private static func load(_ extensions: [ConfigValue], _ connection: borrowing Connection) throws {
        for entry in extensions {
            let name = entry.string ?? entry["name"].string ?? ""
            if let known = Extension(rawValue: name == "postgres" ? "postgres_scanner" : name) {
                try connection.load(known)
                continue
            }
            let isBuiltIn = try connection.value(
                "SELECT coalesce(bool_or(loaded), false) FROM duckdb_extensions() WHERE extension_name = \(literal: name)"
            )
            if isBuiltIn != .boolean(true) { try connection.execute("LOAD \(identifier: name)") }
        }
    }

    /// The types of secrets that come with httpfs. https://duckdb.org/docs/stable/configuration/secrets_manager
    private static let storeSecrets: Set<String> = ["s3", "r2", "gcs", "http", "huggingface"]

    /// `CREATE SECRET` of what the profile says.
    private static func secret(_ secret: ConfigObject, _ place: Int) -> SQL {
        let name = secret["name"]?.string ?? "_dbt_secret_\(place + 1)"
        var parts: [SQL] = []
        for (key, value) in secret where !["name", "persistent"].contains(key) {
            if key == "provider" || key == "type" {
                parts.append("\(SQL(verbatim: key)) \(SQL(verbatim: value.plainText))")
            } else if let items = value.list {
                parts.append("\(SQL(verbatim: key)) \(literals: items.map(\.plainText))")
            } else {
                parts.append("\(SQL(verbatim: key)) \(literal: value.plainText)")
            }
        }
        let kind: SQL = secret["persistent"]?.bool ?? false ? "PERSISTENT SECRET" : "SECRET"
        return "CREATE OR REPLACE \(kind) \(identifier: name) (\(list: parts))"
    }

    private static func attach(_ attachment: ConfigValue, _ connection: borrowing Connection) throws {
        let path = attachment["path"].string ?? ""
        var options: [SQL] = []
        if let type = attachment["type"].string { options.append("TYPE \(SQL(verbatim: type))") }
        if attachment["read_only"].bool ?? false { options.append("READ_ONLY") }
        if let secret = attachment["secret"].string { options.append("SECRET \(identifier: secret)") }
        for (name, value) in attachment["options"].object ?? [:] {
            options.append("\(SQL(verbatim: name)) \(literal: value.plainText)")
        }
        var statement: SQL = "ATTACH IF NOT EXISTS \(literal: path)"
        if let alias = attachment["alias"].string { statement = "\(statement) AS \(identifier: alias)" }
        if !options.isEmpty { statement = "\(statement) (\(list: options))" }
        try connection.execute(statement)
    }
}

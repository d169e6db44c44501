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
        return database
    }

    /// The way out where the folder is not there that the database is to lie in.
    private static func missingFolder(of path: String) -> String? {
        let folder = path.deletingLastComponent
        guard !FileManager.default.fileExists(atPath: folder) else { return nil }
        return "there is no folder \(folder): make it, or name another 'path' in profiles.yml"
    }

    /// Makes in an open database what the profile asks for.
    static func configure(_ database: Database, as profile: DbtProfile) throws {
        let settings = profile.settings
        let connection = try database.connect()
        try load(settings["extensions"]?.items ?? [], connection)
        for (name, value) in settings["settings"]?.object ?? [:] {
            try connection.execute("SET GLOBAL \(identifier: name) = \(literal: value.plainText)")
        }
        for (place, secret) in (settings["secrets"]?.items ?? []).enumerated() {
            try connection.execute(self.secret(secret.object ?? [:], place))
        }
        for attachment in settings["attach"]?.items ?? [] { try attach(attachment, connection) }
    }

    /// Moves what is committed from logs into the files of databases, so that a file can be copied by itself.
    static func checkpoint(_ database: Database) {
        let writable: SQL = "SELECT database_name FROM duckdb_databases() WHERE NOT internal AND NOT readonly"
        guard let connection = try? database.connect(), let names = try? connection.texts(writable) else { return }
        // A database that is busy keeps its log, and loses nothing by it.
        for name in names { _ = try? connection.execute("CHECKPOINT \(identifier: name)") }
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

import DuckDB
import FoundationEssentials
import PintailProject

/// What results depend on beside the project and its data: DuckDB's version, settings, the time zone.
enum Surroundings {
    /// A fingerprint of it.
    static func digest(of project: DbtProject) -> String {
        var writer = JSONWriter()
        for key in ["settings", "config_options", "extensions", "attach", "schema"] {
            writer.value(project.profile.settings[key] ?? .null)
        }
        let zone = ProcessInfo.processInfo.environment["TZ"] ?? TimeZone.current.identifier
        return Digest.sha256(writer.bytes + Array((Database.libraryVersion + "\n" + zone).utf8))
    }
}

extension DbtProfile {
    /// The database's file, absolute; nil where there is none that could be looked at.
    var databasePath: String? {
        guard let path = settings["path"]?.string, !path.hasPrefix(":memory:"), !path.contains("://"),
            !path.hasPrefix("md:"), !path.hasPrefix("motherduck:")
        else { return nil }
        return path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// The same, opened for reading only.
    var readOnly: DbtProfile {
        var options = settings["config_options"]?.object ?? [:]
        options["access_mode"] = "READ_ONLY"
        return with(["config_options": .object(options)])
    }
}

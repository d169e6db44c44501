import DuckDB
import FoundationEssentials
import PintailProject

/// What results depend on beside the project and its data: DuckDB's version, settings, the time zone.
enum Surroundings {
    /// Unique ids of the macros that come with Pintail.
    static let ownMacros = Set(BuiltInMacros.all.map(\.uniqueID))

    /// FNV-1a of what comes with Pintail: nobody but us could make two of them alike, and a strong digest takes a
    /// hundredth of a small build. http://www.isthe.com/chongo/tech/comp/fnv/
    private static let library: String = {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for file in BuiltInMacros.files {
            for byte in file.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        return String(hash, radix: 16)
    }()

    /// A fingerprint of it.
    static func digest(of project: DbtProject) -> String {
        var writer = JSONWriter()
        for key in ["settings", "config_options", "extensions", "attach", "schema"] {
            writer.value(project.profile.settings[key] ?? .null)
        }
        let zone = ProcessInfo.processInfo.environment["TZ"] ?? TimeZone.current.identifier
        return Digest.sha256(writer.bytes + Array((Database.libraryVersion + "\n" + library + "\n" + zone).utf8))
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

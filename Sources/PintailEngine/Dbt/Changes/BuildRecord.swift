import FoundationEssentials
import PintailProject

/// What every node of a project was last built from: `.pintail/built.json`.
///
/// It is a note and no truth: whatever it says counts only as far as the database is still as it was left.
struct BuildRecord: Codable, Sendable {
    /// One node as it was built.
    struct Entry: Codable, Hashable, Sendable {
        /// Names this building of it; its readers note it.
        var build: String
        /// The table or view.
        var relation: String
        /// SHA-256 of the template, of the SQL that came of it, and of what is configured.
        var code: String
        var sql: String
        var config: String
        /// SHA-256 of the text of every macro that it may call, by unique id.
        var macros: [String: String]
        /// SHA-256 of the variables that it sees, by name.
        var vars: [String: String]
        /// Which version of each input was read, by unique id.
        var inputs: [String: String]
        /// Of a seed, its file.
        var file: String?
        /// What the table held, where that was computed.
        var contents: String?
    }

    /// One database.
    struct Database: Codable, Sendable {
        /// The file as the last run left it.
        var stamp: FileStamp
        /// What else results depend on: versions, settings.
        var surroundings: String
        var nodes: [String: Entry] = [:]
        /// What sources held, where that was computed.
        var sources: [String: String] = [:]
    }

    /// The form of this file; another is not read.
    var form = Self.currentForm
    /// By the path of the database's file.
    var databases: [String: Database] = [:]

    private static let currentForm = 1

    /// What is noted in a project's folder; nothing where that cannot be read.
    static func read(in folder: String) -> BuildRecord {
        guard let data = FileManager.default.contents(atPath: path(in: folder)),
            let record = try? JSONDecoder().decode(BuildRecord.self, from: data), record.form == currentForm
        else { return BuildRecord() }
        return record
    }

    /// Notes it, in one step.
    func write(in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder + "/.pintail", withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(filePath: Self.path(in: folder)), options: .atomic)
    }

    private static func path(in folder: String) -> String { folder + "/.pintail/built.json" }
}

/// A file that has not been written since, by all that the system tells of it.
struct FileStamp: Codable, Hashable, Sendable {
    private let size: UInt64
    private let inode: UInt64
    /// In seconds since 2001, as exactly as the system has it.
    private let changed: Double
    /// Whether there is a log beside it, which says that somebody has not finished.
    let isSettled: Bool

    /// The stamp as a version of what is in the file.
    var text: String { "\(inode)-\(size)-\(changed)" }

    private static func number(_ value: Any?) -> UInt64 {
        (value as? any BinaryInteger).map { UInt64(truncatingIfNeeded: $0) } ?? 0
    }

    /// The stamp of a file; nil where there is none.
    init?(of path: String) {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path),
            let date = facts[.modificationDate] as? Date
        else { return nil }
        size = Self.number(facts[.size])
        inode = Self.number(facts[.systemFileNumber])
        changed = date.timeIntervalSinceReferenceDate
        isSettled = !FileManager.default.fileExists(atPath: path + ".wal")
    }
}

import CSQLite

/// Why the history of runs cannot be used; never a reason not to run.
package struct RunStoreError: NodeError, Hashable {
    /// What is wrong with the run store, or with what was asked of it.
    package enum Reason: Hashable, Sendable {
        /// The file holds no SQLite database, or a broken one.
        case corrupt
        /// A later Pintail has changed the file's form.
        case newer(version: Int, known: Int)
        /// The file, or its folder, cannot be written.
        case readOnly
        case diskFull
        /// Another process held the file for too long.
        case busy
        case unreadable
        case noRuns
        case noSuchRun(String)
        case ambiguousRun(String, candidates: [RunID])
    }

    /// What is wrong.
    package let reason: Reason
    /// The run store's file.
    package let path: String
    /// What SQLite said.
    package let sqlite: SQLiteError?

    init(_ reason: Reason, path: String, sqlite: SQLiteError? = nil) {
        self.reason = reason
        self.path = path
        self.sqlite = sqlite
    }

    /// Finds the reason behind what SQLite said.
    init(_ error: SQLiteError, path: String) {
        let reason: Reason =
            switch error.primaryCode {
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: .readOnly
            case SQLITE_FULL: .diskFull
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            default: .unreadable
            }
        self.init(reason, path: path, sqlite: error)
    }

    /// One sentence about the file or the question.
    package var message: String {
        switch reason {
        case .corrupt: "the run store \(path) is damaged"
        case .newer(let version, let known):
            "the run store \(path) has form \(version), which a later Pintail made; this one knows forms up to \(known)"
        case .readOnly: "the run store \(path) cannot be opened for writing"
        case .diskFull: "the disk that holds the run store \(path) is full"
        case .busy: "the run store \(path) is held by another process"
        case .unreadable: "the run store \(path) cannot be used"
        case .noRuns: "no runs yet"
        case .noSuchRun(let text): "no run '\(text)'"
        case .ambiguousRun(let text, let candidates):
            "'\(text)' is the beginning of \(candidates.count) runs: \(candidates.map(\.name).joined(separator: ", "))"
        }
    }

    /// What to do.
    package var hint: String? {
        switch reason {
        case .corrupt: "move it away and a new one is made: mv \(path) \(path).broken - history is lost, tables are not"
        case .newer: "use that later Pintail, or move the file away: mv \(path) \(path).newer"
        case .readOnly: "make the folder and the file writable for this user"
        case .diskFull: "free some space; runs go on without history"
        case .busy: "try again when the other process is done"
        case .unreadable: nil
        case .noRuns: "start one with 'pintail run'"
        case .noSuchRun: "'pintail runs' lists them"
        case .ambiguousRun: "give more of its name"
        }
    }

    /// What SQLite said, where that adds to the reason.
    package var cause: (any Error)? { sqlite }
    /// Whether another process was in the way.
    package var isTransient: Bool { reason == .busy }
}

import FoundationEssentials
import PintailOrchestrator
package import PintailProject

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A project's turn: of commands that change its database and artifacts one goes on, and the others wait.
///
/// DuckDB's own lock is gone when the database is closed; what is noted of a build after that must be of this build
/// still. The system frees the turn when the process ends, however it ends.
package final class BuildTurn: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Ends the turn.
    package func end() { flock(descriptor, LOCK_UN) }

    /// Waits for the turn in a project; nil where nobody needs one, for a database in memory, and where no lock can be
    /// had, as in a folder that nothing may be written to.
    ///
    /// - Parameter program: who others wait for then: `pintail build`.
    package static func take(
        in project: DbtProject,
        as program: String,
        _ patience: Patience
    ) async throws -> BuildTurn? {
        guard let file = project.profile.databasePath else { return nil }
        let state = project.root.directory + "/.pintail"
        // Nobody has a turn where there is nothing to write to: DuckDB's own lock is what is left.
        do {
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        } catch {
            return nil
        }
        let descriptor = unsafe open(state + "/turn", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return nil }
        let turn = BuildTurn(descriptor)
        return try await patience.wait {
            try turn.attempt(LOCK_EX, file) {
                turn.write(program)
                return turn
            }
        }
    }

    /// Waits until nobody has the turn in a folder, and takes none.
    package static func wait(in folder: String, _ patience: Patience) async throws {
        let descriptor = unsafe open(folder + "/.pintail/turn", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let turn = BuildTurn(descriptor)
        _ = try await patience.wait { try turn.attempt(LOCK_SH, "the database") { turn } }
        turn.end()
    }

    private func attempt(
        _ lock: Int32,
        _ file: String,
        _ taken: () -> BuildTurn
    ) throws -> Patience.Attempt<BuildTurn?> {
        guard flock(descriptor, lock | LOCK_NB) != 0 else { return .done(taken()) }
        guard errno == EWOULDBLOCK || errno == EINTR else { return .done(nil) }
        return .taken(by: holder(of: file))
    }

    /// Notes who has the turn, for those who wait for it.
    private func write(_ program: String) {
        let note = Array("\(getpid())\n\(program)\n\(Timestamp.now)\n".utf8)
        // Without the note the others wait as well, and cannot say for whom.
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = unsafe pwrite(descriptor, note, note.count, 0)
    }

    private func holder(of file: String) -> DatabaseHolder {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(String.init)
        return DatabaseHolder(
            file: file,
            process: lines.first.flatMap { Int($0) },
            program: lines.dropFirst().first,
            since: lines.dropFirst(2).first.flatMap { Timestamp($0) }
        )
    }
}

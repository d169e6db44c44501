import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// PostgreSQL's own programs, as the system has them.
struct PostgresPrograms {
    /// The folder they lie in, for the latest version that is installed.
    let folder: String

    init() throws {
        // Debian keeps the versions beside each other, off the path.
        let debian = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
        let path = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":").map(String.init)
        let places = versions.compactMap { Int($0) }.sorted(by: >).map { "\(debian)/\($0)/bin" } + path
        guard let folder = places.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }) else {
            throw FixtureError("PostgreSQL's server is not installed: run scripts/setup --test")
        }
        self.folder = folder
    }

    /// Runs a program as the user who owns the server: PostgreSQL refuses root.
    @discardableResult
    func asServer(_ program: String, _ arguments: [String]) async throws -> String {
        let words = ["\(folder)/\(program)"] + arguments
        guard geteuid() == 0 else { return try await mustRun(words[0], Array(words.dropFirst())) }
        return try await mustRun(
            "setpriv",
            ["--reuid=postgres", "--regid=postgres", "--init-groups", "--"] + words,
            currentDirectory: "/"
        )
    }

    /// Gives a folder to the user who owns the server.
    func giveToServer(_ path: String) async throws {
        if geteuid() == 0 { try await mustRun("chown", ["-R", "postgres:postgres", path]) }
    }
}

/// A web server for the files of a folder, on a free loopback port; it goes with its owner.
package final class HTTPFileServer: Sendable {
    /// The TCP port on 127.0.0.1.
    package let port: Int

    private let server: ChildProcess

    /// Serves a folder and all under it.
    package init(folder: String) async throws {
        let arguments = ["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, "0"]
        let server = try ChildProcess("python3", arguments)
        var port: Int?
        try await eventually("a web server answers") {
            if server.end != nil { throw FixtureError("the web server has ended: \(server.standardError)") }
            // "Serving HTTP on 127.0.0.1 port 40163 (http://127.0.0.1:40163/) ..."
            let words = server.standardOutput.split(separator: " ")
            port = words.firstIndex(of: "port").flatMap { words.dropFirst($0 + 1).first }.flatMap { Int($0) }
            return port != nil
        }
        guard let port else { throw FixtureError("the web server does not tell its port") }
        self.port = port
        self.server = server
    }

    /// The address of a file in the folder.
    package func url(_ name: String) -> String {
        "http://127.0.0.1:\(port)/\(name)"
    }

    /// The requests it has answered, one a line.
    package var log: String {
        server.standardError
    }
}

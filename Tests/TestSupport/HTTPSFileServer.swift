/// A web server that speaks https for the files of a folder, with a certificate that an authority of its own has signed.
package final class HTTPSFileServer: Sendable {
    /// The TCP port on 127.0.0.1.
    package let port: Int
    /// The file with the authority's certificate: who trusts it trusts the server.
    package let authority: String

    private let server: ChildProcess
    private let certificates: TemporaryDirectory

    /// Serves a folder and all under it.
    package init(folder: String) async throws {
        let certificates = try TemporaryDirectory()
        try await mustRun("sh", ["-ec", Self.certification], currentDirectory: certificates.path)
        let arguments = ["-u", "-c", Self.program, folder, certificates.path]
        let server = try ChildProcess("python3", arguments)
        var port: Int?
        try await eventually("a web server answers") {
            if server.end != nil { throw FixtureError("the web server has ended: \(server.standardError)") }
            port = server.standardOutput.split(separator: "\n").first.flatMap { Int($0) }
            return port != nil
        }
        guard let port else { throw FixtureError("the web server does not tell its port") }
        self.port = port
        self.server = server
        self.certificates = certificates
        authority = certificates.path + "/authority.pem"
    }

    /// The address of a file in the folder.
    package func url(_ name: String) -> String { "https://127.0.0.1:\(port)/\(name)" }

    /// The requests it has answered, one a line.
    package var log: String { server.standardError }

    private static let certification = """
        new="openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        $new -x509 -days 2 -subj "/CN=Authority of the tests" -keyout authority.key -out authority.pem
        $new -subj /CN=127.0.0.1 -keyout server.key -out server.csr
        echo subjectAltName=IP:127.0.0.1 > names
        openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 \
            -extfile names -out server.pem
        """

    private static let program = """
        import functools, http.server, ssl, sys
        folder, certificates = sys.argv[1:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates + "/server.pem", certificates + "/server.key")
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_port)
        server.serve_forever()
        """
}

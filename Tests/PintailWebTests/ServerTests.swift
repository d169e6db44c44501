import Foundation
import TestSupport
import Testing

@testable import PintailWeb

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite struct ServerTests {
    private let server: HTTPServer

    init() throws {
        server = try HTTPServer(port: 0) { request in
            let text = "\(request.method) \(request.path) [\(request.query["q"] ?? "")]"
            return HTTPResponse(type: "text/plain; charset=utf-8", body: Array(text.utf8))
        }
    }

    private func ask(_ path: String, method: String = "GET", host: String? = nil) async throws -> (
        Int, String, HTTPURLResponse
    ) {
        let url = try #require(URL(string: "http://127.0.0.1:\(server.port)\(path)"))
        var request = URLRequest(url: url)
        request.httpMethod = method
        if let host { request.setValue(host, forHTTPHeaderField: "Host") }
        let (data, response) = try await URLSession.shared.data(for: request)
        let answer = try #require(response as? HTTPURLResponse)
        return (answer.statusCode, String(decoding: data, as: UTF8.self), answer)
    }

    @Test func `paths and queries arrive with their percent signs resolved`() async throws {
        #expect(try await ask("/a%20b/%C3%BC?q=x%26y+z").1 == "GET /a b/ü [x&y z]")
    }

    @Test func `only reading is answered, and only under this machine's own names`() async throws {
        #expect(try await ask("/", method: "POST").0 == 405)
        #expect(try await ask("/", method: "DELETE").0 == 405)
        #expect(try await ask("/", host: "evil.example").0 == 403)
        #expect(try await ask("/", host: "localhost:\(server.port)").0 == 200)
    }

    @Test func `pages may load nothing from elsewhere`() async throws {
        let headers = try await ask("/").2
        #expect(headers.value(forHTTPHeaderField: "Content-Security-Policy")?.hasPrefix("default-src 'none'") == true)
        #expect(headers.value(forHTTPHeaderField: "X-Content-Type-Options") == "nosniff")
    }

    @Test func `many at once are all answered`() async throws {
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<40 { group.addTask { try await ask("/\(number)").1 } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers.count == 40)
    }

    @Test func `a port that another has is refused`() throws {
        #expect(throws: HTTPServerError(port: server.port)) { try HTTPServer(port: server.port) { _ in fatalAnswer } }
    }

    private var fatalAnswer: HTTPResponse { HTTPResponse(type: "text/plain", body: []) }
}

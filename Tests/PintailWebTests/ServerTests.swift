import Foundation
import Testing

@testable import PintailWeb

@Suite struct ServerTests {
    @Test func `only this machine's names are answered, and only reading`() async throws {
        let server = try HTTPServer(port: 0) { request in
            HTTPResponse(type: "text/plain", body: Array("\(request.method) \(request.path) \(request.query["q"] ?? "")".utf8))
        }
        #expect(server.port != 0)
    }
}

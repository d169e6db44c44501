import Foundation
import TestSupport
import Testing

/// `Examples/swift-api`: a Swift package that depends on this one, built and run.
@Suite struct `The Swift example` {
    @Test func `builds and runs its pipeline`() async throws {
        let folder = try TemporaryDirectory()
        try await mustRun("cp", ["\(repository)/.deps/nycflights13/airports.csv", folder.path])
        // Kept between runs, beside the products of the tests; `make test` builds it before them, while nothing competes.
        let package = ["--package-path", "\(repository)/Examples/swift-api", "--scratch-path", scratch]
        try await mustRun("swift", ["build", "--quiet"] + package, limit: .seconds(1200))
        let told = try await mustRun("\(scratch)/debug/Airports", [folder.path])
        #expect(told.contains("raw_airports: succeeded, 1,458 rows"), "\(told)")
        #expect(told.hasSuffix("succeeded\n"))
        let mountains = try folder.read("mountains.csv")
        #expect(mountains.hasPrefix("faa,name,alt\n"))
        #expect(mountains.contains("TEX,Telluride,9078\n"), "\(mountains)")
    }

    private var scratch: String { "\(repository)/.build/swift-api" }
}

import TestSupport
import Testing

@Suite struct `An object store for tests` {
    @Test func `keeps what is put, below folders too`() async throws {
        let store = try await S3Server.shared()
        let bucket = try await store.createBucket()
        #expect(try await store.objects(in: bucket) == [])
        try await store.put("1", at: "\(bucket)/a.csv")
        try await store.put("2", at: "\(bucket)/below/b.csv")
        #expect(try await store.objects(in: bucket) == ["\(bucket)/a.csv", "\(bucket)/below/b.csv"])
        #expect(try await store.object("\(bucket)/below/b.csv") == Array("2".utf8))
    }
}

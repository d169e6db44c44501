import DuckDB
import Foundation
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// Extracts from a real object store.
@Suite struct StoreExtractTests {
    let store: S3Server
    let bucket: String
    let bench: ExtractBench

    init() async throws {
        store = try await .shared()
        bucket = try await store.createBucket()
        bench = try ExtractBench(connections: ["lake": store.connection()])
    }

    private func parquet(_ query: SQL, at key: String) async throws {
        let file = bench.folder + "/made.parquet"
        _ = try await bench.workspace.session("make").run { connection in
            try connection.execute("COPY (\(query)) TO \(literal: file) (FORMAT parquet)")
        }
        try await store.put(Array(Data(contentsOf: URL(fileURLWithPath: file))), at: "\(bucket)/\(key)")
        try FileManager.default.removeItem(atPath: file)
    }

    @Test func `CSV, packed CSV, JSON and Parquet are read`() async throws {
        try await store.put("id,name\n1,x\n", at: "\(bucket)/a.csv")
        try await store.put(IncrementalExtractTests.stored("id,name\n2,y\n"), at: "\(bucket)/b.csv.gz")
        try await store.put("{\"id\":3,\"name\":\"z\"}\n", at: "\(bucket)/c.ndjson")
        try await parquet("SELECT 4 AS id, 'é' AS name", at: "d.parquet")
        for (name, row) in [
            ("a.csv", ["1", "x"]), ("b.csv.gz", ["2", "y"]), ("c.ndjson", ["3", "z"]), ("d.parquet", ["4", "é"]),
        ] {
            let result = try await bench.run(Extract("t", from: .files(["s3://\(bucket)/\(name)"])))
            #expect(result.rows == 1)
            #expect(try await bench.rows("FROM t") == [row])
        }
        #expect(bench.spooled == [])
        bench.remove()
    }

    @Test func `a pattern takes what it matches, in folders too`() async throws {
        for (key, id) in [("a/1.csv", 1), ("a/2.csv", 2), ("a/b/3.csv", 3), ("a/2.txt", 4)] {
            try await store.put("id\n\(id)\n", at: "\(bucket)/\(key)")
        }
        try await bench.run(Extract("t", from: .files(["s3://\(bucket)/a/*.csv"])))
        #expect(try await bench.rows("FROM t ORDER BY id") == [["1"], ["2"]])
        try await bench.run(Extract("t", from: .files(["s3://\(bucket)/a/**/*.csv"])))
        #expect(try await bench.rows("FROM t ORDER BY id") == [["1"], ["2"], ["3"]])
        bench.remove()
    }

    @Test func `an object of many parts comes whole`() async throws {
        let text = "id,h\n" + (0..<1_100_000).map { "\($0),\(String($0 &* 2_654_435_761, radix: 36))\n" }.joined()
        try #require(text.utf8.count > 16 << 20)
        try await store.put(text, at: "\(bucket)/big.csv")
        try await bench.run(Extract("t", from: .files(["s3://\(bucket)/big.csv"])))
        #expect(try await bench.rows("SELECT count(*), sum(id) FROM t") == [["1100000", "604999450000"]])
        #expect(bench.spooled == [])
        bench.remove()
    }

    @Test func `lazy Parquet is a view, and text that had to be fetched is a table`() async throws {
        try await parquet("SELECT i AS id FROM range(1000) t(i)", at: "a.parquet")
        try await store.put("id\n1\n", at: "\(bucket)/a.csv")
        let lazy = try await bench.run(Extract("t", from: .files(["s3://\(bucket)/a.parquet"]), strategy: .lazy))
        #expect(lazy.rows == nil)
        #expect(try await bench.rows("SELECT count(*) FROM t") == [["1000"]])
        let text = try await bench.run(Extract("t", from: .files(["s3://\(bucket)/a.csv"]), strategy: .lazy))
        #expect(
            text.warnings == [
                "strategy 'lazy' cannot be used: s3://\(bucket)/a.csv is fetched for this run; 'eager' is used instead"
            ]
        )
        #expect(try await bench.rows("FROM t") == [["1"]])
        bench.remove()
    }

    @Test func `only new and changed objects are taken`() async throws {
        let extract = Extract("t", from: .files(["s3://\(bucket)/*.csv"]), incremental: .newFiles)
        try await store.put("id,v\n1,a\n", at: "\(bucket)/a.csv")
        try await store.put("id,v\n2,b\n", at: "\(bucket)/b.csv")
        #expect(try await bench.run(extract).rows == 2)
        let nothing = try await bench.run(extract)
        #expect(nothing.facts["note"] == "nothing new: 2 files are as they were")
        try await store.put("id,v\n2,changed\n20,more\n", at: "\(bucket)/b.csv")
        try await store.put("id,v\n3,c\n", at: "\(bucket)/c.csv")
        #expect(try await bench.run(extract).rows == 3)
        let rows = try await bench.rows("SELECT id, v, parse_filename(_source_file) FROM t ORDER BY id")
        #expect(
            rows == [["1", "a", "a.csv"], ["2", "changed", "b.csv"], ["3", "c", "c.csv"], ["20", "more", "b.csv"]]
        )
        for name in ["a", "b", "c"] { try await store.remove("\(bucket)/\(name).csv") }
        #expect(try await bench.run(extract).rows == 0)
        #expect(try await bench.rows("SELECT count(*) FROM t") == [["4"]])
        bench.remove()
    }

    @Test func `only new Parquet objects are taken`() async throws {
        let extract = Extract("t", from: .files(["s3://\(bucket)/*.parquet"]), incremental: .newFiles)
        try await parquet("SELECT 1 AS id", at: "a.parquet")
        try await bench.run(extract)
        try await parquet("SELECT 2 AS id", at: "b.parquet")
        #expect(try await bench.run(extract).rows == 1)
        #expect(try await bench.rows("SELECT id FROM t ORDER BY id") == [["1"], ["2"]])
        bench.remove()
    }

    @Test func `many steps may reach for the store at once`() async throws {
        try await store.put("id\n1\n", at: "\(bucket)/a.csv")
        let bench = bench
        let path = "s3://\(bucket)/a.csv"
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask { try await bench.run(Extract("t\(number)", from: .files([path]))) }
            }
            try await group.waitForAll()
        }
        bench.remove()
    }

    /// What is asked for, what is said of it, and what is to be done.
    struct Refusal: CustomTestStringConvertible, Sendable {
        var keyID: String?
        var secret: String?
        let path: String
        let reason: String
        let hint: String?
        var testDescription: String { reason }
    }

    static let refusals = [
        Refusal(
            keyID: "NOBODYSKEY",
            path: "s3://BUCKET/a.csv",
            reason: "cannot fetch s3://BUCKET/a.csv: the store does not know the key (403)",
            hint: "check the connection's 'key_id'"
        ),
        Refusal(
            secret: "not+the/secret",
            path: "s3://BUCKET/*.csv",
            reason: "cannot fetch s3://BUCKET/*.csv: the key's secret is wrong (403)",
            hint: "check the connection's 'secret'"
        ),
        Refusal(
            path: "s3://no-such-bucket/*.csv",
            reason: "cannot fetch s3://no-such-bucket/*.csv: there is no bucket 'no-such-bucket'",
            hint: "is its name right? Pintail makes none"
        ),
        Refusal(
            path: "s3://BUCKET/missing.parquet",
            reason: "cannot fetch s3://BUCKET/missing.parquet: there is no such object (404)",
            hint: nil
        ),
        Refusal(
            path: "s3://BUCKET/missing/*.csv",
            reason: "no file matches 's3://BUCKET/missing/*.csv'",
            hint: "'*' stands for a part of a name, '**' for folders at any depth"
        ),
    ]

    @Test(arguments: refusals)
    func `a store's refusal is one clear error that shows no key`(refusal: Refusal) async throws {
        try await store.put("id\n1\n", at: "\(bucket)/a.csv")
        let connection = store.connection(keyID: refusal.keyID, secret: refusal.secret)
        let bench = try ExtractBench(connections: ["lake": connection])
        let path = refusal.path.replacing("BUCKET", with: bucket)
        let error = await #expect(throws: StepError.self) {
            try await bench.run(Extract("t", from: .files([path])))
        }
        #expect(error?.message == refusal.reason.replacing("BUCKET", with: bucket))
        #expect(error?.hint == refusal.hint)
        #expect(error?.dataState == "t is as it was")
        #expect(error?.isTransient == false)
        let told = String(describing: error.map { NodeFailure($0) })
        for secret in [refusal.keyID ?? store.keyID, refusal.secret ?? store.secret] {
            #expect(!told.contains(secret))
        }
        #expect(try await bench.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'") == [])
        #expect(bench.spooled == [])
        bench.remove()
        self.bench.remove()
    }

    @Test func `a store that dies half-way fails the extract, which may be tried again`() async throws {
        let rows = (0..<1_200_000).map { "\($0),\(String($0 &* 2_654_435_761, radix: 36))\n" }.joined()
        try await store.put("id,h\n" + rows, at: "\(bucket)/big.csv")
        try await store.put("id,h\n1,x\n", at: "\(bucket)/small.csv")
        let proxy = try CuttingProxy(to: store.port)
        let bench = try ExtractBench(connections: ["lake": store.connection(port: proxy.port)])
        try await bench.run(Extract("t", from: .files(["s3://\(bucket)/small.csv"])))
        // Away for good once a third of the object has passed.
        proxy.close(after: 8 << 20, .toClient)
        let error = await #expect(throws: StepError.self) {
            try await bench.run(Extract("t", from: .files(["s3://\(bucket)/big.csv"])))
        }
        #expect(error?.message.hasPrefix("cannot fetch s3://\(bucket)/big.csv: ") == true, "\(error?.message ?? "")")
        #expect(error?.isTransient == true)
        #expect(error?.dataState == "t is as it was")
        #expect(try await bench.rows("FROM t") == [["1", "x"]])
        #expect(bench.spooled == [])
        bench.remove()
        self.bench.remove()
    }
}

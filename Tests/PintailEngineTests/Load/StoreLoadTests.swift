import DuckDB
import Foundation
import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

/// Loads into a real object store.
@Suite struct StoreLoadTests {
    static let people: SQL = "CREATE TABLE people AS FROM (VALUES (1, 'Ann', 'x'), (2, 'Bö', 'y')) p (id, name, part)"

    let store: S3Server
    let bucket: String

    init() async throws {
        store = try await .shared()
        bucket = try await store.createBucket()
    }

    private func fixture(
        _ setUp: SQL = Self.people,
        port: Int? = nil,
        secret: String? = nil
    ) async throws -> LoadFixture {
        try await LoadFixture(setUp, connections: ["lake": store.connection(port: port, secret: secret)])
    }

    private func text(_ key: String) async throws -> String {
        String(decoding: try await store.object("\(bucket)/\(key)"), as: UTF8.self)
    }

    @Test func `a CSV object takes the place of the one that was there`() async throws {
        let fixture = try await fixture()
        try await store.put("old\n", at: "\(bucket)/out/people.csv")
        let result = try await fixture.run(Load("people", into: .file("s3://\(bucket)/out/people.csv")))
        #expect(result.rows == 2)
        #expect(try await text("out/people.csv") == "id,name,part\n1,Ann,x\n2,Bö,y\n")
        #expect(try await store.objects(in: bucket) == ["\(bucket)/out/people.csv"])
    }

    @Test func `a Parquet object is written, and added to`() async throws {
        let fixture = try await fixture()
        let load = Load("people", into: .file("s3://\(bucket)/people.parquet"), mode: .append)
        #expect(try await fixture.run(load).rows == 2)
        #expect(try await fixture.run(load).rows == 2)
        let rows = try await fixture.rows(
            "SELECT id, name FROM 's3://\(SQL(verbatim: bucket))/people.parquet' ORDER BY 1"
        )
        #expect(rows == [["1", "Ann"], ["1", "Ann"], ["2", "Bö"], ["2", "Bö"]])
    }

    @Test(arguments: [["part"], []])
    func `rows that a replay sends to a folder again are there once`(columns: [String]) async throws {
        let fixture = try await fixture()
        var load = Load(
            "people",
            into: .file("s3://\(bucket)/people/"),
            mode: .append,
            partitionBy: columns,
            format: .csv
        )
        try await fixture.run(load, as: "20260101-000000-0001", earlier: .replay)
        let objects = try await store.objects(in: bucket)
        try await fixture.run(load, as: "20260101-000000-0002", earlier: .replay)
        #expect(try await store.objects(in: bucket) == objects)
        load.source = "SELECT * FROM people WHERE id = 1"
        try await fixture.run(load, as: "20260101-000000-0003", earlier: .replay)
        try await fixture.run(load, as: "20260101-000000-0004")
        #expect(try await store.objects(in: bucket).count == objects.count + 2)
    }

    @Test func `a folder is partitioned, and takes a new object for each run`() async throws {
        let fixture = try await fixture()
        let load = Load(
            "people",
            into: .file("s3://\(bucket)/people/"),
            mode: .append,
            partitionBy: ["part"],
            format: .parquet
        )
        #expect(try await fixture.run(load, as: "20260101-000000-0001").rows == 2)
        #expect(try await fixture.run(load, as: "20260101-000000-0002").rows == 2)
        #expect(
            try await store.objects(in: bucket) == [
                "\(bucket)/people/part=x/data_20260101-000000-0001_0.parquet",
                "\(bucket)/people/part=x/data_20260101-000000-0002_0.parquet",
                "\(bucket)/people/part=y/data_20260101-000000-0001_0.parquet",
                "\(bucket)/people/part=y/data_20260101-000000-0002_0.parquet",
            ]
        )
        let sql: SQL = "SELECT count(*), count(DISTINCT part) FROM 's3://\(SQL(verbatim: bucket))/people/**/*.parquet'"
        #expect(try await fixture.rows(sql) == [["4", "2"]])
    }

    @Test func `a full folder is not replaced, and mode fail finds what is there`() async throws {
        let fixture = try await fixture()
        try await store.put("x", at: "\(bucket)/full/x.csv")
        let folder = try await fixture.failure(of: Load("people", into: .file("s3://\(bucket)/full/"), format: .csv))
        #expect(folder.causes.first?.contains("cannot be replaced as a whole") == true, "\(folder)")
        #expect(folder.dataState == "nothing was written")
        let file = try await fixture.failure(
            of: Load("people", into: .file("s3://\(bucket)/full/x.csv"), mode: .fail)
        )
        #expect(file.causes.first?.contains("exists") == true, "\(file)")
        #expect(try await store.objects(in: bucket) == ["\(bucket)/full/x.csv"])
        try await fixture.run(Load("people", into: .file("s3://\(bucket)/new.csv"), mode: .fail))
    }

    @Test func `a query that fails on the way leaves the object that was there`() async throws {
        let fixture = try await fixture("CREATE TABLE people AS SELECT i AS id FROM range(400000) t(i)")
        try await store.put("old\n", at: "\(bucket)/people.csv")
        let query: LoadSource = .query("SELECT CASE WHEN id > 390000 THEN error('no') ELSE id END AS id FROM people")
        let failure = try await fixture.failure(
            of: Load("people", from: query, into: .file("s3://\(bucket)/people.csv"))
        )
        #expect(failure.message == "cannot write s3://\(bucket)/people.csv: no")
        #expect(failure.dataState == "nothing was written")
        #expect(try await text("people.csv") == "old\n")
        #expect(try await store.objects(in: bucket) == ["\(bucket)/people.csv"])
        _ = try await fixture.failure(
            of: Load("parts", from: query, into: .file("s3://\(bucket)/parts/"), format: .parquet)
        )
        #expect(try await store.objects(in: bucket) == ["\(bucket)/people.csv"])
    }

    @Test func `an object of many parts is sent whole`() async throws {
        let fixture = try await fixture(
            "CREATE TABLE t AS SELECT i AS id, hash(i)::VARCHAR AS h FROM range(4000000) t(i)"
        )
        let result = try await fixture.run(Load("t", into: .file("s3://\(bucket)/t.csv")))
        #expect(result.bytes.map { $0.count > 100_000_000 } == true)
        let sums = try await fixture.rows("SELECT count(*), sum(id) FROM 's3://\(SQL(verbatim: bucket))/t.csv'")
        #expect(sums == [["4000000", "7999998000000"]])
        #expect(try fixture.folder.names(in: ".pintail").filter { $0 != "spill" } == ["spool"])
        #expect(try fixture.folder.names(in: ".pintail/spool") == [])
    }

    @Test func `a wrong secret and a wrong bucket are one clear error each, which shows no key`() async throws {
        let keyless = try await fixture(secret: "not+the/secret")
        let address = "s3://\(bucket)/people.csv"
        let secret = try await keyless.failure(of: Load("people", into: .file(address)))
        #expect(secret.message == "cannot write \(address): the key's secret is wrong (403)")
        #expect(secret.hint == "check the connection's 'secret'")
        #expect(!secret.isTransient)
        #expect(!"\(secret)".contains("not+the/secret") && !"\(secret)".contains(store.keyID))
        for path in ["people.csv", "people.parquet", "people/"] {
            let load = Load("people", into: .file("s3://no-such-bucket/\(path)"), format: .csv)
            let failure = try await fixture().failure(of: load)
            #expect(
                failure.message == "cannot write s3://no-such-bucket/\(path): there is no bucket 'no-such-bucket'"
            )
            #expect(failure.dataState == "nothing was written")
        }
        #expect(try await store.objects(in: bucket) == [])
    }

    @Test(arguments: ["people.csv", "people.parquet"])
    func `a store that dies half-way shows the object that was there`(name: String) async throws {
        let rows: SQL =
            "CREATE TABLE people AS SELECT i AS id, hash(i)::VARCHAR || hash(i + 1) AS h FROM range(3000000) t(i)"
        let proxy = try CuttingProxy(to: store.port)
        let fixture = try await fixture(rows, port: proxy.port)
        try await store.put("old\n", at: "\(bucket)/\(name)")
        proxy.close(after: 8 << 20, .toServer)
        let failure = try await fixture.failure(of: Load("people", into: .file("s3://\(bucket)/\(name)")))
        #expect(failure.message.hasPrefix("cannot write s3://\(bucket)/\(name)"), "\(failure)")
        #expect(failure.isTransient)
        #expect(failure.dataState?.contains("is as it was") == true)
        #expect(try await text(name) == "old\n")
        #expect(try await store.objects(in: bucket) == ["\(bucket)/\(name)"])
    }

    /// Parts of which the second takes long to send, in a folder that has rows in the first.
    private func partlyFilled(port: Int) async throws -> (LoadFixture, Load) {
        let rows: SQL = """
            CREATE TABLE people AS SELECT i AS id, hash(i)::VARCHAR || hash(i + 1) AS h,
                CASE WHEN i = 0 THEN 'a' WHEN i = 1 THEN 'c' ELSE 'b' END AS part FROM range(400000) t(i)
            """
        try await store.put("id,h\n7,old\n", at: "\(bucket)/people/part=a/old.csv")
        let folder: Destination = .file("s3://\(bucket)/people/")
        let load = Load("people", into: folder, mode: .append, partitionBy: ["part"], format: .csv)
        return (try await fixture(rows, port: port), load)
    }

    /// The lines that a reader of all objects finds, without their headers.
    private func rowsInFolder() async throws -> [Substring] {
        var rows: [Substring] = []
        for object in try await store.objects(in: bucket) {
            rows += String(decoding: try await store.object(object), as: UTF8.self).split(separator: "\n").dropFirst()
        }
        return rows
    }

    @Test func `what a cancelled load had sent of a folder is taken back`() async throws {
        let proxy = try CuttingProxy(to: store.port)
        let (fixture, load) = try await partlyFilled(port: proxy.port)
        proxy.hold(after: 1 << 20, .toServer)
        let running = Task { try await fixture.run(load, as: "20260101-000000-0001") }
        try await eventually("the load is sending") { proxy.isHolding }
        let sent = "\(bucket)/people/part=a/data_20260101-000000-0001_0.csv"
        #expect(try await store.objects(in: bucket).contains(sent))
        running.cancel()
        proxy.release()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(try await rowsInFolder() == ["7,old"])
        // An object beside others' cannot be removed, and holds no rows; folders of the run's own are gone.
        #expect(try await store.objects(in: bucket) == [sent, "\(bucket)/people/part=a/old.csv"])
        #expect(String(decoding: try await store.object(sent), as: UTF8.self) == "id,h\n")
        #expect(try await fixture.run(load, as: "20260101-000000-0002").rows == 400_000)
        #expect(try await rowsInFolder().count == 400_001)
    }

    @Test func `a store that is gone half-way through a folder is told to be looked at`() async throws {
        let proxy = try CuttingProxy(to: store.port)
        let (fixture, load) = try await partlyFilled(port: proxy.port)
        proxy.close(after: 1 << 20, .toServer)
        let failure = try await fixture.failure(of: load)
        #expect(failure.isTransient)
        #expect(
            failure.dataState == """
                what was in s3://\(bucket)/people/ is as it was, but objects called data_20261121-090512-7f3a may stand beside \
                it: remove them before the rows are sent again
                """
        )
        #expect(try await rowsInFolder().count == 2)
    }
}

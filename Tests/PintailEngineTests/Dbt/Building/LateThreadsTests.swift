import DuckDB
import Foundation
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// DuckDB's threads are there for what takes long, and in nobody's way before.
@Suite struct LateThreadsTests {
    @Test func `they begin by themselves when a statement takes long`() async throws {
        let shop = try DbtFixture([:])
        let database = try DbtDatabase.open(try shop.load().profile)
        let stop = StopSignal()
        defer { stop.stop() }
        async let end: Void = offPool {
            let endless = try database.connect()
            stop.listen(endless.interrupter)
            // Stopped, it says so.
            let statement: SQL = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
            do { _ = try endless.value(statement) } catch {}
            stop.forget()
        }
        let connection = try database.connect()
        try await eventually("the threads have begun") {
            try connection.value("SELECT current_setting('external_threads')") == .integer(1)
        }
        stop.stop()
        try await end
    }

    @Test(arguments: ["SET threads = 1", "SET GLOBAL Threads TO 1", "PRAGMA threads = 1"])
    func `a project may say how many there are`(statement: String) async throws {
        let shop = try DbtFixture(
            [
                "models/a.sql": "select 1 as id",
                "models/b.sql": "{{ config(pre_hook=\"\(statement)\") }} select 2 as id",
            ],
            settings: "on-run-start: [\"\(statement)\"]"
        )
        let results = try await shop.run(.build)
        #expect(results["a"]?.status == .success)
        #expect(results["b"]?.status == .success, "\(results["b"]?.message ?? "")")
        #expect(!results.values.contains { $0.status == .error })
    }

    @Test func `what a profile says of them is left as it is`() async throws {
        let shop = try DbtFixture([:])
        let own = "config_options: {threads: '3', external_threads: '2'}"
        try shop.folder.write(
            "shop: {target: dev, outputs: {dev: {type: duckdb, path: '\(shop.folder.path)/shop.duckdb', \(own)}}}\n",
            to: "profiles.yml"
        )
        let connection = try DbtDatabase.open(try shop.load().profile).connect()
        #expect(try connection.value("SELECT current_setting('external_threads')") == .integer(2))
    }

    @Test(arguments: [
        ("select 1", false), ("", false), ("thread", false), ("SET threads=1", true), ("pragma THREADS", true),
        ("tthreads", true), ("t threads", true), ("threats", false), ("select 'é' as threads", true),
    ])
    func `statements that speak of them are known`(sql: String, speaks: Bool) {
        #expect(LateThreads.areMentioned(in: sql) == speaks)
    }

    @Test func `a small database is stored as it is, and a profile's choice is kept`() async throws {
        let model =
            "{{ config(materialized='table') }} select range as id, 'abcdefgh' || range as word from range(5000)"
        let kinds = "select distinct lower(compression) from pragma_storage_info('a') where segment_type = 'VARCHAR'"
        let shop = try DbtFixture(["models/a.sql": model])
        try await shop.run(.build)
        #expect(try shop.rows(kinds) == ["uncompressed"])
        let other = try DbtFixture(["models/a.sql": model])
        try other.folder.write(
            "shop: {target: dev, outputs: {dev: {type: duckdb, path: '\(other.folder.path)/shop.duckdb', settings: {force_compression: fsst}}}}\n",
            to: "profiles.yml"
        )
        try await other.run(.build)
        #expect(try other.rows(kinds) == ["fsst"])
    }
}

import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject
import Postgres
import TestSupport
import Testing

@Suite struct BatchedLoadTests {
    /// Where the rows come from: what makes the view or table `t` over a folder.
    enum Source: String, CaseIterable, Sendable {
        case csv, parquet, table

        func statements(_ folder: String) -> SQL {
            let rows: SQL = "SELECT range::INT AS id, 'n' || range AS name FROM range(300_000)"
            switch self {
            case .table: return "CREATE TABLE t AS \(rows)"
            case .csv:
                return """
                    COPY (\(rows)) TO \(literal: folder + "/t.csv");
                    CREATE VIEW t AS SELECT id::INT AS id, name FROM read_csv(\(literal: folder + "/*.csv"))
                    """
            case .parquet:
                return """
                    COPY (\(rows)) TO \(literal: folder + "/t.parquet") (ROW_GROUP_SIZE 20_000);
                    CREATE VIEW all_t AS FROM \(literal: folder + "/t.parquet");
                    CREATE VIEW t AS SELECT id, name FROM all_t WHERE id >= 0
                    """
            }
        }
    }

    static let combinations = Source.allCases.flatMap { source in
        [PintailProject.LoadMode.append, .replace, .fail, .upsert].map { (source, $0) }
    }

    @Test(arguments: combinations)
    func `a load that broke off goes on with the rows it left, with none lost or doubled`(
        _ source: Source,
        _ mode: PintailProject.LoadMode
    ) async throws {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let files = try TemporaryDirectory()
        let existing =
            mode == .replace ? "CREATE TABLE t (id int, name text); INSERT INTO t VALUES (-1, 'old')" : "SELECT"
        let fixture = try await WarehouseFixture(source.statements(files.path), tables: existing) { _ in proxy.port }
        let load = Load("t", into: .warehouse("t"), mode: mode, key: mode == .upsert ? ["id"] : [])
        for bytes in [3_000_000, 3_000_000] {
            proxy.cut(after: bytes, .toServer)
            let failure = try await fixture.project.failure(of: load, batching: .always(rows: 30_000))
            #expect(failure.isTransient)
            #expect(failure.dataState?.contains("the next run sends the others") == true)
            if mode == .replace { #expect(try await fixture.rows("SELECT * FROM t") == "-1|old") }
        }
        let result = try await fixture.project.run(load, batching: .always(rows: 30_000))
        #expect(result.facts["resumed_after_rows"].map { $0 != 0 } == true)
        let rows = try await fixture.rows("SELECT count(*), count(DISTINCT id), min(id), max(id) FROM t")
        #expect(rows == "300000|300000|0|299999")
        #expect(try await fixture.rows("SELECT count(*) FROM pintail_positions WHERE first_row > 0") == "0")
    }

    @Test func `batches of another source are not gone on with`() async throws {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let fixture = try await WarehouseFixture("CREATE TABLE t AS SELECT range AS id FROM range(300_000)") { _ in
            proxy.port
        }
        proxy.cut(after: 3_000_000, .toServer)
        let load = Load("t", into: .warehouse("t"))
        _ = try await fixture.project.failure(of: load, batching: .always(rows: 30_000))
        _ = try await fixture.project.rows("UPDATE t SET id = -1 WHERE id = 7")
        let result = try await fixture.project.run(load, batching: .always(rows: 30_000))
        #expect(result.facts["resumed_after_rows"] == 0)
        #expect(try await fixture.rows("SELECT count(*), min(id) FROM t") == "300000|-1")
    }

    @Test func `rows are not added to half of another source`() async throws {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let fixture = try await WarehouseFixture(
            "CREATE TABLE t AS SELECT range AS id FROM range(300_000)",
            tables: "CREATE TABLE t (id bigint)"
        ) { _ in proxy.port }
        proxy.cut(after: 3_000_000, .toServer)
        let load = Load("t", into: .warehouse("t"), mode: .append)
        _ = try await fixture.project.failure(of: load, batching: .always(rows: 30_000))
        _ = try await fixture.project.rows("DELETE FROM t WHERE id = 7")
        let before = try await fixture.rows("SELECT count(*) FROM t")
        let failure = try await fixture.project.failure(of: load, batching: .always(rows: 30_000))
        #expect(failure.message.hasSuffix("stopped after \(before) rows, and its source has changed since"))
        #expect(try await fixture.rows("SELECT count(*) FROM t") == before)
    }

    @Test(arguments: ["SELECT id, count(*) AS n FROM t GROUP BY id", "SELECT a.id FROM t AS a JOIN t AS b USING (id)"])
    func `rows whose order may change are loaded at once`(_ query: String) async throws {
        let fixture = try await WarehouseFixture("CREATE TABLE t AS SELECT range AS id FROM range(1000)")
        let load = Load("t", from: .query(query), into: .warehouse("t"))
        let result = try await fixture.project.run(load, batching: .always(rows: 10))
        #expect(result.facts["batches"] == nil)
        #expect(result.rows == 1000)
    }
}

import DuckDB
import PintailOrchestrator
import Testing

@testable import PintailEngine

/// The tables in which rows stand that were put aside.
@Suite struct QuarantineTests {
    @Test func `a table made when nothing was superseded gets a place for it, and its rows stay open`() throws {
        let fixture = try CheckFixture(
            "CREATE TABLE quarantine.other (quarantine_id INT, superseded_at INT, discarded_at INT)"
        )
        try Quarantine.make(TableName("t", schema: "quarantine"), fixture.connection)
        func put(_ file: String, run: RunID) throws {
            let broken = BrokenRule(column: "'age'", rule: "'type'", value: "'x'", reason: "'no int64'")
            try Quarantine.insert(
                "SELECT \(literal: file), 2, 1, [\(broken.sql)], 'x'",
                as: .line,
                table: "t",
                by: "t",
                run: run,
                isStaged: false,
                fixture.connection
            )
        }
        try put("a.csv", run: "r1")
        try fixture.connection.execute("ALTER TABLE quarantine.t DROP COLUMN superseded_at")
        try Quarantine.upgrade(fixture.connection)
        try Quarantine.upgrade(fixture.connection)
        try put("b.csv", run: "r2")
        let rows: SQL =
            "SELECT file, rule, value, run_id, superseded_at FROM quarantine.t WHERE \(Quarantine.isOpen) ORDER BY 1"
        #expect(try fixture.texts(rows) == ["a.csv|type|x|r1|NULL", "b.csv|type|x|r2|NULL"])
        // An edition of the file that no longer has the row.
        let files = WholeFiles(names: ["a.csv"], run: "r3", steps: ["t"])
        try files.supersede(in: "t", fixture.connection)
        #expect(try fixture.texts(rows) == ["b.csv|type|x|r2|NULL"])
        #expect(try fixture.texts("SELECT file FROM quarantine.t WHERE superseded_at IS NOT NULL") == ["a.csv"])
    }

    @Test func `a table of the shape before gets that of today, and rows are added to it`() throws {
        let fixture = try CheckFixture(
            """
            CREATE TABLE quarantine.t (file VARCHAR, line BIGINT, column_name VARCHAR, rule VARCHAR NOT NULL, reason VARCHAR NOT NULL,
                raw VARCHAR, run_id VARCHAR NOT NULL, quarantined_at TIMESTAMPTZ NOT NULL);
            INSERT INTO quarantine.t VALUES ('a.csv', 3, NULL, 'read', 'short', '2', 'r1', '2026-01-01'),
                ('a.csv', 4, 'age', 'type', 'x is no int64', '3,x', 'r1', '2026-01-01'),
                (NULL, 4, 'age', 'type', 'x is no int64', '{"age":"x"}', 'r1', '2026-01-01'),
                (NULL, NULL, 'id, age', 'not_null, range', 'id is NULL; age is -1', '{"id":null,"age":-1}', 'r1', '2026-01-01');
            CREATE TABLE quarantine.other AS SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d, 5 AS e, 6 AS f, 7 AS g, 8 AS h
            """
        )
        try Quarantine.upgrade(fixture.connection)
        try Quarantine.upgrade(fixture.connection)
        let broken = BrokenRule(column: "'age'", rule: "'range'", value: "'-2'", reason: "'age is -2'")
        try Quarantine.insert(
            "SELECT 'b.csv', 9, 8, [\(broken.sql)], '{}'",
            as: .row,
            table: "t",
            by: "check:t",
            run: "r2",
            isStaged: false,
            fixture.connection
        )
        #expect(
            try fixture.texts(
                "SELECT file, line, column_name, rule, value, reason, raw_form, node, run_id FROM quarantine.t ORDER BY rowid"
            )
                == [
                    "a.csv|3|NULL|read|NULL|short|line|NULL|r1", "a.csv|4|age|type|NULL|x is no int64|line|NULL|r1",
                    "NULL|4|age|type|NULL|x is no int64|record|NULL|r1",
                    "NULL|NULL|id, age|not_null, range|NULL|id is NULL; age is -1|row|NULL|r1",
                    "b.csv|9|age|range|-2|age is -2|row|check:t|r2",
                ]
        )
        #expect(
            try fixture.texts("SELECT count(DISTINCT quarantine_id), len(list(DISTINCT len(broken))) FROM quarantine.t")
                == ["5|1"]
        )
        #expect(
            try fixture.texts("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'quarantine' ORDER BY 1") == [
                "other", "t",
            ]
        )
    }

    @Test func `a row can be marked, and keeps its id when its table is published`() throws {
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new AS SELECT 1 AS id")
        let broken = BrokenRule(column: "NULL", rule: "'r'", value: "NULL", reason: "'wrong'")
        for _ in 0..<2 {
            try Quarantine.insert(
                "SELECT NULL, NULL, NULL, [\(broken.sql)], '{}'",
                as: .row,
                table: "t",
                by: "check:t",
                run: "r1",
                isStaged: true,
                fixture.connection
            )
        }
        let ids = try fixture.texts("SELECT CAST(quarantine_id AS VARCHAR) FROM quarantine.t__pintail_new ORDER BY 1")
        try StagedTable("t").publish(fixture.connection)
        #expect(try fixture.texts("SELECT CAST(quarantine_id AS VARCHAR) FROM quarantine.t ORDER BY 1") == ids)
        try fixture.connection.execute(
            "UPDATE quarantine.t SET replayed_at = now(), replayed_by = 'r2' WHERE rule = 'r' AND quarantine_id = \(literal: ids[0])"
        )
        #expect(try fixture.texts("SELECT count(*), count(replayed_at) FROM quarantine.t") == ["2|1"])
    }
}

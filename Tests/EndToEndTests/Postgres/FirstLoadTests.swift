import TestSupport
import Testing

/// Loads that are the first into their schema.
@Suite struct FirstLoadTests {
    @Test func `the table of positions may be made by another load in the same moment`() async throws {
        let project = try await PostgresProject(tables: "CREATE TABLE log (id bigint)")
        try project.folder.write("id\n1\n2\n", to: "now.csv")
        try project.pipeline(
            """
            - extract: events
              from: now.csv
            - load: log
              from: events
              into: pg.public.log
              mode: append
            """
        )
        let other = try await project.hold(
            """
            CREATE TABLE pintail_positions (load text, source text, first_row bigint, rows bigint NOT NULL,
                table_name text NOT NULL, table_oid oid NOT NULL, file_node oid,
                committed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (load, source, first_row))
            """
        )
        let child = try project.start("run")
        let waiting = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            AND query LIKE '%CREATE TABLE IF NOT EXISTS%pintail_positions%' AND pid <> pg_backend_pid()
            """
        try await eventually("the load waits for the other one, or has ended") {
            try await project.rows(waiting) != "0" || child.end != nil
        }
        try #require(child.end == nil, "\(child.standardError)")
        other.write("COMMIT;\n")
        #expect(try await child.wait() == .exited(0), "\(child.standardError)")
        #expect(try await project.rows("SELECT count(*) FROM log") == "2")
    }
}

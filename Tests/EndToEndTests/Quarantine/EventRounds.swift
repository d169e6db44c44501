import TestSupport

/// Rounds of events on their way to Postgres, some of which are too big for a rule, and some of a kind that nobody knows yet.
struct EventRounds {
    let project: PostgresProject
    /// How many events a round has.
    let rows: Int
    /// What follows the check of the events: the loads.
    private let loads: String

    /// - Parameters:
    ///   - tables: those of the loads, beside `kinds`.
    ///   - port: that of a proxy before the server.
    init(
        of rows: Int,
        tables: String,
        loads: String,
        on server: PostgresServer? = nil,
        port: Int? = nil
    ) async throws {
        self.rows = rows
        self.loads = loads
        let kinds = "CREATE TABLE kinds (name text PRIMARY KEY); INSERT INTO kinds VALUES ('known');"
        project = try await PostgresProject(on: server, tables: kinds + tables, port: port)
    }

    /// Writes the pipeline, whose rule lets events pass that are no bigger than `most`.
    func allow(_ most: Int) throws {
        try project.pipeline(
            """
            - extract: events
              from: now.csv
            - check: events
              columns: {size: [{range: {max: \(most)}}]}
              on_fail: quarantine
            \(loads)
            """
        )
    }

    /// Writes the file of a round: its first events are too big, and every tenth is of another kind.
    func write(_ round: Int, big: Int = 40, kind: String = "known") throws {
        let lines = (0..<rows).map { number in
            "\(round * rows + number),\(number % 10 == 9 ? kind : "known"),\(number < big ? 500 : 5)\n"
        }
        try project.folder.write("id,kind,size\n" + lines.joined(), to: "now.csv")
    }

    /// From now on a kind is known.
    func know(_ kind: String) async throws { _ = try await project.rows("INSERT INTO kinds VALUES ('\(kind)')") }

    /// How many rows a table has, and how many different ones.
    func count(_ table: String) async throws -> String {
        try await project.rows("SELECT count(*), count(DISTINCT id) FROM \(table)")
    }

    /// The load of a table that takes events with their kinds, and puts those aside whose kind is not known.
    static func load(_ table: String, from source: String, _ mode: String) -> String {
        """
        - load: \(table)
          from: \(source)
          into: pg.public.\(table)
          \(mode)
          references:
            kind: {from: kind, table: kinds, match: name, missing: quarantine}
        """
    }

    /// The load of a table that takes all events as they are.
    static func log(from source: String) -> String {
        """
        - load: log
          from: \(source)
          into: pg.public.log
          mode: append
        """
    }
}

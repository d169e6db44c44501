import DuckDB

/// The database as one running node sees it: a connection of its own, its transaction and the relations known to all.
///
/// Belongs to the one thread that renders the node; statements block it.
final class Warehouse {
    private let connection: Connection
    /// What is known of relations, shared by all nodes of a run.
    let relations: RelationCache
    /// Stops the running statement from any other thread.
    var interrupter: Interrupter { connection.interrupter }
    private(set) var isInTransaction = false
    /// What the open transaction has made and dropped.
    private var uncommitted: [RelationChange] = []
    /// Refuses statements of templates by throwing; nil where all may run.
    var gate: ((String) throws -> Void)?

    /// A connection of its own to `database`.
    init(_ database: Database, relations: RelationCache) throws(DuckDBError) {
        connection = try database.connect()
        self.relations = relations
        // Nobody is shown how far a node is, and counting it costs a tenth of what small statements take.
        try connection.execute("SET enable_progress_bar = false")
    }

    /// What a statement answered.
    struct Answer {
        /// The rows, where they were asked for.
        let table: ResultTable
        /// How many rows the statement changed; nil where DuckDB does not say.
        let rowsChanged: Int?
    }

    /// Runs statements, in a transaction if need be one that begins here.
    func run(_ sql: String, fetching: Bool, begins: Bool) throws -> Answer {
        try gate?(sql)
        // DuckDB refuses fewer threads than were promised to it.
        if LateThreads.areMentioned(in: sql) { LateThreads.begin(on: connection) }
        if begins { try begin() }
        let statement = SQL(verbatim: sql)
        guard fetching else {
            return Answer(table: ResultTable.empty, rowsChanged: try connection.execute(statement))
        }
        var result = try connection.query(statement)
        return Answer(table: try ResultTable(reading: &result), rowsChanged: nil)
    }

    /// Runs what no template asked for.
    func withoutGate<Result>(_ body: () throws -> Result) rethrows -> Result {
        let gate = self.gate
        self.gate = nil
        defer { self.gate = gate }
        return try body()
    }

    /// Begins a transaction unless one is open.
    func begin() throws {
        guard !isInTransaction else { return }
        try connection.execute("BEGIN TRANSACTION")
        isInTransaction = true
    }

    /// Commits what is open.
    func commit() throws {
        guard isInTransaction else { return }
        isInTransaction = false
        let changes = uncommitted
        uncommitted = []
        try connection.execute("COMMIT")
        for change in changes { relations.note(change) }
    }

    /// Takes back what is open; what was known of relations may be wrong then.
    func rollback() {
        guard isInTransaction else { return }
        isInTransaction = false
        uncommitted = []
        relations.forgetAll()
        interrupter.ignoringCancellation { _ = try? connection.execute("ROLLBACK") }
    }

    /// The columns of a query or relation, without running it.
    func columns(of query: String) throws(DuckDBError) -> [ResultColumn] {
        try connection.describe(SQL(verbatim: query))
    }

    /// The columns of a query that other statements may stand before, which are run: a model's header may be what makes it one.
    func columns(ofLast statements: String) throws(DuckDBError) -> [ResultColumn] {
        do {
            return try columns(of: statements)
        } catch let error where error.message.contains("Cannot prepare multiple statements") {
            return try connection.query(SQL(verbatim: statements)).columns
        }
    }

    /// The first column of every row.
    func texts(_ sql: SQL) throws(DuckDBError) -> [String] { try connection.texts(sql) }

    /// Rows of texts and numbers.
    func rows(_ sql: SQL) throws(DuckDBError) -> [[DuckDB.Value]] { try connection.rows(sql) }

    /// The relation of that name, as it is called there; nil where there is none.
    func relation(_ database: String, _ schema: String, _ identifier: String) throws -> Relation? {
        try relations(in: schema, of: database).first { $0.identifier?.lowercased() == identifier.lowercased() }
    }

    /// All relations of a schema.
    func relations(in schema: String, of database: String) throws -> [Relation] {
        let known = try relations.all(in: schema, of: database) { try stored(in: schema, of: database) }
        guard !uncommitted.isEmpty else { return known }
        return RelationCache.apply(uncommitted, to: known, in: schema, of: database)
    }

    /// The relation of that name as the database has it now, whatever is known; nil where there is none.
    func stored(_ relation: Relation) throws(DuckDBError) -> Relation? {
        try stored(in: relation.schema ?? "", of: relation.database ?? "", named: relation.identifier ?? "").first
    }

    private func stored(
        in schema: String,
        of database: String,
        named name: String? = nil
    ) throws(DuckDBError) -> [Relation] {
        func place(_ column: SQL) -> SQL {
            let isNamed: SQL = name.map { "AND lower(\(column)) = \(literal: $0.lowercased())" } ?? ""
            return """
                lower(database_name) = \(literal: database.lowercased()) AND lower(schema_name) = \(literal: schema.lowercased()) \(isNamed)
                """
        }
        return try connection.rows(
            """
            SELECT table_name, 'table', schema_name, database_name FROM duckdb_tables() WHERE \(place("table_name"))
            UNION ALL
            SELECT view_name, 'view', schema_name, database_name FROM duckdb_views() WHERE \(place("view_name"))
            """
        ).map { row in
            Relation(
                database: row[3].text,
                schema: row[2].text,
                identifier: row[0].text,
                kind: row[1].text.flatMap { Relation.Kind(rawValue: $0) }
            )
        }
    }

    // MARK: What becomes of relations

    /// A relation was made.
    func made(_ relation: Relation) { note(.made(relation)) }

    /// A relation was dropped.
    func dropped(_ relation: Relation) { note(.dropped(relation)) }

    /// A relation has a new name.
    func renamed(_ old: Relation, to new: Relation) {
        var renamed = new
        renamed.kind = relations.kind(of: old) ?? old.kind ?? new.kind
        note(.dropped(old))
        note(.made(renamed))
    }

    private func note(_ change: RelationChange) {
        relations.note(change)
        if isInTransaction { uncommitted.append(change) }
    }
}

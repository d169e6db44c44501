import DuckDB

/// The reference of a table to itself: rows are merged first and find their parents then, in whatever order they came.
struct SelfLink {
    let reference: ResolvedReference
    let merge: Merge
    private let done = TableName("pintail_done", schema: "pg_temp")

    init(_ reference: ResolvedReference, in merge: Merge) {
        self.reference = reference
        self.merge = merge
    }

    /// The temporary table's columns that hold the names of parents.
    static func columns(_ reference: ResolvedReference?) -> [CopyTarget.Column] {
        (reference?.terms ?? []).enumerated().map { CopyTarget.Column("pintail_parent_\($0)", $1.column.type) }
    }

    private var table: TableName { merge.load.table }

    /// The rows with the names of their parents, ready to be compared.
    private var naming: SQL {
        let terms = reference.terms.enumerated()
        let renamed = terms.map { "pintail_parent_\(literal: $0) AS \(identifier: $1.column.name)" as SQL }
        let keys = merge.load.key.map { name -> SQL in "\(identifier: name) AS \(identifier: "pintail_key_" + name)" }
        return """
            (SELECT *, \(values) FROM (
                SELECT pintail_row, \(list: keys + renamed) FROM \(table: merge.rows)) s) c
            """
    }

    /// Rows as others name them.
    private func named(_ table: TableName, _ columns: [SQL]) -> SQL {
        "(SELECT \(list: columns + [values]) FROM \(table: table))"
    }

    private var values: SQL {
        "\(list: reference.terms.enumerated().map { "(\($1.expression)) AS pintail_m\(literal: $0)" as SQL })"
    }

    private func isSame(_ parent: SQL) -> SQL {
        let same = reference.terms.indices.map {
            "c.pintail_m\(literal: $0) = \(parent).pintail_m\(literal: $0)" as SQL
        }
        return "\(same, separator: " AND ")"
    }

    private var namesSome: SQL {
        "\(reference.terms.indices.map { "c.pintail_m\(literal: $0) IS NOT NULL" as SQL }, separator: " AND ")"
    }

    /// Takes out rows without a parent, and then those whose parent was taken out, until all have one.
    func takeOrphans(on connection: borrowing PostgresConnection) throws(PostgresError) -> [Int] {
        var orphans: [Int] = []
        while true {
            // Their rows in the table, if they have any, are not missing.
            let taken = try connection.query(
                """
                WITH taken AS (
                    DELETE FROM \(table: merge.rows) WHERE pintail_row IN (
                        SELECT c.pintail_row FROM \(naming) WHERE \(namesSome)
                        AND NOT EXISTS (SELECT FROM \(named(table, [])) p WHERE \(isSame("p")))
                        AND NOT EXISTS (SELECT FROM \(named(merge.rows, [])) p WHERE \(isSame("p")))) RETURNING *
                ), aside AS (
                    INSERT INTO \(table: merge.aside) SELECT \(identifiers: merge.load.key) FROM taken
                ) SELECT pintail_row FROM taken
                """
            )
            if taken.isEmpty { return orphans }
            orphans += taken.map { $0.integer("pintail_row") }
        }
    }

    /// Merges without the reference, and then sets it where it differs.
    func upsert(_ merging: SQL, on connection: borrowing PostgresConnection, _ outcome: inout LoadOutcome) throws {
        let keys = merge.load.key
        let types = keys.compactMap { name in merge.load.targets.first { $0.name == name } }
        let columns = types.map { "\(identifier: $0.name) \($0.type.sql)" as SQL }
        try connection.execute(
            """
            DROP TABLE IF EXISTS \(table: done);
            CREATE TEMPORARY TABLE \(identifier: done.name) (is_new boolean, \(list: columns)) ON COMMIT DROP
            """
        )
        try connection.execute("\(merging) INSERT INTO \(table: done) SELECT * FROM merged")
        try settleOrphans(on: connection, &outcome)
        let linked = try link(on: connection)
        let counts = try connection.query(
            """
            SELECT count(*) FILTER (WHERE is_new) AS inserted, count(DISTINCT (\(identifiers: keys))) AS written
            FROM \(table: done)
            """
        )[0]
        outcome.inserted = counts.integer("inserted")
        outcome.updated = counts.integer("written") - outcome.inserted
        if linked > 0 { outcome.cycles = try cycles(on: connection) }
        try connection.execute("DROP TABLE \(table: done)")
    }

    /// What becomes of names that no row has, now that all rows are in the table.
    private func settleOrphans(on connection: borrowing PostgresConnection, _ outcome: inout LoadOutcome) throws {
        let orphans: SQL = """
            FROM \(naming) WHERE \(namesSome) AND NOT EXISTS (SELECT FROM \(named(table, [])) p WHERE \(isSame("p")))
            """
        switch reference.reference.missing {
        case .null, .quarantine: return
        case .create:
            let names = reference.terms.map(\.column.name)
            let places = reference.terms.indices.map { "c.pintail_m\(literal: $0)" as SQL }
            let made = try connection.execute(
                """
                INSERT INTO \(table: table) (\(identifiers: names))
                SELECT DISTINCT ON (\(list: places)) \(list: names.map { "c.\(identifier: $0)" }) \(orphans)
                ORDER BY \(list: places), c.pintail_row
                ON CONFLICT (\(list: reference.terms.map(\.indexed))) DO NOTHING
                """
            )
            if made > 0 { outcome.created[table.description, default: 0] += made }
        case .fail:
            let shown = reference.terms.map { "c.\(identifier: $0.column.name)::text" as SQL }
            let missing = try connection.query(
                """
                SELECT concat_ws(', ', \(list: shown)) AS name, sum(count(*)) OVER () AS rows, count(*) OVER () AS names
                \(orphans) GROUP BY 1 ORDER BY min(c.pintail_row) LIMIT 10
                """
            )
            guard let first = missing.first else { return }
            let names = MissingParents.Names(
                from: reference.reference.from,
                title: reference.title,
                names: missing.map { $0.text("name") },
                count: first.integer("names"),
                rows: first.integer("rows")
            )
            throw MissingParents(references: [names])
        }
    }

    private func link(on connection: borrowing PostgresConnection) throws -> Int {
        let key: SQL = "\(identifier: reference.key.name) AS pintail_key"
        let same = merge.load.key.map { "old.\(identifier: $0) = c.\(identifier: "pintail_key_" + $0)" as SQL }
        let column = reference.column
        // Where only some columns may be updated, new rows alone get this one.
        let isWanted: SQL =
            merge.rules.onConflict == .ignore || !merge.rules.update.isEmpty && !merge.rules.update.contains(column)
            ? "EXISTS (SELECT FROM \(table: done) d WHERE d.is_new AND \(merge.sameKey(as: "d")))" : "true"
        let twice = try connection.query(
            """
            SELECT concat_ws(', ', \(list: reference.terms.indices.map { "c.pintail_m\(literal: $0)::text" })) AS name,
                count(DISTINCT p.pintail_key) AS rows
            FROM \(naming) JOIN \(named(table, [key])) p ON \(isSame("p"))
            GROUP BY 1 HAVING count(DISTINCT p.pintail_key) > 1 ORDER BY 1 LIMIT 5
            """
        )
        if let first = twice.first {
            throw AmbiguousParents(
                column: column,
                title: reference.title,
                parent: table,
                names: twice.map { $0.text("name") },
                count: twice.count,
                rows: first.integer("rows")
            )
        }
        let returned = merge.load.key.map { "old.\(identifier: $0)" as SQL }
        return try connection.execute(
            """
            WITH linked AS (
                UPDATE \(table: table) old SET \(identifier: column) = c.pintail_parent FROM (
                    SELECT c.*, p.pintail_key AS pintail_parent FROM \(naming)
                    LEFT JOIN \(named(table, [key])) p ON \(isSame("p"))) c
                WHERE \(same, separator: " AND ") AND old.\(identifier: column) IS DISTINCT FROM c.pintail_parent AND \(isWanted)
                RETURNING \(list: returned))
            INSERT INTO \(table: done) SELECT false, * FROM linked
            """
        )
    }

    // MARK: Cycles

    /// One of the circles that parents stand in, by doubling the steps until every way up has ended or never will.
    private func cycles(on connection: borrowing PostgresConnection) throws -> [String] {
        let (key, parent): (SQL, SQL) = ("\(identifier: reference.key.name)", "\(identifier: reference.column)")
        try connection.execute(
            """
            CREATE TEMPORARY TABLE pintail_up_0 ON COMMIT DROP AS
            SELECT \(key) AS id, \(parent) AS up FROM \(table: table) WHERE \(parent) IS NOT NULL AND \(parent) <> \(key)
            """
        )
        var (round, before) = (0, -1)
        var remaining = Int(try connection.value("SELECT count(*) FROM pintail_up_0") ?? "0") ?? 0
        while remaining > 0, remaining != before {
            before = remaining
            remaining = try connection.execute(
                """
                CREATE TEMPORARY TABLE pintail_up_\(literal: round + 1) ON COMMIT DROP AS
                SELECT a.id, b.up FROM pintail_up_\(literal: round) a JOIN pintail_up_\(literal: round) b ON a.up = b.id
                """
            )
            try connection.execute("DROP TABLE pintail_up_\(literal: round)")
            round += 1
        }
        defer { connection.dropQuietly("pintail_up_\(literal: round)") }
        guard remaining > 0 else { return [] }
        let name = reference.terms.map { "t.\(identifier: $0.column.name)::text" as SQL }
        let path = try connection.value(
            """
            WITH RECURSIVE way AS (
                (SELECT up AS id FROM pintail_up_\(literal: round) ORDER BY 1 LIMIT 1)
                UNION ALL SELECT t.\(parent) FROM way JOIN \(table: table) t ON t.\(key) = way.id
            ) CYCLE id SET is_again USING path
            SELECT string_agg(name, ' → ' ORDER BY place) FROM (
                SELECT w.place, concat_ws(', ', \(list: name)) AS name FROM (
                    SELECT id, row_number() OVER () AS place FROM way) w
                JOIN \(table: table) t ON t.\(key) = w.id WHERE w.place <= 20) s
            """
        )
        return path.map { [$0] } ?? []
    }
}

extension PostgresConnection {
    /// Drops a temporary table that the end of the transaction would drop anyway.
    fileprivate borrowing func dropQuietly(_ table: SQL) {
        guard isOpen else { return }
        do { try execute("DROP TABLE IF EXISTS \(table)") } catch { return }
    }
}

package import DuckDB

/// Finds the keys of the rows that a reference names, or makes those rows, in the caller's transaction.
///
/// The names are copied into a temporary table, each once, with a number; all else are statements over the whole set.
package struct KeyResolution {
    /// The reference.
    package let reference: ResolvedReference
    private let keys: TableName
    private let found: TableName

    /// Prepares to look for what a reference names; `place` tells it from the load's other references.
    package init(_ reference: ResolvedReference, place: Int) {
        self.reference = reference
        keys = TableName("pintail_keys_\(place)", schema: "pg_temp")
        found = TableName("pintail_found_\(place)", schema: "pg_temp")
    }

    /// Where the names are copied to: their number, their values, and a UUID each where keys are made by us.
    package var target: CopyTarget {
        var columns = [CopyTarget.Column("pintail_n", .bigint)] + reference.terms.map(\.column)
        if reference.makesKeys { columns.append(CopyTarget.Column("pintail_new", .uuid)) }
        return CopyTarget(keys, columns: columns)
    }

    /// Makes the temporary tables.
    package func begin(on connection: borrowing PostgresConnection) throws(PostgresError) {
        let columns = target.columns.map { "\(identifier: $0.name) \($0.type.sql)" as SQL }
        try connection.execute(
            """
            SET LOCAL client_min_messages = warning; DROP TABLE IF EXISTS \(table: keys), \(table: found);
            CREATE TEMPORARY TABLE \(identifier: keys.name) (\(list: columns)) ON COMMIT DROP;
            CREATE TEMPORARY TABLE \(identifier: found.name) (
                pintail_n bigint, key \(reference.key.type.sql), is_own boolean) ON COMMIT DROP
            """
        )
    }

    /// Looks for the rows, makes those that are missing if that is wanted, and keeps them from going.
    ///
    /// - Returns: How many rows were made.
    /// - Throws: ``AmbiguousParents`` when a name is that of two rows.
    package func resolve(on connection: borrowing PostgresConnection) throws -> Int {
        try connection.analyze(keys, reference.terms.map(\.column.name))
        let access = try access(on: connection)
        let matches = matches(tellingOwn: access.showsOwn)
        // What the expressions make NULL of names nothing, as a NULL does.
        let names = reference.terms.indices.map { "k.pintail_m\(literal: $0) IS NOT NULL" as SQL }
        // Each name is worked out once, and not for every comparison.
        try connection.execute(
            """
            INSERT INTO \(table: found) WITH k AS MATERIALIZED (SELECT * FROM \(named))
            \(matches) UNION ALL SELECT k.pintail_n, NULL, false FROM k WHERE NOT (\(names, separator: " AND "))
            """
        )
        var created = 0
        if reference.reference.missing == .create {
            created = try create(on: connection)
            // A statement sees what other loads have committed by now, the rows that they were faster to make included.
            try connection.execute(
                """
                INSERT INTO \(table: found) WITH k AS MATERIALIZED (SELECT * FROM \(named) WHERE \(isMissing)) \(matches)
                """
            )
        }
        try refuseAmbiguity(on: connection)
        if access.mayHold { try hold(on: connection) }
        return created
    }

    /// What the names are compared by, over the temporary table.
    private var named: SQL {
        let values = reference.terms.enumerated().map { "(\($1.expression)) AS pintail_m\(literal: $0)" as SQL }
        return "(SELECT *, \(list: values) FROM \(table: keys)) k"
    }

    /// The rows that the names of `k` name.
    private func matches(tellingOwn: Bool) -> SQL {
        let values = reference.terms.enumerated().map { "(\($1.expression)) AS pintail_m\(literal: $0)" as SQL }
        let same = reference.terms.indices.map { "k.pintail_m\(literal: $0) = p.pintail_m\(literal: $0)" as SQL }
        let isOwn: SQL = tellingOwn ? "xmin = pg_current_xact_id()::xid" : "false"
        return """
            SELECT k.pintail_n, p.pintail_key, p.pintail_own FROM k JOIN (
                SELECT \(identifier: reference.key.name) AS pintail_key, \(isOwn) AS pintail_own, \(list: values)
                FROM \(table: reference.parent.name)) p ON \(same, separator: " AND ")
            """
    }

    private var isMissing: SQL {
        "NOT EXISTS (SELECT FROM \(table: found) f WHERE f.pintail_n = k.pintail_n)"
    }

    /// In the order of what is compared, so that two loads at once do not wait for each other in a circle.
    private func create(on connection: borrowing PostgresConnection) throws(PostgresError) -> Int {
        var columns = reference.terms.map(\.column.name)
        var values = columns.map { "k.\(identifier: $0)" as SQL }
        if reference.makesKeys {
            columns.append(reference.key.name)
            values.append("k.pintail_new")
        }
        let places = reference.terms.indices.map { "k.pintail_m\(literal: $0)" as SQL }
        return try connection.execute(
            """
            INSERT INTO \(table: reference.parent.name) (\(identifiers: columns)) \(reference.makesKeys ? "OVERRIDING SYSTEM VALUE" : "")
            SELECT DISTINCT ON (\(list: places)) \(list: values) FROM \(named) WHERE \(isMissing)
            ORDER BY \(list: places), k.pintail_n
            ON CONFLICT (\(list: reference.terms.map(\.indexed))) DO NOTHING
            """
        )
    }

    /// Fails when a name is that of rows with different keys; with the same key they are one.
    private func refuseAmbiguity(on connection: borrowing PostgresConnection) throws {
        let several: SQL = "SELECT pintail_n FROM \(table: found) GROUP BY pintail_n HAVING count(*) > 1"
        guard try connection.value("SELECT EXISTS (\(several))") == "t" else { return }
        let values = reference.terms.indices.map { "k.pintail_m\(literal: $0)::text" as SQL }
        let twice = try connection.query(
            """
            SELECT concat_ws(', ', \(list: values)) AS name, count(DISTINCT f.key) AS rows, count(*) OVER () AS names
            FROM (\(several)) several JOIN \(table: found) f USING (pintail_n) JOIN \(named) USING (pintail_n)
            GROUP BY k.pintail_n, 1 HAVING count(DISTINCT f.key) > 1 ORDER BY 1 LIMIT 5
            """
        )
        guard let first = twice.first else {
            try connection.execute(
                """
                DELETE FROM \(table: found) f USING (
                    SELECT pintail_n, (array_agg(ctid))[1] AS first FROM \(table: found) GROUP BY pintail_n) one
                WHERE f.pintail_n = one.pintail_n AND f.ctid <> one.first
                """
            )
            return
        }
        throw AmbiguousParents(
            column: reference.column,
            title: reference.title,
            parent: reference.parent.name,
            names: twice.map { $0.text("name") },
            count: first.integer("names"),
            rows: first.integer("rows")
        )
    }

    /// What the user may do with the other table's rows, and whether those that this transaction has made can be told.
    private func access(
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> (mayHold: Bool, showsOwn: Bool) {
        let row = try connection.query(
            """
            SELECT relkind IN ('r', 'p') AND (has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE'))
                    AND NOT row_security_active(oid) AS holds,
                relam = (SELECT oid FROM pg_am WHERE amname = 'heap') AND NOT relhassubclass
                    AND has_table_privilege(oid, 'SELECT') AS shows
            FROM pg_class WHERE oid = \(literal: Int(reference.parent.oid))
            """
        )[0]
        return (row.isTrue("holds"), row.isTrue("shows"))
    }

    /// Keeps the rows that were found until the transaction ends; where the user may not, the foreign key will tell.
    ///
    /// Nobody else sees the rows that this transaction has made.
    private func hold(on connection: borrowing PostgresConnection) throws(PostgresError) {
        let counts = try connection.query(
            """
            WITH others AS MATERIALIZED (
                SELECT DISTINCT key FROM \(table: found) WHERE NOT is_own AND key IS NOT NULL),
            held AS MATERIALIZED (
                SELECT FROM \(table: reference.parent.name)
                WHERE \(identifier: reference.key.name) IN (SELECT key FROM others) FOR KEY SHARE)
            SELECT (SELECT count(*) FROM held) AS held, (SELECT count(*) FROM others) AS found
            """
        )[0]
        if counts.integer("held") < counts.integer("found") {
            throw PostgresError("rows of \(reference.parent.name) were deleted during the load", sqlState: "40001")
        }
    }

    /// Hands out the numbers that were settled, with their keys; `nil` stands where there is nothing to refer to.
    package func forEachBatch(
        on connection: borrowing PostgresConnection,
        _ body: ([(number: Int, key: String?)]) throws -> Void
    ) throws {
        try connection.execute(
            "DECLARE pintail_found NO SCROLL CURSOR FOR SELECT pintail_n, key::text FROM \(table: found)"
        )
        while true {
            let result = try connection.run("FETCH 5000 FROM pintail_found")
            if result.count == 0 { break }
            try body((0..<result.count).map { (result.integer($0, 0) ?? 0, result.text($0, 1)) })
        }
        try connection.execute("CLOSE pintail_found; DROP TABLE \(table: keys), \(table: found)")
    }
}

/// A name that two rows of another table have.
package struct AmbiguousParents: Error, Hashable, Sendable {
    /// The column that was to be filled.
    package let column: String
    /// What was compared.
    package let title: String
    /// The other table.
    package let parent: TableName
    /// Some of the names.
    package let names: [String]
    /// How many there are.
    package let count: Int
    /// How many rows have the first.
    package let rows: Int
}

/// Names that no row of another table has, where that ends the load.
package struct MissingParents: Error, Hashable, Sendable {
    /// One reference with what it did not find.
    package struct Names: Hashable, Sendable {
        /// The source's columns.
        package let from: [String]
        /// What was compared.
        package let title: String
        /// The first names that were not found.
        package let names: [String]
        /// How many names there are.
        package let count: Int
        /// How many rows have them.
        package let rows: Int

        /// States what was not found.
        package init(from: [String], title: String, names: [String], count: Int, rows: Int) {
            self.from = from
            self.title = title
            self.names = names
            self.count = count
            self.rows = rows
        }
    }

    /// All references that did not find everything.
    package let references: [Names]

    /// States what was not found.
    package init(references: [Names]) { self.references = references }
}

/// Rows that name no row of another table, for a column that takes no NULL.
package struct MissingNames: Error, Hashable, Sendable {
    /// The column that was to be filled.
    package let column: String
    /// The source's columns.
    package let from: [String]
    /// How many rows there are.
    package let rows: Int

    /// States what is missing.
    package init(column: String, from: [String], rows: Int) {
        self.column = column
        self.from = from
        self.rows = rows
    }
}

/// A load that would delete every row of its table, having none itself.
package struct EverythingMissing: Error, Hashable, Sendable {
    /// Makes the refusal.
    package init() {}
}

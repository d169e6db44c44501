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
            CREATE TEMPORARY TABLE \(identifier: found.name) (pintail_n bigint, key \(reference.key.type.sql)) ON COMMIT DROP
            """
        )
    }

    /// Looks for the rows, makes those that are missing if that is wanted, and keeps them from going.
    ///
    /// - Returns: How many rows were made.
    /// - Throws: ``AmbiguousParents`` when a name is that of two rows.
    package func resolve(on connection: borrowing PostgresConnection) throws -> Int {
        try connection.execute("ANALYZE \(table: keys)")
        try connection.execute("INSERT INTO \(table: found) \(matches)")
        // What the expressions make NULL of names nothing, as a NULL does.
        let names = reference.terms.indices.map { "k.pintail_m\(literal: $0) IS NOT NULL" as SQL }
        try connection.execute(
            """
            INSERT INTO \(table: found) SELECT k.pintail_n, NULL FROM \(named) WHERE NOT (\(names, separator: " AND "))
            """
        )
        var created = 0
        if reference.reference.missing == .create {
            created = try create(on: connection)
            // A statement sees what other loads have committed by now, the rows that they were faster to make included.
            try connection.execute("INSERT INTO \(table: found) \(matches) WHERE \(isMissing)")
        }
        try refuseAmbiguity(on: connection)
        try hold(on: connection)
        return created
    }

    /// What the names are compared by, over the temporary table.
    private var named: SQL {
        let values = reference.terms.enumerated().map { "(\($1.expression)) AS pintail_m\(literal: $0)" as SQL }
        return "(SELECT *, \(list: values) FROM \(table: keys)) k"
    }

    private var matches: SQL {
        let values = reference.terms.enumerated().map { "(\($1.expression)) AS pintail_m\(literal: $0)" as SQL }
        let same = reference.terms.indices.map { "k.pintail_m\(literal: $0) = p.pintail_m\(literal: $0)" as SQL }
        return """
            SELECT k.pintail_n, p.pintail_key FROM \(named) JOIN (
                SELECT \(identifier: reference.key.name) AS pintail_key, \(list: values)
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

    private func refuseAmbiguity(on connection: borrowing PostgresConnection) throws {
        let values = reference.terms.indices.map { "k.pintail_m\(literal: $0)::text" as SQL }
        let twice = try connection.query(
            """
            SELECT concat_ws(', ', \(list: values)) AS name, count(DISTINCT f.key) AS rows, count(*) OVER () AS names
            FROM (SELECT pintail_n FROM \(table: found) GROUP BY pintail_n HAVING count(*) > 1) several
            JOIN \(table: found) f USING (pintail_n) JOIN \(named) USING (pintail_n)
            GROUP BY k.pintail_n, 1 HAVING count(DISTINCT f.key) > 1 ORDER BY 1 LIMIT 5
            """
        )
        guard let first = twice.first else { return }
        throw AmbiguousParents(
            column: reference.column,
            title: reference.title,
            parent: reference.parent.name,
            names: twice.map { $0.text("name") },
            count: first.integer("names"),
            rows: first.integer("rows")
        )
    }

    /// Keeps the rows that were found until the transaction ends, where the user may; elsewhere the foreign key will tell.
    private func hold(on connection: borrowing PostgresConnection) throws(PostgresError) {
        let oid = Int(reference.parent.oid)
        let mayLock = try connection.value(
            """
            SELECT relkind IN ('r', 'p') AND (has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE'))
                AND NOT row_security_active(oid)
            FROM pg_class WHERE oid = \(literal: oid)
            """
        )
        guard mayLock == "t" else { return }
        let counts = try connection.query(
            """
            WITH held AS MATERIALIZED (
                SELECT FROM \(table: reference.parent.name)
                WHERE \(identifier: reference.key.name) IN (SELECT key FROM \(table: found)) FOR KEY SHARE)
            SELECT (SELECT count(*) FROM held) AS held, (SELECT count(DISTINCT key) FROM \(table: found)) AS found
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
            "DECLARE pintail_found NO SCROLL CURSOR FOR SELECT pintail_n, key::text AS key FROM \(table: found)"
        )
        while true {
            let rows = try connection.query("FETCH 5000 FROM pintail_found")
            if rows.isEmpty { break }
            try body(rows.map { ($0.integer("pintail_n"), $0["key"]) })
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

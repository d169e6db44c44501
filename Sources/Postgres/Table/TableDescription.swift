package import DuckDB

/// What the server's catalog says of a table, as far as loads need it.
package struct TableDescription: Hashable, Sendable {
    /// What stands behind a table's name.
    package enum Kind: String, Hashable, Sendable {
        case table = "r", partitioned = "p", view = "v", materializedView = "m", foreign = "f", other = "?"
    }

    /// The full name, schema included.
    package let name: TableName
    /// The server's number for the table.
    package let oid: UInt32
    /// What stands behind the name.
    package let kind: Kind
    /// The role that owns the table.
    package let owner: String
    /// The columns, in the table's order.
    package let columns: [Column]
    /// The columns of each unique index that an upsert can rely on: neither partial, nor on expressions, nor deferred.
    package let uniqueKeys: [[String]]

    /// One of the table's columns.
    package struct Column: Hashable, Sendable {
        /// The column's name.
        package let name: String
        /// The column's type; a domain is given as the type it stands on.
        package let type: PostgresType
        /// Whether the column takes NULL.
        package let isNullable: Bool
        /// Whether a row can leave the column out: it has a default or counts by itself.
        package let hasDefault: Bool
        /// Whether the column counts by itself.
        package let isIdentity: Bool
        /// Whether the server lets nobody change a value that is there: GENERATED ALWAYS AS IDENTITY.
        package let isFixed: Bool
        /// Whether the server computes the column: it cannot be written.
        package let isGenerated: Bool
        /// The collation, as SQL, when by it texts are equal that have other bytes.
        package let looseCollation: String?

        /// A column as the catalog describes it.
        package init(
            _ name: String,
            _ type: PostgresType,
            isNullable: Bool = true,
            hasDefault: Bool = false,
            isIdentity: Bool = false,
            isFixed: Bool = false,
            isGenerated: Bool = false,
            looseCollation: String? = nil
        ) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
            self.hasDefault = hasDefault
            self.isIdentity = isIdentity
            self.isFixed = isFixed
            self.isGenerated = isGenerated
            self.looseCollation = looseCollation
        }
    }

    /// A table as the catalog describes it.
    package init(
        _ name: TableName,
        oid: UInt32 = 0,
        kind: Kind = .table,
        owner: String = "",
        columns: [Column],
        uniqueKeys: [[String]] = []
    ) {
        self.name = name
        self.oid = oid
        self.kind = kind
        self.owner = owner
        self.columns = columns
        self.uniqueKeys = uniqueKeys
    }
}

extension TableDescription {
    /// Reads a table from the catalog; `nil` when there is none by that name.
    ///
    /// A name without schema is looked up as the server does it, by its search path.
    package static func read(
        _ name: TableName,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> TableDescription? {
        let quoted = ("\(table: TableName(name.name, schema: name.schema))" as SQL).text
        let rows = try connection.query(
            """
            SELECT c.oid, n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner) AS owner
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(\(literal: quoted))
            """
        )
        guard let row = rows.first, let oid = UInt32(row.text("oid")) else { return nil }
        return TableDescription(
            TableName(row.text("relname"), schema: row.text("nspname")),
            oid: oid,
            kind: Kind(rawValue: row.text("relkind")) ?? .other,
            owner: row.text("owner"),
            columns: try readColumns(oid, on: connection),
            uniqueKeys: try readUniqueKeys(oid, on: connection)
        )
    }

    /// The full name that a new table would get.
    static func resolve(
        _ name: TableName,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> TableName {
        if name.schema != nil { return TableName(name.name, schema: name.schema) }
        guard let schema = try connection.value("SELECT current_schema()") else {
            throw PostgresError("no schema is given for the new table '\(name.name)', and the search path has none")
        }
        return TableName(name.name, schema: schema)
    }

    private static func readColumns(
        _ oid: UInt32,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [Column] {
        // A domain is followed down to the type it stands on.
        let rows = try connection.query(
            """
            WITH RECURSIVE typed AS (
                SELECT attnum, atttypid AS type, atttypmod AS modifier
                FROM pg_attribute WHERE attrelid = \(literal: Int(oid)) AND attnum > 0 AND NOT attisdropped
                UNION ALL
                SELECT attnum, typbasetype, typtypmod FROM typed JOIN pg_type t ON t.oid = type WHERE typtype = 'd'
            )
            SELECT (SELECT format('%I.%I', nspname, collname) FROM pg_collation c JOIN pg_namespace n ON n.oid = collnamespace
                    WHERE c.oid = a.attcollation AND NOT collisdeterministic) AS loose,
                a.attname, a.attnotnull, a.atthasdef, a.attidentity <> '' AS identity,
                a.attidentity = 'a' AS fixed, a.attgenerated <> '' AS generated,
                t.typname, t.typtype, modifier, format_type(t.oid, modifier) AS formatted,
                e.oid AS element, e.typname AS element_name, e.typtype AS element_type,
                format_type(e.oid, NULL) AS element_formatted
            FROM typed JOIN pg_type t ON t.oid = type AND t.typtype <> 'd'
            JOIN pg_attribute a ON a.attrelid = \(literal: Int(oid)) AND a.attnum = typed.attnum
            LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
            ORDER BY a.attnum
            """
        )
        return rows.map(Column.init)
    }

    private static func readUniqueKeys(
        _ oid: UInt32,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [[String]] {
        let rows = try connection.query(
            """
            SELECT indexrelid, attname FROM pg_index
            CROSS JOIN unnest(indkey::int2[]) WITH ORDINALITY AS key(attnum, place)
            JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = key.attnum
            WHERE indrelid = \(literal: Int(oid)) AND indisunique AND indimmediate AND indisvalid
                AND indpred IS NULL AND indexprs IS NULL AND place <= indnkeyatts
            ORDER BY NOT indisprimary, indexrelid, place
            """
        )
        var order: [String] = []
        var keys: [String: [String]] = [:]
        for row in rows {
            let index = row.text("indexrelid")
            if keys[index] == nil { order.append(index) }
            keys[index, default: []].append(row.text("attname"))
        }
        return order.compactMap { keys[$0] }
    }
}

extension TableDescription.Column {
    fileprivate init(_ row: PostgresRow) {
        let element = row["element"].flatMap { UInt32($0) }.map { oid in
            (row.text("element_name"), row.text("element_formatted"), row.text("element_type"), oid)
        }
        let entry = PostgresType.CatalogEntry(
            name: row.text("typname"),
            formatted: row.text("formatted"),
            kind: row.text("typtype"),
            modifier: row.integer("modifier"),
            element: element
        )
        self.init(
            row.text("attname"),
            PostgresType(entry),
            isNullable: !row.isTrue("attnotnull"),
            hasDefault: row.isTrue("atthasdef") || row.isTrue("identity"),
            isIdentity: row.isTrue("identity"),
            isFixed: row.isTrue("fixed"),
            isGenerated: row.isTrue("generated"),
            looseCollation: row["loose"]
        )
    }
}

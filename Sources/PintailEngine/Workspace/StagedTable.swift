package import DuckDB

/// A table built beside the one it will replace or extend, invisible to readers until it is published.
package struct StagedTable: Hashable, Sendable {
    /// How the staged rows enter the table.
    package enum Publication: Hashable, Sendable {
        /// They take the place of what was there.
        case replace
        /// They are added, columns matched by name; new columns are added to the table.
        case append
    }

    /// Whether rows were stored, or are read from their source each time.
    package enum Kind: Hashable, Sendable {
        case table, view
    }

    /// The table's name in the end.
    package let table: String
    /// Whether it is stored.
    package let kind: Kind
    /// How it enters the table.
    package let publication: Publication
    /// What is committed together with the rows.
    package let positions: [Position]
    /// The keys of positions that are forgotten together with the rows they spoke of.
    package let forgotten: [String]
    /// Replaces rows already there before appending, for a file taken again: a condition on the old rows.
    package let replacedRows: SQL?
    /// Where each row stands in a file, for rows that are as they were read.
    package let origin: RowOrigin?
    /// The files that were read whole for it.
    var files: WholeFiles?

    /// Names a staged table; its rows stand in ``staging`` already.
    package init(
        _ table: String,
        kind: Kind = .table,
        publication: Publication = .replace,
        positions: [Position] = [],
        forgotten: [String] = [],
        replacedRows: SQL? = nil,
        origin: RowOrigin? = nil
    ) {
        self.table = table
        self.kind = kind
        self.publication = publication
        self.positions = positions
        self.forgotten = forgotten
        self.replacedRows = replacedRows
        self.origin = origin
    }

    /// The same table, with its rows judged by a step that has put the bad ones aside.
    func judged(by step: String) -> StagedTable {
        var table = self
        table.files?.steps.append(step)
        return table
    }

    /// What follows a table's name while it is being built.
    static let suffix = "__pintail_new"

    /// Where the rows stand until they are published.
    package var staging: TableName { Self.staging(for: table) }

    /// Where the rows of `table` stand until they are published.
    package static func staging(for table: String) -> TableName { TableName(table + suffix) }

    /// Puts the staged rows in place, in the transaction that is open on `connection`.
    package func publish(_ connection: borrowing Connection) throws(DuckDBError) {
        let target = TableName(table)
        if publication == .append, try Self.kind(of: target, connection) == .table {
            try append(to: target, connection)
        } else {
            try Self.drop(target, connection)
            try connection.execute(
                """
                ALTER \(kind == .table ? "TABLE" : "VIEW" as SQL) \(table: staging) RENAME TO \(identifier: table)
                """
            )
        }
        try Quarantine.publish(table: table, connection)
        try files?.supersede(in: table, connection)
        try Positions.forget(forgotten, step: table, connection)
        try Positions.write(positions, step: table, connection)
    }

    private func append(to target: TableName, _ connection: borrowing Connection) throws(DuckDBError) {
        let old = Set(try connection.describe("FROM \(table: target)").map(\.name))
        for column in try connection.describe("FROM \(table: staging)") where !old.contains(column.name) {
            try connection.execute(
                "ALTER TABLE \(table: target) ADD COLUMN \(identifier: column.name) \(SQL(verbatim: column.type.description))"
            )
        }
        if let replacedRows { try connection.execute("DELETE FROM \(table: target) WHERE \(replacedRows)") }
        try connection.execute("INSERT INTO \(table: target) BY NAME FROM \(table: staging)")
        try connection.execute("DROP TABLE \(table: staging)")
    }

    /// Drops a table or view, whichever it is.
    package static func drop(_ name: TableName, _ connection: borrowing Connection) throws(DuckDBError) {
        switch try kind(of: name, connection) {
        case .table: try connection.execute("DROP TABLE \(table: name)")
        case .view: try connection.execute("DROP VIEW \(table: name)")
        case nil: break
        }
    }

    /// What a name stands for in the project's own database; `nil` when for nothing.
    package static func kind(of name: TableName, _ connection: borrowing Connection) throws(DuckDBError) -> Kind? {
        let type = try connection.value(
            """
            SELECT table_type FROM information_schema.tables WHERE table_catalog = current_database()
            AND lower(table_schema) = lower(\(literal: name.schema ?? "main")) AND lower(table_name) = lower(\(literal: name.name))
            """
        )
        return type.text.map { $0 == "VIEW" ? .view : .table }
    }

    /// Drops what runs that were killed had begun, and what was not published.
    ///
    /// - Parameter kept: names of tables that somebody wants to look at.
    package static func dropLeftovers(
        _ connection: borrowing Connection,
        keeping kept: Set<String> = []
    ) throws(DuckDBError) {
        for schema in ["main", "quarantine"] {
            let leftovers = try connection.texts(
                """
                SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database()
                AND table_schema = \(literal: schema) AND table_name LIKE \(literal: "%" + suffix)
                """
            )
            for name in leftovers where !kept.contains(name) { try drop(TableName(name, schema: schema), connection) }
        }
    }
}

/// The tables of a run that are built and wait for their checks.
package actor StagingArea {
    private var tables: [String: StagedTable] = [:]

    /// Keeps a staged table for the checks that will publish it.
    package func keep(_ table: StagedTable) { tables[table.table] = table }

    /// Looks at a staged table.
    package func table(_ name: String) -> StagedTable? { tables[name] }

    /// Lets go of a table that was published.
    package func forget(_ name: String) { tables[name] = nil }
}

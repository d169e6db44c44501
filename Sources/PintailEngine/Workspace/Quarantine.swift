package import DuckDB
package import PintailOrchestrator

/// Where rows go that were put aside: `quarantine.<table>`, of one shape for all tables, one row for each row put aside.
///
/// Rows of a table that is not published yet are staged as the table is, and become visible together with it.
package enum Quarantine {
    /// What `raw` holds.
    package enum Form: String, Hashable, Sendable, CaseIterable {
        /// The record's text as it stands in its file.
        case line
        /// The record as JSON, as its source has it: before names and types are what the extract says.
        case record
        /// The row as JSON, as the step found it; ``RawRow`` turns it into a row again.
        case row
    }

    /// Where the rows put aside from a table stand.
    package static func table(for table: String) -> TableName { TableName(table, schema: "quarantine") }

    /// Where they stand until the table is published.
    package static func staging(for table: String) -> TableName {
        TableName(StagedTable.staging(for: table).name, schema: "quarantine")
    }

    /// The columns that are stored, in their order; those that are computed stand between them.
    package static let stored = [
        "quarantine_id", "file", "line", "row_number", "broken", "raw", "raw_form", "node", "run_id", "quarantined_at",
        "replayed_at", "replayed_by", "discarded_at", "superseded_at",
    ]

    /// Puts rows aside and tells how many.
    ///
    /// - Parameters:
    ///   - query: gives `file, line, row_number, broken, raw`, in this order; see ``BrokenRule`` for `broken`.
    ///   - node: the step that puts them aside.
    ///   - isStaged: whether the rows were taken out of a table that is not published yet.
    @discardableResult
    package static func insert(
        _ query: SQL,
        as form: Form,
        table: String,
        by node: String,
        run: RunID,
        isStaged: Bool,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Int {
        let name = isStaged ? staging(for: table) : Self.table(for: table)
        try make(name, connection)
        let count = try connection.execute(
            """
            INSERT INTO \(table: name) (\(identifiers: stored))
            SELECT uuidv7(), file, line, row_number, broken, raw, \(literal: form.rawValue), \(literal: node),
                \(literal: run.name), now(), NULL, NULL, NULL, NULL
            FROM (\(query)) AS put(file, line, row_number, broken, raw)
            """
        )
        guard !isStaged, count > 0 else { return count }
        // The time of a transaction is its beginning, for all that it does.
        let new: SQL = "run_id = \(literal: run.name) AND node = \(literal: node) AND quarantined_at = now()"
        try RepeatedRows.join(name, new: new, connection)
        return count
    }

    /// Lets rows that a step put aside in one run be another run's, which would put the same ones aside.
    ///
    /// - Parameter count: how many they were.
    /// - Returns: `false` when some of them do not stand open any more; nothing is changed then.
    static func keep(
        _ count: Int,
        of table: String,
        by node: String,
        from old: String,
        for run: RunID,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Bool {
        guard count > 0 else { return true }
        let name = Self.table(for: table)
        guard try StagedTable.kind(of: name, connection) != nil else { return false }
        let same: SQL = "\(isOpen) AND node = \(literal: node) AND run_id = \(literal: old)"
        let found = try connection.value("SELECT count(*) FROM \(table: name) WHERE \(same)").integer
        guard found == count else { return false }
        try connection.execute("UPDATE \(table: name) SET run_id = \(literal: run.name) WHERE \(same)")
        return true
    }

    /// Takes back what was staged by a rule.
    package static func withdraw(rule: String, table: String, _ connection: borrowing Connection) throws(DuckDBError) {
        let name = staging(for: table)
        guard try StagedTable.kind(of: name, connection) != nil else { return }
        try connection.execute("DELETE FROM \(table: name) WHERE rule = \(literal: rule)")
    }

    /// Takes back all that was staged for a table.
    package static func withdraw(table: String, _ connection: borrowing Connection) throws(DuckDBError) {
        try StagedTable.drop(staging(for: table), connection)
    }

    /// Makes staged rows visible, in the transaction that publishes the table they were taken out of.
    package static func publish(table: String, _ connection: borrowing Connection) throws(DuckDBError) {
        let staged = staging(for: table)
        guard try StagedTable.kind(of: staged, connection) != nil else { return }
        let name = Self.table(for: table)
        try make(name, connection)
        try connection.execute(
            "INSERT INTO \(table: name) (\(identifiers: stored)) SELECT \(identifiers: stored) FROM \(table: staged)"
        )
        let new: SQL = "quarantine_id IN (SELECT quarantine_id FROM \(table: staged))"
        try RepeatedRows.join(name, new: new, connection)
        try connection.execute("DROP TABLE \(table: staged)")
    }

    /// Makes the table where there is none.
    ///
    /// What is broken stands in `broken` alone: the columns that tell of the first rule are read out of it.
    package static func make(_ name: TableName, _ connection: borrowing Connection) throws(DuckDBError) {
        func first(_ field: SQL) -> SQL { "\(field) VARCHAR GENERATED ALWAYS AS (broken[1].\(field)) VIRTUAL" }
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS \(table: name) (
                quarantine_id UUID NOT NULL,
                file VARCHAR, line BIGINT, row_number BIGINT,
                \(first("column_name")), \(first("rule")), \(first("value")), \(first("reason")),
                broken \(BrokenRule.list) NOT NULL,
                raw VARCHAR, raw_form VARCHAR NOT NULL,
                node VARCHAR, run_id VARCHAR NOT NULL, quarantined_at TIMESTAMPTZ NOT NULL,
                replayed_at TIMESTAMPTZ, replayed_by VARCHAR, discarded_at TIMESTAMPTZ,
                superseded_at TIMESTAMPTZ)
            """
        )
    }
}

/// What is wrong with a row put aside: one rule that it breaks.
package struct BrokenRule: Hashable, Sendable {
    /// The column, or columns with a comma between them; NULL where the rule is about no column.
    package var column: SQL
    /// The rule's name: `not_null`, `type`, the name of a query or of a row rule.
    package var rule: SQL
    /// The whole value that breaks it, as text.
    package var value: SQL
    /// What is wrong, in words, with the value cut short.
    package var reason: SQL

    /// Each part as an expression that gives a text.
    package init(column: SQL, rule: SQL, value: SQL, reason: SQL) {
        self.column = column
        self.rule = rule
        self.value = value
        self.reason = reason
    }

    /// What is wrong as an expression; a list of them is a row's `broken`.
    package var sql: SQL {
        "{'column_name': \(column), 'rule': \(rule), 'value': \(value), 'reason': \(reason)}"
    }

    /// The type of `broken`.
    static let list: SQL = """
        STRUCT(column_name VARCHAR, "rule" VARCHAR, "value" VARCHAR, reason VARCHAR)[]
        """
}

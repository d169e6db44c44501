import DuckDB

/// New rows as versions: one that differs from the version that holds ends it and begins another.
struct HistoryMerge {
    let merge: Merge
    private let changed = TableName("pintail_changed", schema: "pg_temp")

    init(merge: Merge) { self.merge = merge }

    func run(on connection: borrowing PostgresConnection, _ outcome: inout LoadOutcome) throws {
        let (load, history) = (merge.load, merge.rules.history)
        let isCurrent: SQL = "old.\(identifier: history.isCurrent)"
        let names = load.targets.map(\.name)
        let differences = merge.values.map { merge.differs($0, "r") }
        let isNew: SQL = "old.\(identifier: load.key.first ?? "") IS NULL"
        // Who else writes the table would begin a second version of a row.
        try connection.execute("LOCK TABLE \(table: load.table) IN SHARE ROW EXCLUSIVE MODE")
        try connection.execute(
            """
            DROP TABLE IF EXISTS \(table: changed);
            CREATE TEMPORARY TABLE \(identifier: changed.name) ON COMMIT DROP AS
            SELECT \(isNew) AS pintail_is_new, r.* FROM \(table: merge.rows) r
            LEFT JOIN \(table: load.table) old ON \(isCurrent) AND \(merge.sameKey(as: "r"))
            WHERE \([isNew] + differences, separator: " OR ")
            """
        )
        let counts = try connection.query(
            """
            SELECT count(*) AS versions, count(DISTINCT pintail_row) AS rows, count(*) FILTER (WHERE pintail_is_new) AS inserted
            FROM \(table: changed)
            """
        )[0]
        guard counts.integer("versions") == counts.integer("rows") else { throw TwoVersionsHold(key: load.key) }
        try connection.execute(
            """
            UPDATE \(table: load.table) old
            SET \(identifier: history.validTo) = now(), \(identifier: history.isCurrent) = false
            FROM \(table: changed) c WHERE \(isCurrent) AND \(merge.sameKey(as: "c"))
            """
        )
        try connection.execute(
            """
            INSERT INTO \(table: load.table) (\(identifiers: names + history.names)) OVERRIDING SYSTEM VALUE
            SELECT \(identifiers: names), now(), NULL, true FROM \(table: changed) ORDER BY pintail_row
            """
        )
        try connection.execute("DROP TABLE \(table: changed)")
        outcome.inserted = counts.integer("inserted")
        outcome.updated = counts.integer("versions") - outcome.inserted
    }
}

/// A table of versions in which two of one row hold at once: nobody could tell which one ends.
package struct TwoVersionsHold: Error, Hashable, Sendable {
    /// The columns that tell which row is which.
    package let key: [String]
}

import DuckDB

/// Rows that are put aside run after run, because their source is read again: each stands once.
///
/// A row is the same when the same step put it aside, of the same place, with the same content. The older one stays, with
/// its id and since when it stands there; what is wrong with it, and the run, become those of the newer.
enum RepeatedRows {
    /// Lets new rows of a quarantine fall together with open ones, in the transaction that puts them there.
    ///
    /// - Parameter new: a condition that is true of the rows that are new.
    static func join(_ name: TableName, new: SQL, _ connection: borrowing Connection) throws(DuckDBError) {
        let older = try connection.value(
            "SELECT count(*) FROM \(table: name) WHERE \(Quarantine.isOpen) AND NOT (\(new))"
        )
        guard older.integer ?? 0 > 0 else { return }
        let identity: SQL = "node, file, line, row_number, raw_form, raw"
        func numbered(_ condition: SQL) -> SQL {
            """
            (SELECT quarantine_id, hash(\(identity)) AS content, \(identity),
                row_number() OVER (PARTITION BY hash(\(identity)) ORDER BY quarantine_id) AS nth
            FROM \(table: name) WHERE \(condition))
            """
        }
        let pairs: SQL = "temp.main.\(identifier: "pintail: repeated")"
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(identifier: "pintail: repeated") AS
            SELECT o.quarantine_id AS older, n.quarantine_id AS newer
            FROM \(numbered("\(Quarantine.isOpen) AND NOT (\(new))")) AS o
            JOIN \(numbered(new)) AS n ON o.content = n.content AND o.nth = n.nth
            WHERE o.raw IS NOT DISTINCT FROM n.raw AND o.file IS NOT DISTINCT FROM n.file
            AND o.line IS NOT DISTINCT FROM n.line AND o.row_number IS NOT DISTINCT FROM n.row_number
            """
        )
        try connection.execute(
            """
            UPDATE \(table: name) AS o SET broken = n.broken, run_id = n.run_id
            FROM \(pairs) AS p JOIN \(table: name) AS n ON n.quarantine_id = p.newer WHERE o.quarantine_id = p.older
            """
        )
        try connection.execute(
            "DELETE FROM \(table: name) WHERE quarantine_id IN (SELECT newer FROM \(pairs))"
        )
        try connection.execute("DROP TABLE \(pairs)")
    }
}

import DuckDB

/// An empty table whose keys, indexes and foreign keys are taken off while rows are copied, and made again after it.
///
/// All in the caller's transaction, with the table locked: nobody sees it so, and no row escapes a constraint, as each is
/// checked over all rows when it comes back. A foreign key is then one join instead of a trigger for every row, and an
/// index one sort.
struct LooseTable {
    /// Something that was taken off.
    struct Part: Hashable {
        let name: String
        let turn: Turn
        let drop: SQL
        let make: SQL
    }

    /// When a part is made again.
    enum Turn {
        /// What one process of the server does as fast as several: while the rows' sender still has work of its own.
        case early
        /// Sorts, for which the server may take every core.
        case late
    }

    /// Below this the rows are in before constraints have come and gone.
    static let worthwhileRows = 10_000

    private let table: TableName
    private let parts: [Part]

    /// Takes off what may be; `nil` when the table has rows, is another's, or is in use for longer than a short wait.
    ///
    /// - Parameter ordered: The columns whose values will come in order.
    static func takeOff(
        _ table: TableName,
        ordered: [String],
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> LooseTable? {
        guard try connection.value(isOurs(table)) == "t" else { return nil }
        let before = try connection.value("SELECT current_setting('lock_timeout')") ?? "0"
        // Parents' tables are locked too when a foreign key to them goes, and others may be at work there.
        try connection.execute("SAVEPOINT pintail_loose; SET LOCAL lock_timeout = 2000")
        do throws(PostgresError) {
            try connection.execute("LOCK TABLE \(table: table) IN ACCESS EXCLUSIVE MODE")
            guard try connection.value(isOurs(table)) == "t" else {
                try connection.execute("ROLLBACK TO SAVEPOINT pintail_loose")
                return nil
            }
            let parts = try read(table, ordered, on: connection)
            for part in parts.reversed() { try connection.execute(part.drop) }
            try connection.execute("SET LOCAL lock_timeout = \(literal: before); RELEASE SAVEPOINT pintail_loose")
            return LooseTable(table: table, parts: parts)
        } catch {
            guard connection.isOpen, !error.isCancellation, error.sqlState != "40P01" else { throw error }
            try connection.execute("ROLLBACK TO SAVEPOINT pintail_loose")
            return nil
        }
    }

    /// Makes the parts of a turn again, each checked over all rows; the early ones first.
    func restore(_ turn: Turn, on connection: borrowing PostgresConnection) throws(PostgresError) {
        let parts = parts.filter { $0.turn == turn }
        guard !parts.isEmpty else { return }
        let workers = try connection.value("SELECT current_setting('max_parallel_maintenance_workers')") ?? "0"
        // Sorting for an index in less memory goes over disk.
        try connection.execute(
            """
            SET LOCAL max_parallel_maintenance_workers = \(literal: turn == .early ? "0" : workers);
            SELECT set_config('maintenance_work_mem', '256MB', true)
            WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < 256 * 1024 * 1024
            """
        )
        for part in parts { try connection.execute(part.make) }
        try connection.execute("SET LOCAL max_parallel_maintenance_workers = \(literal: workers)")
    }

    /// Whether the table is one that we may take apart: ours, empty, nobody's partition or parent, all rows visible.
    private static func isOurs(_ table: TableName) -> SQL {
        """
        SELECT relkind = 'r' AND relpersistence <> 't' AND NOT relispartition AND NOT relforcerowsecurity
            AND pg_has_role(relowner, 'USAGE') AND NOT EXISTS (SELECT FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent))
            AND NOT EXISTS (SELECT FROM \(table: table))
        FROM pg_class c WHERE oid = \(literal: ("\(table: table)" as SQL).text)::regclass
        """
    }

    /// What can be taken off: whatever nothing else stands on, and `ADD CONSTRAINT` brings back just as it was.
    private static func read(
        _ table: TableName,
        _ ordered: [String],
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [Part] {
        let path = try connection.value("SELECT current_setting('search_path')") ?? ""
        // Definitions then have every name in full.
        try connection.execute("SET LOCAL search_path = pg_catalog")
        let rows = try connection.query(parts(of: "\(literal: ("\(table: table)" as SQL).text)::regclass", ordered))
        _ = try connection.query("SELECT set_config('search_path', \(literal: path), true)")
        return rows.map { row in
            Part(
                name: row.text("name"),
                turn: row.isTrue("is_early") ? .early : .late,
                drop: SQL(verbatim: row.text("taken")),
                make: SQL(verbatim: row.text("made"))
            )
        }
    }

    /// Primary keys come first, then foreign keys, other keys and indexes; what a foreign key stands on is not taken off.
    private static func parts(of table: SQL, _ ordered: [String]) -> SQL {
        """
        WITH plain_index AS (
            SELECT indexrelid AS oid FROM pg_index i JOIN pg_class x ON x.oid = indexrelid
            WHERE indrelid = \(table) AND indisvalid AND NOT indisclustered AND NOT indisreplident AND x.reltablespace = 0
                AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = indexrelid AND attstattarget >= 0)
                AND NOT EXISTS (SELECT FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = indexrelid
                    AND classid <> 'pg_class'::regclass AND NOT (classid = 'pg_constraint'::regclass AND EXISTS (
                        SELECT FROM pg_constraint f WHERE f.oid = objid AND f.conindid = indexrelid AND f.contype IN ('p', 'u'))))
                AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = indexrelid
                    AND deptype = 'e')
        ), removable AS (
            SELECT c.* FROM pg_constraint c WHERE conrelid = \(table) AND contype IN ('p', 'u', 'f') AND conparentid = 0
                AND coninhcount = 0 AND convalidated
                AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid
                    AND c.contype <> 'f')
                AND NOT EXISTS (SELECT FROM pg_depend WHERE refclassid = 'pg_constraint'::regclass AND refobjid = c.oid
                    AND deptype = 'n')
                AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgconstraint = c.oid AND tgenabled <> 'O')
                AND (contype = 'f' OR EXISTS (SELECT FROM plain_index p JOIN pg_class x USING (oid)
                    WHERE p.oid = c.conindid AND reloptions IS NULL))
        )
        SELECT name, taken, made, is_early FROM (
            SELECT array_position('{p,f,u}', contype) AS place, c.oid, conname AS name,
                contype = 'f' OR (SELECT bool_and(attname = ANY (ARRAY[\(list: ordered.map { "\(literal: $0)" as SQL })]::name[])) FROM pg_attribute
                    WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS is_early,
                format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS taken,
                format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(c.oid))
                    || coalesce(format('; COMMENT ON CONSTRAINT %I ON %s IS %L', conname, conrelid::regclass,
                        obj_description(c.oid, 'pg_constraint')), '') AS made
            FROM removable c
            UNION ALL
            SELECT 4, oid, oid::regclass::text, false, format('DROP INDEX %s', oid::regclass),
                pg_get_indexdef(oid) || coalesce(format('; COMMENT ON INDEX %s IS %L', oid::regclass,
                    obj_description(oid, 'pg_class')), '')
            FROM plain_index WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = plain_index.oid)
        ) s ORDER BY place, oid
        """
    }
}

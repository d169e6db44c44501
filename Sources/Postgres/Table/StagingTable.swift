import DuckDB

/// The table that new rows are collected in before they take the old ones' place.
struct StagingTable: Hashable, Sendable {
    /// The table it stands in for.
    let table: TableName
    let name: TableName
    /// The old table, between being renamed and being dropped.
    let retired: TableName

    init(for table: TableName) {
        self.table = table
        name = TableName(Self.derived(table.name, "__pintail_new"), schema: table.schema)
        retired = TableName(Self.derived(table.name, "__pintail_old"), schema: table.schema)
    }

    /// The name with an ending; Postgres keeps 63 bytes of a name, so a long one is cut and told apart by a number.
    private static func derived(_ name: String, _ ending: String) -> String {
        guard name.utf8.count + ending.utf8.count > 63 else { return name + ending }
        // FNV-1a: the same in every process.
        let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let number = "_" + String(hash, radix: 36)
        var cut = name[...]
        while cut.utf8.count + number.utf8.count + ending.utf8.count > 63 { cut.removeLast() }
        return cut + number + ending
    }

    var drop: SQL {
        "DROP TABLE IF EXISTS \(table: name)"
    }

    /// What makes the staging table for a new table, or a copy of the old one with the columns as they shall be.
    func creation(_ plan: LoadPlan, storage: Storage?) -> [SQL] {
        guard plan.existing != nil, let storage else { return [plan.creation(of: name)] }
        let like: SQL = "LIKE \(table: table) INCLUDING ALL EXCLUDING INDEXES EXCLUDING STATISTICS"
        let alterations =
            plan.changes.removed.map { "DROP COLUMN \(identifier: $0)" as SQL }
            + plan.changes.retyped.flatMap { column -> [SQL] in
                ["DROP COLUMN \(identifier: column.name)", "ADD COLUMN \(identifier: column.name) \(column.type.sql)"]
            }
            + plan.changes.added.map { "ADD COLUMN \(identifier: $0.name) \($0.type.sql)" as SQL }
        let create: SQL = "CREATE \(storage.persistence) TABLE \(table: name) (\(like)) \(storage.clauses)"
        return [create] + (alterations.isEmpty ? [] : ["ALTER TABLE \(table: name) \(list: alterations)"])
    }

    /// Where and how a table's rows are kept: what `LIKE` does not copy.
    struct Storage: Hashable, Sendable {
        let persistence: SQL
        let clauses: SQL

        static func read(
            _ oid: UInt32,
            on connection: borrowing PostgresConnection
        ) throws(PostgresError) -> Storage {
            let row = try connection.query(
                """
                SELECT relpersistence, amname, array_to_string(reloptions, ', ') AS options, spcname
                FROM pg_class c LEFT JOIN pg_am a ON a.oid = relam LEFT JOIN pg_tablespace s ON s.oid = reltablespace
                WHERE c.oid = \(literal: Int(oid))
                """
            ).first
            var clauses: [SQL] = []
            if let method = row?["amname"] { clauses.append("USING \(identifier: method)") }
            if let options = row?["options"] { clauses.append("WITH (\(SQL(verbatim: options)))") }
            if let space = row?["spcname"] { clauses.append("TABLESPACE \(identifier: space)") }
            return Storage(
                persistence: row?["relpersistence"] == "u" ? "UNLOGGED" : "",
                clauses: "\(clauses, separator: " ")"
            )
        }
    }
}

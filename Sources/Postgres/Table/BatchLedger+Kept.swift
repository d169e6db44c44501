import DuckDB

/// What the ledger says that is there, and whether it still is.
extension BatchLedger {
    /// Rows that an earlier run of a load has committed.
    struct Kept: Hashable, Sendable {
        /// Which content they are of, as ``BatchSource/fingerprint`` tells it.
        let source: String
        /// The first one's number, counted from 1; 0 when they are all that a run delivered.
        let first: Int
        let rows: Int
        let place: Place

        /// Whether a table has them.
        enum Place: Hashable, Sendable {
            /// The table that is asked about.
            case here
            /// No table: they were beside this one and never came into it, or went when it was emptied or dropped.
            case gone
            /// Nobody can tell: there are rows in a table of that name, but it is not the one that they were put into.
            case unclear
        }
    }

    /// The rows of the batches that earlier runs of this load have committed, and what became of them.
    ///
    /// - Parameter holder: The table that has them if they are still of use: the target, or the one beside it.
    func batches(in holder: TableName, on connection: borrowing PostgresConnection) throws(PostgresError) -> [Kept] {
        try kept(of: source.load, in: holder, on: connection).filter { $0.first > 0 }
    }

    /// How many rows a run has delivered that could not note it; `nil` when there is none.
    func delivered(on connection: borrowing PostgresConnection) throws(PostgresError) -> Int? {
        let deliveries = source.unsettledRuns.map(delivery(by:))
        let notes = try kept(of: source.load, in: target, on: connection).filter { deliveries.contains($0.source) }
        try refuseUnclear(notes, of: source.load)
        return notes.first { $0.place == .here }?.rows
    }

    /// Refuses to add rows to what half a load of another source has added: no one could tell them apart again.
    func refuseOtherSource(on connection: borrowing PostgresConnection) throws(PostgresError) {
        for load in [source.load, source.runs].compactMap(\.self) {
            let batches = try kept(of: load, in: target, on: connection).filter { $0.first > 0 }
            try refuseUnclear(batches, of: load)
            let rows = batches.reduce(0) { $0 + ($1.place == .here ? $1.rows : 0) }
            guard rows > 0 else { continue }
            throw PostgresError(
                "an earlier run of '\(load)' stopped after \(rows) rows, and its source has changed since",
                hint: "take those rows out of \(target) if need be; after \(forget(load)) it starts anew"
            )
        }
    }

    /// Refuses to guess whether rows are in a table: wrong one way they are lost, wrong the other way doubled.
    func refuseUnclear(_ kept: [Kept], of load: String) throws(PostgresError) {
        let rows = kept.reduce(0) { $0 + ($1.place == .unclear ? $1.rows : 0) }
        guard rows > 0 else { return }
        throw PostgresError(
            "an earlier run of '\(load)' added \(rows) rows to \(target), which is another table by now",
            hint: "take those rows out of it if they are there; after \(forget(load)) the load starts anew"
        )
    }

    private func forget(_ load: String) -> SQL { "DELETE FROM \(table: table) WHERE load = \(literal: load)" }

    private func kept(
        of load: String,
        in holder: TableName,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [Kept] {
        let rows = try connection.query(
            """
            SELECT source, first_row, rows, table_name = \(literal: holder.name) AS is_of_name,
                table_oid IS NOT DISTINCT FROM \(Self.oid(of: holder)) AS is_same_table,
                file_node IS NOT DISTINCT FROM pg_relation_filenode(\(Self.oid(of: holder))) AS is_same_file
            FROM \(table: table) WHERE load = \(literal: load)
            """
        )
        // TRUNCATE gives a table another file; so do others, but they leave its rows in it.
        let isUntouched = rows.allSatisfy {
            $0.isTrue("is_of_name") && $0.isTrue("is_same_table") && $0.isTrue("is_same_file")
        }
        let isEmpty = isUntouched ? false : try isKnownEmpty(holder, on: connection)
        return rows.map { row in
            let place: Kept.Place =
                if !row.isTrue("is_of_name") {
                    .gone
                } else if row.isTrue("is_same_table") {
                    row.isTrue("is_same_file") || !isEmpty ? .here : .gone
                } else {
                    isEmpty ? .gone : .unclear
                }
            return Kept(
                source: row.text("source"),
                first: row.integer("first_row"),
                rows: row.integer("rows"),
                place: place
            )
        }
    }

    /// Whether a table is not there, or surely has no rows: only who sees all of them can tell.
    private func isKnownEmpty(
        _ table: TableName,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> Bool {
        let isSeen: SQL = """
            SELECT has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid) AND relkind IN ('r', 'p')
            FROM pg_class c WHERE c.oid = \(Self.oid(of: table))
            """
        guard let isSeen = try connection.value(isSeen) else { return true }
        guard isSeen == "t" else { return false }
        return try connection.value("SELECT EXISTS (SELECT FROM \(table: table))") == "f"
    }
}

package import DuckDB

/// How far an extract has come, kept in the database so that it commits together with the rows it speaks of.
package struct Position: Hashable, Sendable {
    /// What the position is of: `cursor:updated_at`, or a file's path.
    package let key: String
    /// How far: the greatest cursor value taken, or a file's size and modification time.
    package let value: String

    /// States how far something was taken.
    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// The table of positions in the project's database.
package enum Positions {
    static let definition: SQL = """
        CREATE TABLE IF NOT EXISTS _pintail.positions (
            step VARCHAR NOT NULL, key VARCHAR NOT NULL, value VARCHAR NOT NULL,
            committed_at TIMESTAMPTZ NOT NULL DEFAULT now(), PRIMARY KEY (step, key))
        """

    /// The positions of a step, as the last successful run left them.
    package static func read(step: String, _ connection: borrowing Connection) throws(DuckDBError) -> [String: String] {
        let rows = try connection.rows("SELECT key, value FROM _pintail.positions WHERE step = \(literal: step)")
        return Dictionary(rows.compactMap { row in row[0].text.map { ($0, row[1].text ?? "") } }) { _, last in last }
    }

    /// Moves a step's positions on; part of the transaction that publishes its rows.
    package static func write(
        _ positions: [Position],
        step: String,
        _ connection: borrowing Connection
    ) throws(DuckDBError) {
        for position in positions {
            try connection.execute(
                """
                INSERT OR REPLACE INTO _pintail.positions (step, key, value)
                VALUES (\(literal: step), \(literal: position.key), \(literal: position.value))
                """
            )
        }
    }

    /// Forgets single positions of a step: those of files that are gone.
    package static func forget(
        _ keys: [String],
        step: String,
        _ connection: borrowing Connection
    ) throws(DuckDBError) {
        for key in keys {
            try connection.execute(
                "DELETE FROM _pintail.positions WHERE step = \(literal: step) AND key = \(literal: key)"
            )
        }
    }

    /// Forgets a step's positions, so that it starts over.
    package static func clear(step: String, _ connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute("DELETE FROM _pintail.positions WHERE step = \(literal: step)")
    }
}

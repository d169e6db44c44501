extension RunStore {
    /// What brings a run store from each form to the next; the file's `user_version` says how many were applied.
    ///
    /// Append only: a step that was released is never changed. Times are RFC 3339 texts and lists are JSON, so that the file
    /// can be read with `sqlite3` alone.
    static let migrations = [
        """
        CREATE TABLE runs (
            run TEXT PRIMARY KEY,
            pipeline TEXT,
            command TEXT NOT NULL,
            variables TEXT NOT NULL,
            status TEXT NOT NULL,
            started TEXT NOT NULL,
            finished TEXT,
            seconds REAL,
            peak_memory INTEGER,
            cpu_seconds REAL,
            process INTEGER NOT NULL,
            process_started TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX runs_running ON runs (run) WHERE status = 'running';

        CREATE TABLE nodes (
            run TEXT NOT NULL,
            node TEXT NOT NULL,
            place INTEGER NOT NULL,
            kind TEXT NOT NULL,
            after TEXT NOT NULL,
            status TEXT NOT NULL,
            PRIMARY KEY (run, node)
        ) WITHOUT ROWID;

        CREATE TABLE attempts (
            run TEXT NOT NULL,
            node TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            kind TEXT NOT NULL,
            status TEXT NOT NULL,
            started TEXT NOT NULL,
            finished TEXT,
            seconds REAL,
            rows INTEGER,
            peak_memory INTEGER,
            cpu_seconds REAL,
            error TEXT,
            hint TEXT,
            result TEXT,
            failure TEXT,
            PRIMARY KEY (run, node, attempt)
        ) WITHOUT ROWID;

        CREATE TABLE checks (
            id INTEGER PRIMARY KEY,
            run TEXT NOT NULL,
            node TEXT NOT NULL,
            table_name TEXT NOT NULL,
            column_name TEXT,
            check_name TEXT NOT NULL,
            status TEXT NOT NULL,
            failing_rows INTEGER,
            total_rows INTEGER,
            sample TEXT NOT NULL,
            message TEXT NOT NULL
        );
        CREATE INDEX checks_of_run ON checks (run);

        CREATE TABLE schemas (
            table_name TEXT PRIMARY KEY,
            columns TEXT NOT NULL,
            run TEXT NOT NULL,
            recorded TEXT NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            run TEXT NOT NULL,
            node TEXT,
            at TEXT NOT NULL,
            event TEXT NOT NULL
        );
        CREATE INDEX events_of_run ON events (run);
        """
    ]

    /// Brings the file to the form that this program knows.
    nonisolated static func migrate(_ database: borrowing SQLiteDatabase, path: String) throws {
        guard try version(of: database, path: path) < migrations.count else { return }
        try database.transaction {
            // Read again: another process may have been faster.
            for step in migrations.dropFirst(try version(of: database, path: path)) { try database.runScript(step) }
            try database.runScript("PRAGMA user_version = \(migrations.count)")
        }
    }

    /// Makes sure that the file can be read as it is.
    nonisolated static func requireKnownForm(_ database: borrowing SQLiteDatabase, path: String) throws {
        let version = try version(of: database, path: path)
        guard version == migrations.count else { throw RunStoreError(.readOnly, path: path) }
    }

    private nonisolated static func version(of database: borrowing SQLiteDatabase, path: String) throws -> Int {
        let version = Int(try database.rows("PRAGMA user_version") { $0.integer(0) ?? 0 }.first ?? 0)
        guard version <= migrations.count else {
            throw RunStoreError(.newer(version: version, known: migrations.count), path: path)
        }
        return version
    }
}

extension RunStore {
    /// The latest runs, newest first.
    package func runs(limit: Int) throws -> [RunRecord] {
        try use { database in
            let newest = "\(Self.selectRuns) ORDER BY started DESC, run DESC LIMIT ?"
            return try database.rows(newest, limit, read: RunRecord.init(row:))
        }
    }

    /// The run with a name, with the only name that begins so, or the latest one for `last`.
    ///
    /// - Throws: ``RunStoreError`` with `.noRuns`, `.noSuchRun` or `.ambiguousRun`.
    package func run(_ name: String) throws -> RunRecord {
        if name == "last" {
            guard let last = try runs(limit: 1).first else { throw RunStoreError(.noRuns, path: path) }
            return last
        }
        let found = try use { database in
            try database.rows(
                "\(Self.selectRuns) WHERE substr(run, 1, length(?1)) = ?1 ORDER BY run",
                name,
                read: RunRecord.init(row:)
            )
        }
        if let exact = found.first(where: { $0.run.name == name }) { return exact }
        guard !name.isEmpty, let only = found.first else { throw RunStoreError(.noSuchRun(name), path: path) }
        guard found.count == 1 else {
            throw RunStoreError(.ambiguousRun(name, candidates: found.map(\.run)), path: path)
        }
        return only
    }

    /// The nodes of a run, in the order of their declaration, and where each stands.
    package func nodes(of run: RunID) throws -> [NodeRecord] {
        try use { database in
            try database.rows(
                "SELECT node, kind, after, status FROM nodes WHERE run = ? ORDER BY place",
                run,
                read: NodeRecord.init(row:)
            )
        }
    }

    /// Every attempt of a run, in the order in which they began.
    package func attempts(of run: RunID) throws -> [AttemptRecord] {
        try use { database in
            try database.rows(
                """
                SELECT node, kind, attempt, status, started, finished, seconds, peak_memory, cpu_seconds, result, failure
                FROM attempts JOIN (SELECT node, place FROM nodes WHERE run = ?1) USING (node)
                WHERE run = ?1 ORDER BY started, place, attempt
                """,
                run,
                read: AttemptRecord.init(row:)
            )
        }
    }

    /// What the checks of a run found, in the order in which they ended.
    package func checks(of run: RunID) throws -> [CheckRecord] {
        try use { database in
            try database.rows(
                """
                SELECT node, table_name, column_name, check_name, status, failing_rows, total_rows, sample, message
                FROM checks WHERE run = ? ORDER BY id
                """,
                run,
                read: CheckRecord.init(row:)
            )
        }
    }

    /// The events of a run but for progress, in order: what the terminal showed, and can show again.
    ///
    /// - Parameter node: only events of this node, when given.
    package func logs(of run: RunID, node: NodeID? = nil) throws -> [RunEvent] {
        try use { database in
            try database.rows(
                "SELECT event FROM events WHERE run = ?1 AND (?2 IS NULL OR node = ?2) ORDER BY id",
                run,
                node
            ) { row in
                try JSONLine.decode(RunEvent.self, from: row.text(0) ?? "")
            }
        }
    }

    /// The schema that a table had after the last run that made it and succeeded; nil before the first.
    package func lastGoodSchema(table: String) throws -> SchemaRecord? {
        try use { database in
            try database.rows("SELECT columns, run, recorded FROM schemas WHERE table_name = ?", table) { row in
                SchemaRecord(
                    schema: TableSchema(
                        table: table,
                        columns: try JSONLine.decode([TableSchema.Column].self, from: row.text(0) ?? "")
                    ),
                    run: RunID(row.text(1) ?? ""),
                    recorded: try row.timestamp(2)
                )
            }.first
        }
    }

    private static let selectRuns = """
        SELECT run, pipeline, command, variables, status, started, finished, seconds, peak_memory, cpu_seconds, process,
            process_started
        FROM runs
        """
}

extension RunRecord {
    fileprivate init(row: borrowing SQLiteStatement) throws {
        self.init(
            run: RunID(row.text(0) ?? ""),
            pipeline: row.text(1),
            command: row.text(2) ?? "",
            variables: try JSONLine.decode([String: JSONValue].self, from: row.text(3) ?? ""),
            status: try row.word(4),
            started: try row.timestamp(5),
            finished: row.text(6).flatMap { Timestamp($0) },
            elapsed: row.real(7).map { Duration(roundedSeconds: $0) },
            peakMemory: row.integer(8).map { Bytes($0) },
            cpu: row.real(9).map { Duration(roundedSeconds: $0) },
            process: ProcessIdentity(id: Int32(clamping: row.integer(10) ?? 0), started: row.text(11) ?? "")
        )
    }
}

extension NodeRecord {
    fileprivate init(row: borrowing SQLiteStatement) throws {
        let after = try JSONLine.decode([NodeID].self, from: row.text(2) ?? "")
        planned = PlannedNode(NodeID(row.text(0) ?? ""), kind: try row.word(1), after: after)
        status = try row.word(3)
    }
}

extension AttemptRecord {
    fileprivate init(row: borrowing SQLiteStatement) throws {
        let started = try row.timestamp(4)
        let finished = row.text(5).flatMap { Timestamp($0) }
        self.init(
            node: NodeID(row.text(0) ?? ""),
            kind: try row.word(1),
            attempt: Int(row.integer(2) ?? 0),
            status: try row.word(3),
            started: started,
            finished: finished,
            // Of an attempt that was followed by another only the times are known.
            elapsed: row.real(6).map { Duration(roundedSeconds: $0) } ?? finished?.since(started),
            peakMemory: row.integer(7).map { Bytes($0) },
            cpu: row.real(8).map { Duration(roundedSeconds: $0) },
            result: try row.text(9).map { try JSONLine.decode(NodeResult.self, from: $0) },
            failure: try row.text(10).map { try JSONLine.decode(NodeFailure.self, from: $0) }
        )
    }
}

extension CheckRecord {
    fileprivate init(row: borrowing SQLiteStatement) throws {
        node = NodeID(row.text(0) ?? "")
        outcome = CheckOutcome(
            table: row.text(1) ?? "",
            column: row.text(2),
            check: row.text(3) ?? "",
            status: try row.word(4),
            failingRows: row.integer(5).map { RowCount($0) },
            totalRows: row.integer(6).map { RowCount($0) },
            sample: try JSONLine.decode([String].self, from: row.text(7) ?? ""),
            message: row.text(8) ?? ""
        )
    }
}

extension SQLiteStatement {
    /// A word out of a closed list.
    fileprivate func word<Word: RawRepresentable>(_ column: Int32) throws -> Word where Word.RawValue == String {
        let text = text(column) ?? ""
        guard let word = Word(rawValue: text) else { throw unexpected(text) }
        return word
    }

    fileprivate func timestamp(_ column: Int32) throws -> Timestamp {
        let text = text(column) ?? ""
        guard let time = Timestamp(text) else { throw unexpected(text) }
        return time
    }

    private func unexpected(_ text: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: "unexpected value '\(text)'"))
    }
}

extension RunStore {
    /// Keeps a table's schema as the one that the next run is measured against.
    ///
    /// The schema in the result of a node that succeeded is kept without this.
    package func recordSchema(_ schema: TableSchema, run: RunID, at time: Timestamp) throws {
        try use { database in try database.record(schema, run: run, at: time) }
    }
}

/// What each event changes; always called within a transaction.
extension SQLiteDatabase {
    /// Adds an event to the log of its run, and brings the tables up to date with it.
    func record(_ event: RunEvent, process: ProcessIdentity) throws {
        let run = event.run
        switch event.what {
        case .runStarted(let start): try begin(run, start, at: event.at, process)
        case .nodeStarted(let node, let kind, let attempt):
            try self.run(
                "INSERT INTO attempts (run, node, attempt, kind, status, started) VALUES (?, ?, ?, ?, 'running', ?)",
                run,
                node,
                attempt,
                kind.rawValue,
                event.at
            )
            try setStatus(.running, of: node, in: run)
        case .nodeRetrying(let node, let attempt, _, let failure):
            try explain(node, attempt, in: run, failure)
            try self.run(
                "UPDATE attempts SET status = 'failed', finished = ? WHERE run = ? AND node = ? AND attempt = ?",
                event.at,
                run,
                node,
                attempt
            )
            try setStatus(.waiting, of: node, in: run)
        case .nodeFinished(let outcome): try finish(outcome, in: run, at: event.at)
        case .nodeSkipped(let node, _): try setStatus(.skipped, of: node, in: run)
        case .runFinished(let summary): try finish(summary, at: event.at)
        case .message, .nodeProgress: break
        }
        try self.run(
            "INSERT INTO events (run, node, at, event) VALUES (?, ?, ?, ?)",
            run,
            event.node,
            event.at,
            try JSONLine.encode(event)
        )
    }

    /// Keeps a table's schema.
    func record(_ schema: TableSchema, run: RunID, at time: Timestamp) throws {
        try self.run(
            """
            INSERT INTO schemas (table_name, columns, run, recorded) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET columns = excluded.columns, run = excluded.run, recorded = excluded.recorded
            """,
            schema.table,
            try JSONLine.encode(schema.columns),
            run,
            time
        )
    }

    /// Marks a run whose process died; it ended when it was last heard of.
    func interrupt(_ run: RunID) throws {
        try self.run(
            """
            UPDATE runs SET status = 'interrupted', finished = (SELECT max(at) FROM events WHERE run = ?1)
            WHERE run = ?1 AND status = 'running'
            """,
            run
        )
        try self.run("UPDATE attempts SET status = 'interrupted' WHERE run = ? AND status = 'running'", run)
        try self.run("UPDATE nodes SET status = 'interrupted' WHERE run = ? AND status = 'running'", run)
    }

    private func begin(_ run: RunID, _ start: RunStart, at time: Timestamp, _ process: ProcessIdentity) throws {
        try self.run(
            """
            INSERT INTO runs (run, pipeline, command, variables, status, started, process, process_started)
            VALUES (?, ?, ?, ?, 'running', ?, ?, ?)
            """,
            run,
            start.pipeline,
            start.command,
            try JSONLine.encode(start.variables),
            time,
            Int(process.id),
            process.started
        )
        for (place, planned) in start.nodes.enumerated() {
            try self.run(
                "INSERT INTO nodes (run, node, place, kind, after, status) VALUES (?, ?, ?, ?, ?, 'waiting')",
                run,
                planned.node,
                place,
                planned.kind.rawValue,
                try JSONLine.encode(planned.after)
            )
        }
    }

    private func finish(_ outcome: NodeOutcome, in run: RunID, at time: Timestamp) throws {
        let status = AttemptStatus(rawValue: outcome.status.word) ?? .interrupted
        try setStatus(status, of: outcome.node, in: run)
        if case .failed(let failure) = outcome.status { try explain(outcome.node, outcome.attempts, in: run, failure) }
        // Only an attempt that runs: one that failed before a wait that was cancelled keeps its own end.
        try self.run(
            """
            UPDATE attempts
            SET status = ?, finished = ?, seconds = ?, rows = ?, peak_memory = ?, cpu_seconds = ?, result = ?
            WHERE run = ? AND node = ? AND attempt = ? AND status IN ('running', 'interrupted')
            """,
            status.rawValue,
            time,
            outcome.elapsed,
            outcome.result?.rows,
            outcome.peakMemory,
            outcome.cpu,
            try outcome.result.map { try JSONLine.encode($0) },
            run,
            outcome.node,
            outcome.attempts
        )
        for check in outcome.checks { try record(check, by: outcome.node, in: run) }
        if let schema = outcome.result?.schema { try record(schema, run: run, at: time) }
    }

    private func finish(_ summary: RunSummary, at time: Timestamp) throws {
        try run(
            "UPDATE runs SET status = ?, finished = ?, seconds = ?, peak_memory = ?, cpu_seconds = ? WHERE run = ?",
            summary.status.rawValue,
            time,
            summary.elapsed,
            summary.peakMemory,
            summary.cpu,
            summary.run
        )
    }

    /// Notes why an attempt that runs is about to fail.
    private func explain(_ node: NodeID, _ attempt: Int, in run: RunID, _ failure: NodeFailure) throws {
        try self.run(
            """
            UPDATE attempts SET error = ?, hint = ?, failure = ?
            WHERE run = ? AND node = ? AND attempt = ? AND status IN ('running', 'interrupted')
            """,
            failure.message,
            failure.hint,
            try JSONLine.encode(failure),
            run,
            node,
            attempt
        )
    }

    private func record(_ check: CheckOutcome, by node: NodeID, in run: RunID) throws {
        try self.run(
            """
            INSERT INTO checks
                (run, node, table_name, column_name, check_name, status, failing_rows, total_rows, sample, message)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            run,
            node,
            check.table,
            check.column,
            check.check,
            check.status.rawValue,
            check.failingRows,
            check.totalRows,
            try JSONLine.encode(check.sample),
            check.message
        )
    }

    private func setStatus(_ status: AttemptStatus, of node: NodeID, in run: RunID) throws {
        try self.run("UPDATE nodes SET status = ? WHERE run = ? AND node = ?", status.rawValue, run, node)
    }
}

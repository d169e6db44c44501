import DuckDB
import PintailOrchestrator

/// The prompt of `pintail query`: statements over several lines, each answered when its `;` comes.
struct QueryPrompt {
    let desk: QueryDesk
    let runner: QueryRunner
    let console: Console

    private static let tables = """
        SELECT table_schema AS schema, table_name AS name, table_type AS type, estimated_size AS rows FROM (
            SELECT schema_name AS table_schema, table_name, 'table' AS table_type, estimated_size FROM duckdb_tables()
            UNION ALL SELECT schema_name, view_name, 'view', NULL FROM duckdb_views() WHERE NOT internal)
        WHERE table_schema <> '_pintail' ORDER BY ALL
        """

    /// Reads and answers until the user has had enough.
    func run() async -> ExitCode {
        console.note(
            "pintail \(pintailVersion), DuckDB \(Database.libraryVersion); end statements with ;  .help tells more"
        )
        var text = ""
        while let line = readLine(prompt: text.isEmpty ? "pintail> " : "     ..> ") {
            if line.drop(while: \.isWhitespace).hasPrefix("."), text.isEmpty || Self.isAlwaysObeyed(line) {
                guard await obey(line) else { return .success }
                text = ""
                continue
            }
            text += line + "\n"
            let splitter = StatementSplitter(text)
            for statement in splitter.complete { await answer(statement) }
            text = splitter.rest ?? ""
        }
        console.complain("")
        return .success
    }

    /// Whether it gets somebody out who forgot to close a quote.
    private static func isAlwaysObeyed(_ line: String) -> Bool {
        [".quit", ".exit", ".q", ".clear"].contains(line.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }

    private func readLine(prompt: String) -> String? {
        do {
            try console.output.write(console.output.palette.bold(prompt))
        } catch {
            return nil
        }
        return Swift.readLine()
    }

    /// Does what a line with a dot says; false when that is to leave.
    private func obey(_ line: String) async -> Bool {
        switch line.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "" {
        case ".quit", ".exit", ".q": return false
        case ".clear": break
        case ".tables": await answer(Self.tables)
        case ".help":
            console.complain(
                "  .tables   the tables of the database\n  .clear    forget the statement that was begun\n"
                    + "  .quit     leave; so does Ctrl-D\n  Ctrl-C    stops the statement that runs"
            )
        case let word: console.complain("there is no \(word); .help lists what there is")
        }
        return true
    }

    private func answer(_ statement: String) async {
        do {
            try await Interruption.cancelling(onSignal: {}) { try await desk.run(statement, by: runner) }
        } catch is CancellationError {
            console.complain("cancelled")
        } catch {
            _ = report(error, console)
        }
    }
}

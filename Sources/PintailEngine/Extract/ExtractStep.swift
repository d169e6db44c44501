import DuckDB
package import PintailOrchestrator
package import PintailProject
import Postgres

/// Brings a source's rows into the project's database, beside the table that they will replace or extend.
package struct ExtractStep: Sendable {
    /// What is extracted, and how.
    package let extract: Extract
    /// Whether what was taken before is forgotten first.
    package let fullRefresh: Bool
    /// The descriptor that standard input is read from.
    package let standardInput: Int32
    /// Whether rows that cannot be read are passed over without a word, for who wants to know the columns alone.
    let passesOverBadRows: Bool

    /// An extract to run; `fullRefresh` starts an incremental one over.
    package init(_ extract: Extract, fullRefresh: Bool = false, standardInput: Int32 = 0) {
        self.extract = extract
        self.fullRefresh = fullRefresh
        self.standardInput = standardInput
        passesOverBadRows = false
    }

    /// An extract of which the columns are wanted, and no row.
    init(columnsOf extract: Extract) {
        var head = extract
        head.strategy = .lazy
        head.incremental = nil
        head.onBadRows = .fail
        self.extract = head
        fullRefresh = false
        standardInput = 0
        passesOverBadRows = extract.onBadRows == .quarantine
    }

    /// Reads the source into the staging table, which is published by whoever runs the step.
    ///
    /// - Throws: ``StepError`` or ``Diagnostics``; nothing is left in the database or on disk.
    package func run(in environment: StepEnvironment) async throws -> (StagedTable, NodeResult) {
        let spool = Spool(in: environment.workspace.state, run: environment.run, step: extract.table)
        defer { spool.remove() }
        do {
            let size = try await environment.session.run { _ -> Bytes? in sourceSize(in: environment.workspace.project)
            }
            let canceller = LoadCanceller()
            return try await withTaskCancellationHandler {
                try await withProgress(of: environment, phase: "reading", again: "reading again", totalBytes: size) {
                    try await environment.session.run { connection in
                        return try Extraction(self, environment, spool, canceller).run(connection)
                    }
                }
            } onCancel: {
                canceller.cancel()
            }
        } catch let error as StepError where error.dataState == nil {
            throw StepError(
                error.message,
                cause: error.cause,
                hint: error.hint,
                dataState: "\(extract.table) is as it was",
                checks: error.checks,
                isTransient: error.isTransient
            )
        } catch let error as SystemError {
            throw StepError(
                "\(error.path): \(error.reason)",
                hint: error.isDiskFull
                    ? "free some space: what is unpacked or fetched lies there until it is read" : nil,
                dataState: "\(extract.table) is as it was"
            )
        } catch let error as DuckDBError {
            throw StepError("cannot build \(extract.table)", cause: error, dataState: "\(extract.table) is as it was")
        }
    }

    /// The bytes of local files, for progress alone; `nil` where they cannot be told.
    private func sourceSize(in project: Project) -> Bytes? {
        guard case .files(let paths) = extract.source, !paths.contains(where: SourceFile.isRemote) else { return nil }
        // Files that are missing are told of when they are read.
        let files = try? SourceFiles(directory: project.directory).find(paths)
        return files?.reduce(Bytes(0)) { $0 + ($1.size ?? 0) }
    }
}

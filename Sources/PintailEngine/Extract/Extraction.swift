import DuckDB
import PintailOrchestrator
import PintailProject
import Postgres

/// One run of an extract, from where the rows are to where they are staged.
///
/// Blocks: it runs on the step's session.
struct Extraction {
    private let step: ExtractStep
    private let extract: Extract
    private let workspace: Workspace
    private let run: RunID
    private let spool: Spool
    private let canceller: LoadCanceller

    init(_ step: ExtractStep, _ environment: StepEnvironment, _ spool: Spool, _ canceller: LoadCanceller) {
        self.step = step
        extract = step.extract
        workspace = environment.workspace
        run = environment.run
        self.spool = spool
        self.canceller = canceller
    }

    /// Stages the rows that are to be taken.
    func run(_ connection: borrowing Connection) throws -> (StagedTable, NodeResult) {
        if step.fullRefresh { try Positions.clear(step: extract.table, connection) }
        try Quarantine.withdraw(table: extract.table, connection)
        switch extract.source {
        case .files(let paths):
            let found = try find(paths, connection)
            guard !found.isEmpty else { return try nothingNew("nothing new: there are no files", connection) }
            return try stage(found, connection)
        case .standardInput: return try stage([try spooledInput()], connection)
        case .table(let name, let schema, let table):
            let table = TableName(table, schema: schema ?? "public", catalog: name)
            return try stage(postgres: .table(table), name, connection)
        case .query(let name, let sql): return try stage(postgres: .query(sql, connection: name), name, connection)
        }
    }

    // MARK: Where the rows are

    private func find(_ paths: [String], _ connection: borrowing Connection) throws -> [SourceFile] {
        let local = SourceFiles(
            directory: workspace.project.directory,
            // Files that were taken may go: what they held stays.
            mayBeNone: try extract.incremental == .newFiles && columnsBefore(connection) != nil
        )
        guard paths.contains(where: SourceFile.isRemote) else { return try listed { try local.find(paths) } }
        try workspace.prepareRemoteFiles(connection)
        let remote = RemoteFiles(
            extract: extract,
            spool: spool,
            secrets: workspace.secrets,
            mayBeNone: local.mayBeNone
        )
        return try paths.flatMap { SourceFile.isRemote($0) ? try remote.find($0, connection) : try local.find([$0]) }
    }

    /// Says where a list names what is not there.
    private func listed(_ find: () throws -> [SourceFile]) throws -> [SourceFile] {
        do {
            return try find()
        } catch let error as StepError where extract.incremental == .mirror {
            guard let place = extract.locations["from"] else { throw error }
            let named = "it is named at \(place.file):\(place.line):\(place.column)"
            throw StepError(
                error.message,
                cause: error.cause,
                hint: [error.hint, named].compactMap(\.self).joined(separator: "; ")
            )
        }
    }

    private func spooledInput() throws -> SourceFile {
        try spooled(FileBytes(descriptor: step.standardInput, named: "standard input"), named: "standard input")
    }

    /// A copy of what can be read only once.
    private func spooled(_ input: FileBytes, named name: String) throws -> SourceFile {
        let path = try spool.path(name)
        let writer = try FileWriter(path)
        var size: Int64 = 0
        while true {
            var piece: [UInt8] = []
            guard try input.read(1 << 20, into: &piece) > 0 else { break }
            try writer.write(piece[...])
            size += Int64(piece.count)
        }
        return SourceFile(path: path, name: name, size: Bytes(size))
    }

    // MARK: How they are read

    private func stage(_ found: [SourceFile], _ connection: borrowing Connection) throws -> (StagedTable, NodeResult) {
        let known = try columnsBefore(connection)
        var publication = Publication()
        var files = found
        if extract.isByFile {
            let (new, way) = try choose(found, known: known, connection)
            if new.files.isEmpty { return try nothingNew(new, connection) }
            (files, publication) = (new.files, way)
        }
        let remote = RemoteFiles(extract: extract, spool: spool, secrets: workspace.secrets)
        let near = try files.map { file in
            if file.isPipe { return try spooled(FileBytes(file.path, isPipe: true), named: file.name) }
            return try remote.fetch(file, connection)
        }
        var note = Note(files: found, bytes: files.reduce(Bytes(0)) { $0 + ($1.size ?? 0) })
        if extract.incremental == .mirror {
            note.whole = files.map(\.name) + publication.forgotten.map(NewFiles.name(ofPosition:))
        }
        if case .standardInput = extract.source { note.goneAfterRun = "standard input can be read only once" }
        if let (file, _) = zip(files, near).first(where: { $0.path != $1.path }) {
            note.goneAfterRun =
                file.isPipe ? "\(file.name) can be read only once" : "\(file.name) is fetched for this run"
        }
        let rows = FileRows(extract: extract, workspace: workspace, spool: spool, rejects: rejects)
        let namesFiles = extract.namesFiles(of: found)
        if note.goneAfterRun == nil || files.contains(where: \.isRemote) {
            let names = (known ?? []).filter { $0 != CSVReading.fileColumn }
            note.origin = RowOrigin(extract: extract, files: files, columns: names)
        }
        var (staged, result) = try finish(
            rows.open(near, namingFiles: namesFiles, known: known ?? [], connection),
            publication,
            note,
            connection
        )
        do {
            result.warnings += try SourceChanges(files: files).warnings()
        } catch {
            // The first error is the one to tell.
            try? StagedTable.drop(staged.staging, connection)
            try? Quarantine.withdraw(table: extract.table, connection)
            throw error
        }
        return (staged, result)
    }

    private var rejects: CSVReading.Rejects? {
        if step.passesOverBadRows { return .ignored }
        return extract.onBadRows == .quarantine ? .stored(Rejects.tables) : nil
    }

    private func stage(
        postgres subject: PostgresSource.Subject,
        _ name: String,
        _ connection: borrowing Connection
    ) throws -> (StagedTable, NodeResult) {
        let cursor = try cursorFilter(connection)
        let source = try PostgresSource(
            subject,
            connection: name,
            extract,
            cursor: cursor,
            workspace,
            canceller,
            connection
        )
        return try finish(source, Publication(), Note(), connection)
    }

    /// Which files are taken of those that were found, and how their rows enter the table.
    private func choose(
        _ found: [SourceFile],
        known: [String]?,
        _ connection: borrowing Connection
    ) throws -> (NewFiles, Publication) {
        let isMirror = extract.incremental == .mirror
        // Positions without a table speak of rows that are gone.
        if known == nil { try Positions.clear(step: extract.table, connection) }
        let taken = try Positions.read(step: extract.table, connection)
        let new = NewFiles(found, taken: taken, forgettingGone: isMirror)
        var publication = Publication(
            kind: taken.isEmpty ? .replace : .append,
            positions: new.positions,
            forgotten: new.gone,
            replacedRows: new.replacedRows
        )
        guard isMirror, new.unchanged < found.count || !new.gone.isEmpty else { return (new, publication) }
        let hadFileNames = known?.contains(CSVReading.fileColumn) == true
        let namesFiles = extract.namesFiles(of: found)
        guard !namesFiles || hadFileNames != namesFiles else { return (new, publication) }
        // One file is the whole table; and rows that do not say which file they are of cannot be told apart.
        let all = NewFiles(found, taken: [:])
        publication = Publication(kind: .replace, positions: all.positions, forgotten: new.gone)
        return (all, publication)
    }

    /// The columns of the table as the last run left it; `nil` when there is none.
    private func columnsBefore(_ connection: borrowing Connection) throws -> [String]? {
        let table = TableName(extract.table)
        guard try StagedTable.kind(of: table, connection) == .table else { return nil }
        return try connection.describe("FROM \(table: table)").map(\.name)
    }

    /// Nothing is read; rows of files that are gone may go all the same.
    private func nothingNew(_ new: NewFiles, _ connection: borrowing Connection) throws -> (StagedTable, NodeResult) {
        var note =
            "nothing new: " + (new.unchanged == 1 ? "1 file is as it was" : "\(new.unchanged) files are as they were")
        if !new.gone.isEmpty { note += ", and the rows of \(new.gone.count) that are gone went" }
        return try nothingNew(note, forgetting: new.gone, replacing: new.replacedRows, connection)
    }

    private func nothingNew(
        _ note: String,
        forgetting gone: [String] = [],
        replacing rows: SQL? = nil,
        _ connection: borrowing Connection
    ) throws -> (StagedTable, NodeResult) {
        var staged = StagedTable(extract.table, publication: .append, forgotten: gone, replacedRows: rows)
        staged.files = whole(gone.map(NewFiles.name(ofPosition:)))
        try StagedTable.drop(staged.staging, connection)
        try connection.execute(
            "CREATE TABLE \(table: staged.staging) AS FROM \(table: TableName(extract.table)) LIMIT 0"
        )
        return (staged, NodeResult(rows: 0, rowsRead: 0, bytes: 0, facts: ["note": .string(note)]))
    }

    // MARK: How they are staged

    /// How the staged rows will enter the table.
    private struct Publication {
        var kind = StagedTable.Publication.replace
        var positions: [Position] = []
        var forgotten: [String] = []
        var replacedRows: SQL?
    }

    /// What is told of the files.
    private struct Note {
        var files: [SourceFile] = []
        var bytes: Bytes?
        var goneAfterRun: String?
        /// Where single rows can be found again.
        var origin: RowOrigin?
        /// The mirrored files that are read from their beginning to their end, and those that are there no more.
        var whole: [String] = []
    }

    private func whole(_ names: [String]) -> WholeFiles {
        WholeFiles(names: names, run: run, steps: [extract.table])
    }

    private func finish(
        _ source: some RowSource,
        _ publication: Publication,
        _ note: Note,
        _ connection: borrowing Connection
    ) throws -> (StagedTable, NodeResult) {
        var source = source
        let cursor = try cursorFilter(connection)
        let decision = try decide(&source, note, connection)
        let isAppend = cursor?.last != nil || publication.kind == .append
        let existing = isAppend ? try connection.describe("FROM \(table: TableName(extract.table))") : []
        let staging = Staging(
            extract: extract.keepingText(existing, renamed: source.columns),
            strategy: decision.strategy,
            cursor: cursor,
            run: run,
            existing: existing,
            finder: cursor == nil ? note.origin.map { RowFinder(origin: $0, workspace: workspace, run: run) } : nil,
            looksBeside: workspace.budget.hasRoomForTwo
        )
        let outcome = try workspace.spareThread.lend(if: decision.storesWhatFits) {
            try staging.build(&source, connection)
        }
        var facts = source.facts
        facts["strategy"] = decision.fact
        if !note.files.isEmpty { facts["files"] = .array(note.files.prefix(1000).map { .string($0.name) }) }
        let positions = publication.positions + outcome.positions
        var origin = cursor == nil ? note.origin : nil
        origin?.skipped = outcome.putAside
        origin?.stored = outcome.rows.map { Int($0.count) }
        var staged = StagedTable(
            extract.table,
            kind: outcome.rows == nil ? .view : .table,
            publication: isAppend ? .append : .replace,
            positions: positions,
            forgotten: publication.forgotten,
            replacedRows: publication.replacedRows,
            origin: origin
        )
        staged.files = whole(note.whole)
        let result = NodeResult(
            rows: outcome.rows,
            rowsRead: outcome.rows.map { $0 + (outcome.quarantined ?? 0) },
            bytes: note.bytes,
            quarantinedRows: outcome.quarantined,
            facts: facts,
            warnings: source.warnings + outcome.warnings + (decision.warning.map { [$0] } ?? []),
            schema: TableSchema(
                table: extract.table,
                columns: outcome.columns.map { .init(name: $0.name, type: $0.type.description) }
            )
        )
        return (staged, result)
    }

    private func cursorFilter(_ connection: borrowing Connection) throws -> CursorFilter? {
        guard case .cursor(let column) = extract.incremental else { return nil }
        let exists = try StagedTable.kind(of: TableName(extract.table), connection) == .table
        let positions = exists ? try Positions.read(step: extract.table, connection) : [:]
        return CursorFilter(column: column, last: positions["cursor:" + column])
    }

    private func decide(
        _ source: inout some RowSource,
        _ note: Note,
        _ connection: borrowing Connection
    ) throws -> LoadStrategyDecision {
        let sampleRows = workspace.project.resources.sampleRows
        let needed =
            extract.strategy == .auto ? try SourceEstimate.find(of: &source, sampleRows, connection)?.needed : nil
        let obstacle =
            extract.obstacleToViews ?? note.goneAfterRun ?? source.goneAfterRun
            ?? (extract.strategy == .auto && needed == nil ? "how much it needs cannot be told" : nil)
        return LoadStrategy.choose(
            needed: needed,
            safe: workspace.budget.safe,
            asked: extract.strategy,
            isReadOnce: extract.isPassedOn && source.hasTypes && extract.dates == .keep,
            excluded: obstacle.map { [.lazy: $0, .streaming: $0] } ?? [:]
        )
    }
}

extension Extract {
    /// Whether files are taken that were not taken before.
    var isByFile: Bool { incremental == .newFiles || incremental == .mirror }

    /// Whether each row says which file it is of: only so can the rows of one be replaced.
    func namesFiles(of found: [SourceFile]) -> Bool {
        guard incremental == .mirror, case .files(let paths) = source else { return isByFile }
        return found.count > 1 || paths.contains(where: GlobPattern.isPattern)
    }

    /// Why the rows must be stored, whatever the source is; `nil` when they can be read each time.
    var obstacleToViews: String? {
        if incremental != nil { return "an incremental extract adds to a table" }
        return onBadRows == .quarantine ? "bad rows are put aside while the others are stored" : nil
    }
}

extension SourceEstimate {
    /// Measures a source, by another way of reading it where the first fails; `nil` when nobody can tell.
    static func find(
        of source: inout some RowSource,
        _ sampleRows: Int,
        _ connection: borrowing Connection
    ) throws -> SourceEstimate? {
        while let size = source.estimatedSize {
            do {
                return try measure(EstimatedSource(source.rows, size: size), sampleRows: sampleRows, on: connection)
            } catch let error as DuckDBError {
                guard try source.recover(from: error, connection) else { return nil }
            }
        }
        return nil
    }
}

extension Extract {
    /// Text columns of a table stay text in what is added to it: `1.50` would come back as `1.5` from a number.
    fileprivate func keepingText(_ existing: [ResultColumn], renamed columns: [ResultColumn]) -> Extract {
        guard let names = try? ColumnNames.renamed(columns.map(\.name), by: rename, at: locations) else { return self }
        var extract = self
        for column in existing where column.type == .varchar && names.contains(column.name) {
            if extract.types[column.name] == nil { extract.types[column.name] = "string" }
        }
        return extract
    }
}

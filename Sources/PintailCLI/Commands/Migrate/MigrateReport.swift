import PintailEngine
import PintailOrchestrator
import PintailProject

/// What `migrate` prints.
struct MigrateReport: Sendable {
    private let console: Console
    private let project: Project
    private let asJSON: Bool

    init(_ console: Console, project: Project, asJSON: Bool) {
        self.console = console
        self.project = project
        self.asJSON = asJSON
    }

    /// Tells how it goes.
    func tell(_ event: MigrationEvent) {
        let palette = console.errors.palette
        switch event {
        case .waiting(let database, let holder):
            console.note("waits for other migrations of \(database): \(holder)")
        case .done(let outcome):
            var line = StyledLine(console.glyphs.success + " ", .green)
            line.add(outcome.database + " ", .bold)
            line.add(outcome.name)
            let verb = outcome.direction == .up ? "applied" : "taken back"
            line.add(column: "\(verb): \(counted(outcome.statements, "statement")) in \(outcome.duration.spoken)", .dim)
            console.note(line.text(palette))
            for remark in outcome.remarks.prefix(20) { console.note(StyledLine("  " + remark, .dim).text(palette)) }
        }
    }

    /// Tells what was done with a database when all of it is done.
    func ended(_ verb: MigrateVerb, _ folder: MigrationFolder, _ done: [MigrationOutcome]) throws {
        if asJSON {
            return try console.print(
                jsonText(DoneFacts(database: folder.database.name, migrations: done.map(OutcomeFacts.init)))
            )
        }
        guard done.isEmpty else { return }
        console.note(
            verb == .up
                ? "\(folder.database.name) is up to date: nothing is pending in \(folder.path)/"
                : "\(folder.database.name) has nothing that could be taken back"
        )
    }

    /// Tells what becomes of what has been begun.
    func stopping() {
        console.note("stopping: what has begun is rolled back; without transaction it is noted as unfinished")
    }

    /// Tells that the project has no migrations.
    func nothing() {
        console.note(
            "\(project.name) has no migrations/NNNN_name.up.sql; 'pintail migrate new NAME' writes the first"
        )
    }

    /// Names the files of a new migration.
    func made(_ files: [String]) throws {
        if asJSON { return try console.print(jsonText(files)) }
        for file in files { try console.print(file) }
    }

    /// Prints what a database lacks, as a file that a person can go on with.
    func drafted(_ draft: MigrationDraft, _ database: String) throws {
        if asJSON {
            return try console.print(
                jsonText(DraftFacts(database: database, up: draft.up, down: draft.down, unknown: draft.unknown))
            )
        }
        if draft.isEmpty {
            console.note("\(database) has what the loads need: \(counted(draft.tables, "table")) compared")
        }
        guard !draft.up.isEmpty else { return }
        try console.print(
            "-- \(database): what the loads of \(project.name) need. Nothing was changed; read it first."
                + draft.up.trimmedAtEnd
        )
    }

    // MARK: Status

    /// Prints where every migration stands; ends with 1 where `up` would be refused.
    func status(of histories: [MigrationHistory]) throws -> ExitCode {
        if asJSON {
            try console.print(jsonText(histories.map(HistoryFacts.init)))
        } else {
            for history in histories { try print(history) }
            if histories.isEmpty { nothing() }
        }
        let isWrong = histories.flatMap(\.records).contains { ![.applied, .pending].contains($0.state) }
        return isWrong ? .failure : .success
    }

    private func print(_ history: MigrationHistory) throws {
        let palette = console.output.palette
        let counts = Dictionary(grouping: history.records, by: \.state).mapValues(\.count)
        let order: [MigrationHistory.State] = [.applied, .pending, .changed, .missing, .unfinished]
        let summary = order.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }
        var title = StyledLine(history.folder.database.name, .bold)
        title.add(column: history.folder.path + "/", .dim)
        title.add(column: summary.isEmpty ? "no migrations" : summary.joined(separator: ", "))
        try console.print(title.text(palette))
        if let holder = history.underWay {
            try console.print(StyledLine("  under way: ", .yellow).adding(holder).text(palette))
        }
        let width = history.records.map(\.name.displayWidth).max() ?? 0
        for record in history.records {
            let name = StyledLine("  " + record.name.padded(to: width) + "  ")
            let state = facts(record).isEmpty ? record.state.rawValue : record.state.rawValue.padded(to: 10)
            var line = name.adding(state, record.state.ink)
            for fact in facts(record) { line.add(column: fact, .dim) }
            try console.print(line.text(palette))
        }
    }

    private func facts(_ record: MigrationHistory.Record) -> [String] {
        var facts: [String] = []
        if let entry = record.entry {
            facts =
                entry.state == .applied
                ? [String(entry.appliedAt.description.prefix(19)) + "Z", entry.duration?.spoken ?? ""]
                : ["\(counted(entry.statements, "statement")) run"]
        }
        guard let migration = record.migration else { return facts }
        if migration.up.statements.isEmpty {
            facts.append("holds no statement yet")
        } else if migration.down == nil {
            facts.append("no way back")
        }
        return facts
    }
}

extension MigrationHistory.State {
    fileprivate var ink: Ink {
        switch self {
        case .applied: .green
        case .pending: .yellow
        case .changed, .missing, .unfinished: .red
        }
    }
}

// MARK: Facts

/// A database as `migrate status --json` prints it.
private struct HistoryFacts: Encodable {
    let database: String
    let folder: String
    let migrations: [RecordFacts]
    let underWay: String?

    init(_ history: MigrationHistory) {
        database = history.folder.database.name
        folder = history.folder.path
        migrations = history.records.map(RecordFacts.init)
        underWay = history.underWay
    }

    enum CodingKeys: String, CodingKey {
        case database, folder, migrations
        case underWay = "under_way"
    }
}

private struct RecordFacts: Encodable {
    let version: Int64
    let name: String
    let state: String
    let appliedAt: Timestamp?
    let seconds: Double?
    let hasWayBack: Bool

    init(_ record: MigrationHistory.Record) {
        version = record.version
        name = record.name
        state = record.state.rawValue
        appliedAt = record.entry?.appliedAt
        seconds = record.entry?.duration?.seconds
        hasWayBack = record.migration?.down != nil
    }

    enum CodingKeys: String, CodingKey {
        case version, name, state, seconds
        case appliedAt = "applied_at"
        case hasWayBack = "has_way_back"
    }
}

/// What `migrate up --json` and `down --json` print for a database.
private struct DoneFacts: Encodable {
    let database: String
    let migrations: [OutcomeFacts]
}

/// What `migrate plan --json` prints for a database.
private struct DraftFacts: Encodable {
    let database: String
    let up: String
    let down: String
    let unknown: [String]
}

private struct OutcomeFacts: Encodable {
    let name: String
    let direction: String
    let statements: Int
    let seconds: Double

    init(_ outcome: MigrationOutcome) {
        name = outcome.name
        direction = outcome.direction == .up ? "up" : "down"
        statements = outcome.statements
        seconds = outcome.duration.seconds
    }
}

extension String {
    /// Without the line feed at its end; one is put before it.
    fileprivate var trimmedAtEnd: String { "\n" + (hasSuffix("\n") ? String(dropLast()) : self) }
}

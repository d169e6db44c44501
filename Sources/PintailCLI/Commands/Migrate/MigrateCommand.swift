import PintailEngine
import PintailProject

/// Brings databases forward and back through their migrations: `pintail migrate`.
struct MigrateCommand: Command {
    static let connection = Option.value(
        "connection",
        short: "c",
        "NAME",
        .text,
        "The database that is meant: a Postgres connection, or 'duckdb' for the project's own"
    )
    static let outOfOrder = Option.flag(
        "out-of-order",
        "With up: apply also what is pending and older than what has been applied"
    )
    static let resume = Option.flag(
        "resume",
        "With up: go on with a migration without transaction where it was stopped"
    )
    static let write = Option.value(
        "write",
        "NAME",
        .text,
        "With plan: write the draft as a new migration of this name"
    )

    static let spec = CommandSpec(
        "migrate",
        .work,
        "Bring databases forward and back through the SQL files in migrations/",
        discussion: [
            "A migration is a file migrations/NNNN_name.up.sql, with NNNN_name.down.sql for the way back. migrations/ "
                + "is for the one Postgres connection of the project; with several, migrations/NAME/ is for the connection NAME. "
                + "migrations/duckdb/ is for the project's own database.",
            "'up' applies what is pending, each file in a transaction of its own together with its line in the ledger "
                + "(pintail.migrations; _pintail.migrations in DuckDB); N are applied at most. 'down' takes back the last one, or the last N. "
                + "'status' tells for each: applied, pending, changed, missing, unfinished. 'new' writes both files. "
                + "'plan' drafts what the tables that pipelines load into still lack, and applies nothing.",
            "A file whose first lines have '-- pintail: no transaction' is run statement by statement, as CREATE INDEX CONCURRENTLY wants it.",
        ],
        arguments: [
            Argument(
                "new|up|down|status|plan",
                "What to do",
                .one,
                .choice(of: MigrateVerb.self)
            ),
            Argument("NAME|N", "The name of a new migration; how many to apply or take back", .optional),
        ],
        options: [connection, outOfOrder, resume, write, .json],
        examples: [
            .init("pintail migrate new create_articles", "Writes the two files of the next number."),
            .init("pintail migrate up", "Applies everything that is pending."),
            .init("pintail migrate down 2", "Takes the last two back."),
            .init("pintail migrate plan --write load_articles", "Drafts what the loads need."),
        ]
    )

    private let verb: MigrateVerb
    private let word: String?
    private let count: Int?
    private let connection: String?
    private let options: MigrationHistory.UpOptions
    private let draft: String?
    private let asJSON: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        verb = arguments.words.first.flatMap { MigrateVerb(rawValue: $0) } ?? .status
        word = arguments.words.dropFirst().first
        connection = arguments[Self.connection]
        draft = arguments[Self.write]
        asJSON = arguments.has(.json)
        count = try verb.count(word)
        options = .init(
            limit: count,
            outOfOrder: arguments.has(Self.outOfOrder),
            resumes: arguments.has(Self.resume)
        )
        try verb.refuse(
            [Self.outOfOrder, Self.resume, Self.write].filter { arguments.has($0) },
            taking: [.up: [Self.outOfOrder, Self.resume], .plan: [Self.write]]
        )
        for name in [draft, verb == .new ? word : nil].compactMap(\.self) where !Migration.isName(name) {
            throw UsageError(
                .other("'\(name)' cannot be the name of a migration", hint: "it takes letters, digits, _ and -")
            )
        }
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try ProjectAccess().load(console).project
        let report = MigrateReport(console, project: project, asJSON: asJSON)
        switch verb {
        case .new:
            let folders = MigrationFolders(of: project)
            let folder = try folders.folder(of: folders.database(named: connection))
            try report.made(NewMigration(word ?? "", in: folder, of: project).write())
            return .success
        case .status: return try report.status(of: try await histories(project))
        case .up, .down: return try await migrate(project, report)
        case .plan:
            try await MigratePlan(connection: connection, name: draft, project: project).print(report, console)
            return .success
        }
    }

    // MARK: Which databases

    private func histories(_ project: Project) async throws -> [MigrationHistory] {
        let folders = try chosen(project)
        return try await Interruption.cancelling(onSignal: {}) {
            var histories: [MigrationHistory] = []
            for folder in folders { histories.append(try await Migrator(folder, in: project).history()) }
            return histories
        }
    }

    /// The folder of the database that was named, or all that are there.
    private func chosen(_ project: Project) throws -> [MigrationFolder] {
        let folders = MigrationFolders(of: project)
        guard let connection else { return try folders.all() }
        return [try folders.folder(of: folders.database(named: connection))]
    }

    private func migrate(_ project: Project, _ report: MigrateReport) async throws -> ExitCode {
        let folders = try chosen(project)
        if folders.count > 1, verb == .down || count != nil {
            let names = folders.map(\.database.name)
            throw UsageError(
                .other(
                    "several databases have migrations: \(names.joined(separator: ", "))",
                    hint: "say which is meant: --connection \(names[0])"
                )
            )
        }
        let (verb, options, count) = (verb, options, count)
        try await Interruption.cancelling(onSignal: report.stopping) {
            for folder in folders {
                let migrator = Migrator(folder, in: project, onEvent: report.tell)
                let done = verb == .up ? try await migrator.up(options) : try await migrator.down(count ?? 1)
                try report.ended(verb, folder, done)
            }
        }
        if folders.isEmpty { report.nothing() }
        return .success
    }
}

/// What `migrate` is to do.
enum MigrateVerb: String, CaseIterable, Sendable {
    case new, up, down, status, plan

    /// How many migrations the word behind the verb means; nil when none is given.
    fileprivate func count(_ word: String?) throws(UsageError) -> Int? {
        switch self {
        case .new:
            guard word != nil else {
                throw UsageError(.other("the new migration needs a name", hint: "as in pintail migrate new add_url"))
            }
            return nil
        case .up, .down:
            guard let word else { return nil }
            guard let count = Int(word), count > 0 else { throw UsageError(.notACount(word, of: "N")) }
            return count
        case .status, .plan:
            if let word { throw UsageError(.unexpectedArgument(word)) }
            return nil
        }
    }

    /// Refuses options that say nothing to this verb.
    fileprivate func refuse(_ given: [Option], taking known: [MigrateVerb: [Option]]) throws(UsageError) {
        guard let stray = given.first(where: { known[self]?.contains($0) != true }) else { return }
        throw UsageError(.other("'migrate \(rawValue)' takes no \(stray.dashed)", hint: "see 'pintail migrate --help'"))
    }
}

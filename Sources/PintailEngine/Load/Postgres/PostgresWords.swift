import DuckDB
import PintailOrchestrator
import PintailProject
import Postgres

/// Says in words what a load into Postgres met.
struct PostgresWords {
    let table: TableName
    let secrets: Redactor
    /// The load as it was written, for the places of its fields.
    var load: Load?

    /// What a load could not do, with the reason, the way out and the state of the table.
    func error(_ error: any Error) -> any Error {
        switch error {
        case is CancellationError: return error
        case let failure as LoadFailure:
            return StepError(
                "cannot load \(failure.table)",
                cause: below(failure.cause),
                dataState: failure.dataState,
                isTransient: failure.isTransient
            )
        case let refusal as LoadRefusal: return refused(refusal)
        default:
            return StepError("cannot load \(table)", cause: below(error), dataState: "nothing was written")
        }
    }

    /// What the user should hear of a load that succeeded.
    func warnings(_ outcome: LoadOutcome, key: [String]) -> [String] {
        var warnings: [String] = []
        if !outcome.keptInPlace.isEmpty {
            let reasons = outcome.keptInPlace.joined(separator: "; ")
            warnings.append("\(table) was emptied and filled again, for it could not be swapped: \(reasons)")
        }
        if !outcome.olderReaders.isEmpty {
            warnings.append(
                """
                \(outcome.olderReaders.joined(separator: ", ")) had begun before the rows of several streams were committed \
                and did not end in time: a transaction of theirs that keeps its old view (REPEATABLE READ) finds \(table) \
                empty until it ends; 'streams: 1' lets it see all rows
                """
            )
        }
        if outcome.superseded > 0 {
            let columns = key.joined(separator: ", ")
            let winner = load?.decidingColumn.map { "another with the greatest \($0)" } ?? "a later row"
            warnings.append(
                "\(RowCount(outcome.superseded)) rows shared their key (\(columns)) with \(winner), which won"
            )
        }
        if outcome.quarantined > 0, let load {
            warnings.append("\(RowCount(outcome.quarantined)) rows were moved to \(Quarantine.table(for: load.name))")
        }
        for cycle in outcome.cycles {
            warnings.append("rows of \(table) stand above themselves: \(cycle)")
        }
        return warnings
    }

    private func refused(_ refusal: LoadRefusal) -> StepError {
        // A column that does not fit counts as one that is not there as well; once is enough.
        let unfit = refusal.problems.compactMap(\.unfitColumn)
        let problems = refusal.problems.filter { !unfit.contains($0.missingColumn ?? "") }
        if let load, load.isOnlyLinked { return refused(refusal, problems, load) }
        let said = problems.map { $0.words(refusal) }
        return StepError(
            "\(refusal.table) cannot be loaded: " + said.map(\.problem).joined(separator: "; "),
            hint: said.compactMap(\.remedy).first,
            dataState: "nothing was written"
        )
    }

    /// Each problem with its place in the project's file, and what helps.
    private func refused(_ refusal: LoadRefusal, _ problems: [LoadRefusal.Problem], _ load: Load) -> StepError {
        let table = refusal.table
        let said = problems.map { problem in
            let words = problem.words(refusal)
            let place = load.locations[problem.field].map { "\($0.file):\($0.line):\($0.column): " } ?? ""
            return (problem: place + words.problem, remedy: words.remedy)
        }
        if said.count == 1 {
            return StepError(
                "\(table) cannot be loaded: " + said[0].problem,
                hint: said[0].remedy,
                dataState: "nothing was written"
            )
        }
        let lines = said.map { "\n    " + $0.problem + ($0.remedy.map { "\n        \($0)" } ?? "") }
        return StepError("\(table) cannot be loaded:" + lines.joined(), dataState: "nothing was written")
    }

    private func below(_ error: any Error) -> any Error {
        switch error {
        case let error as PostgresError: serverError(error)
        case let error as CommitUnknown: serverError(error.cause)
        case let error as MissingKeyValues:
            StepError(
                "\(RowCount(error.rows)) rows have no value in the key (\(error.key.joined(separator: ", ")))",
                hint: "leave them out with a transform, or put them aside with a not_null check"
            )
        case let error as MissingParents:
            StepError(
                error.words,
                hint: "`missing: create` makes them, `null` leaves the column empty, `quarantine` puts the rows aside"
            )
        case let error as MissingNames:
            StepError(
                """
                \(RowCount(error.rows)) rows have no \(error.from.joined(separator: ", ")), and '\(error.column)' takes no NULL
                """,
                hint: "put them aside with `missing: quarantine` or a not_null check"
            )
        case let error as AmbiguousParents:
            StepError(error.words, hint: "merge those rows, or compare more exactly with `match`")
        case is EverythingMissing:
            StepError(
                "there are no rows, so that `missing_rows` would take away all that the table has",
                hint: "if that is meant, empty the table by hand"
            )
        case let error as TwoVersionsHold:
            StepError(
                "two versions of one row (\(error.key.joined(separator: ", "))) hold at once",
                hint: "end one of them: its valid_to and is_current"
            )
        case let error as EncodingError where error.reason == .notRectangular:
            StepError(
                secrets.redact(String(describing: error)),
                hint:
                    "`types: {\(error.column): json}` in its extract stores it as jsonb, as CAST(… AS JSON) in a query does"
            )
        case is any NodeError: error
        default: StepError(secrets.redact(String(describing: error)))
        }
    }

    private func serverError(_ error: PostgresError) -> StepError {
        let said = [error.message, error.detail, error.place].compactMap(\.self).joined(separator: "; ")
        let failure = error.connectionFailure
        return StepError(
            secrets.redact(said),
            hint: error.remedy ?? error.hint ?? failure.flatMap { $0.reason.hint($0) },
            isTransient: error.isTransient
        )
    }
}

extension PostgresError {
    /// Where in a copy the server was: its context begins with that.
    fileprivate var place: String? {
        guard let context, context.hasPrefix("COPY ") else { return nil }
        return context.split(separator: "\n").first.map(String.init)
    }

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    fileprivate var remedy: String? {
        if let endedBy {
            return """
                the server, the user or the connection sets \(endedBy): `settings: {\(endedBy): 0}` of the connection \
                lifts it
                """
        }
        return switch sqlState {
        case "42501" where message.contains("row-level security"):
            "the table's policies decide which rows the user may write"
        case "42501" where message.hasPrefix("permission denied for schema "):
            "GRANT USAGE ON SCHEMA \(message.dropFirst(29)) TO \(user ?? "the user")"
        case "42501" where message.hasPrefix("permission denied for sequence "):
            "GRANT USAGE ON SEQUENCE \(message.dropFirst(31)) TO \(user ?? "the user")"
        case "42501": "GRANT the user what is missing, or connect as the table's owner"
        case "53100": "the server's disk is full: make room there and run again"
        case "23505": "remove the duplicates with a transform, or use `mode: upsert` with that key"
        case "3F000": "CREATE SCHEMA makes it"
        default: nil
        }
    }
}

extension LoadRefusal.Problem {
    fileprivate var unfitColumn: String? {
        if case .incompatible(let column, _, _) = self { column } else { nil }
    }

    fileprivate var missingColumn: String? {
        if case .missingColumn(let column, _) = self { column } else { nil }
    }

    /// What is wrong, and what to do about it.
    fileprivate func words(_ refusal: LoadRefusal) -> (problem: String, remedy: String?) {
        switch self {
        case .tableExists: ("it exists already", "`mode: replace` takes its place, `mode: append` adds to it")
        case .wrongKind(let kind): ("it is a \(kind.rawValue)", "only a table takes rows")
        case .duplicateColumn(let name): ("two columns are called '\(name)'", "rename one in the load's query")
        case .unknownColumn(let name, let known):
            (
                "it has no column '\(name)'",
                "leave the column out with a query, or add it to the table, which has \(known.joined(separator: ", "))"
            )
        case .missingColumn(let name, let type):
            (
                "its column '\(name)' (\(type)) takes no NULL, and the rows do not have it",
                "give it a default, or add it to the rows"
            )
        case .incompatible(let column, let from, let to):
            ("the column '\(column)' is \(from), and the table's is \(to)", "cast it in the load's query")
        case .generatedColumn(let name): ("the server computes '\(name)' itself", "leave it out with a query")
        case .missingKey(let name): ("the rows have no column '\(name)', which is in the key", nil)
        case .noUniqueIndex(let key, let remedy):
            ("no unique index has exactly the key's columns (\(key.joined(separator: ", ")))", remedy.text)
        case .breaks(let what, let cause): ("\(what) would break: \(cause.message)", "change or drop it first")
        case .cannotReplace(let reasons):
            (
                "it can be neither swapped nor emptied: \(reasons.joined(separator: "; "))",
                "use `mode: append` or `upsert`"
            )
        case .missingSchema(let name): ("the schema '\(name)' does not exist", "CREATE SCHEMA makes it")
        case .reference(let column, _, let problem): problem.words(column, refusal)
        case .rule(let field, let column, let known):
            (
                "it has no column '\(column)', which '\(field)' names",
                didYouMean(column, among: known) ?? "it has \(known.joined(separator: ", "))"
            )
        case .missingPrivilege(let privilege, .table):
            (
                "the user lacks the privilege \(privilege)",
                "\(refusal.grant(privilege)), or connect as the table's owner"
            )
        case .missingPrivilege(let privilege, .schema(let name)):
            (
                "the user lacks the privilege \(privilege) on the schema \(name)",
                refusal.grant(privilege, on: .schema(name))
            )
        case .missingPrivilege(let privilege, .database(let name)):
            (
                "the user lacks the privilege \(privilege) on the database",
                refusal.grant(privilege, on: .database(name))
            )
        }
    }
}

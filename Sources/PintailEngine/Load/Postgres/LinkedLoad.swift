import DuckDB
import PintailOrchestrator
import PintailProject
import Postgres

/// Loads into tables of one server that are one transaction: all of their rows arrive, or none.
struct LinkedLoad: Sendable {
    private let loads: [Load]
    private let server: ConnectionParameters
    private let earlier: EarlierRuns?
    let environment: StepEnvironment

    /// How often a transaction begins anew that met another one.
    private static let attempts = 6

    /// Takes the loads in the order in which they are done.
    init(_ loads: [Load], at server: ConnectionParameters, earlier: EarlierRuns?, in environment: StepEnvironment) {
        self.loads = loads
        self.server = server
        self.earlier = earlier
        self.environment = environment
    }

    /// Refuses what cannot be before a row is moved, then fills all tables and commits.
    func run() async throws -> NodeResult {
        let canceller = LoadCanceller()
        return try await withTaskCancellationHandler {
            try await LoadMeter.watch(environment) { meter in
                try await LockWatch(of: canceller, at: server).telling(environment.reporter) {
                    try await environment.session.run { connection in
                        do {
                            return try deliver(connection, meter, canceller)
                        } catch {
                            throw Task.isCancelled ? CancellationError() : error
                        }
                    }
                }
            }
        } onCancel: {
            canceller.cancel()
        }
    }

    private func deliver(
        _ connection: borrowing Connection,
        _ meter: LoadMeter,
        _ canceller: LoadCanceller
    ) throws -> NodeResult {
        meter.begins("checking")
        var members: [LinkedMember] = []
        for load in loads {
            guard case .table(_, let schema, let name) = load.destination else { continue }
            let relation = try LoadRelation(load, connection)
            let table = TableName(name, schema: schema)
            let words = PostgresWords(table: table, secrets: environment.workspace.secrets, load: load)
            let scan = try SourceScan(of: relation.query, connection)
            members.append(LinkedMember(load: load, name: table, relation: relation, scan: scan, words: words))
        }
        guard let first = members.first else { preconditionFailure("a transaction has a load") }
        do {
            let session = try LinkedSession(members.map(\.name), over: server, canceller: canceller) {
                environment.reporter.message("waits for \($0)")
            }
            members = try Self.ordered(members, on: session.connection)
            return try deliver(members, over: session, connection, meter)
        } catch let error as MemberFailure {
            throw members[error.place].words.error(error.failure)
        } catch {
            throw first.words.error(error)
        }
    }

    /// Tables that others refer to come first.
    private static func ordered(
        _ members: [LinkedMember],
        on server: borrowing PostgresConnection
    ) throws(PostgresError) -> [LinkedMember] {
        guard members.count > 1 else { return members }
        var written: [(child: Int, parent: Int)] = []
        for child in members.indices {
            written += members.indices.filter { members[child].refers(to: members[$0]) }.map { (child, $0) }
        }
        let pairs = try ForeignKeyPairs(of: members.map(\.name), on: server).adding(written)
        return pairs.sorted(members.count).map { members[$0] }
    }

    /// Tries again from the start what met another transaction.
    private func deliver(
        _ members: [LinkedMember],
        over session: borrowing LinkedSession,
        _ connection: borrowing Connection,
        _ meter: LoadMeter
    ) throws -> NodeResult {
        var attempt = 1
        var mayLoosen = true
        while true {
            do {
                return try attemptOnce(members, over: session, mayLoosen: mayLoosen, connection, meter)
            } catch {
                let cause = ((error as? MemberFailure)?.failure as? LoadFailure)?.cause as? PostgresError
                let server = cause ?? error as? PostgresError
                guard let server, attempt < Self.attempts, isWorthAnother(server, mayLoosen: &mayLoosen) else {
                    throw error
                }
                environment.reporter.message("begins again: \(server.message)")
                try session.pause(before: attempt)
                attempt += 1
            }
        }
    }

    /// A collision passes; a row that was deleted meanwhile, or a key that stands twice after all, is tried anew, once.
    private func isWorthAnother(_ error: PostgresError, mayLoosen: inout Bool) -> Bool {
        if error.isCollision { return true }
        let isGone = error.isForeignKey && loads.contains { !$0.references.isEmpty }
        let isTwice = error.isUniqueKey && loads.contains { $0.mode == .upsert }
        guard mayLoosen, isGone || isTwice else { return false }
        // With constraints on, the server names the very row.
        mayLoosen = false
        return true
    }

    private func attemptOnce(
        _ members: [LinkedMember],
        over session: borrowing LinkedSession,
        mayLoosen: Bool,
        _ connection: borrowing Connection,
        _ meter: LoadMeter
    ) throws -> NodeResult {
        var tables: [LinkedTable?] = []
        // Every refusal is found before the first row moves; a table that a load before makes is looked at when it is there.
        for (place, member) in members.enumerated() {
            let isMadeHere = member.load.mode != .replace && members[..<place].contains { member.refers(to: $0) }
            do {
                tables.append(try table(of: member, session.connection, connection))
            } catch let error as LoadRefusal where isMadeHere && error.isAboutMissingTable {
                tables.append(nil)
            } catch {
                throw MemberFailure(place: place, failure: error)
            }
        }
        do {
            return try transact(members, tables, over: session, mayLoosen: mayLoosen, connection, meter)
        } catch let error as MemberFailure {
            throw error
        } catch {
            // The commit itself: what is checked last, or a connection that broke.
            let last = members.count - 1
            throw MemberFailure(place: last, failure: failure(error, members[last], tables[last]))
        }
    }

    /// What was put aside becomes visible here when the server has committed.
    private func transact(
        _ members: [LinkedMember],
        _ tables: [LinkedTable?],
        over session: borrowing LinkedSession,
        mayLoosen: Bool,
        _ connection: borrowing Connection,
        _ meter: LoadMeter
    ) throws -> NodeResult {
        try connection.transaction { connection in
            try session.transaction { server in
                if session.isPooled {
                    for table in tables { try table?.checkUnchanged(on: server) }
                }
                var results: [(LinkedMember, LoadOutcome)] = []
                for (place, member) in members.enumerated() {
                    do {
                        let known = tables[place]
                        let table = try known ?? LinkedTable(member.request, on: server)
                        let outcome = try fill(member, table, place, mayLoosen: mayLoosen, connection, server, meter)
                        results.append((member, outcome))
                    } catch {
                        throw MemberFailure(place: place, failure: failure(error, member, tables[place]))
                    }
                }
                meter.begins("committing")
                return result(results, meter)
            }
        }
    }

    private func table(
        of member: LinkedMember,
        _ server: borrowing PostgresConnection,
        _ connection: borrowing Connection
    ) throws -> LinkedTable {
        guard member.load.mode == .append, earlier != nil else { return try LinkedTable(member.request, on: server) }
        let fingerprint = try SourceFingerprint(member.relation.query, connection, inAnyOrder: true)
        let source = BatchSource(
            member.load,
            into: member.name,
            fingerprint,
            earlier: earlier,
            in: environment
        )
        do {
            return try LinkedTable(member.request, on: server, delivery: source)
        } catch let error as PostgresError where error.sqlState == "42501" {
            return try LinkedTable(member.request, on: server)
        }
    }

    /// Looks keys up, copies, merges.
    private func fill(
        _ member: LinkedMember,
        _ table: LinkedTable,
        _ place: Int,
        mayLoosen: Bool,
        _ connection: borrowing Connection,
        _ server: borrowing PostgresConnection,
        _ meter: LoadMeter
    ) throws -> LoadOutcome {
        if let delivered = table.delivered {
            environment.reporter.message("an earlier run had added all \(RowCount(delivered)) rows when it was stopped")
            var outcome = LoadOutcome(rows: delivered, inserted: 0)
            outcome.quarantined = try putAside(member, table, place, beside: delivered, connection, server)
            return outcome
        }
        environment.workspace.giveBackMemory(connection)
        meter.begins("looking up", totalRows: member.scan.estimatedRows)
        let spare = environment.workspace.spareThread
        let fits = member.fits(into: environment.workspace.budget)
        let rows = try spare.lend(if: fits) {
            try LinkedRows(member.relation, member.scan, table.plan, place: place, connection)
        }
        // A copy without a project has nowhere to keep a note.
        let isNoted = earlier != nil && table.plan.canBeKnown
        let delivered = isNoted ? DeliveredRows(member.load.name, rows) : nil
        let before = try spare.lend(if: fits) {
            try delivered.map { try compare($0, member, table, connection, server, meter) }
        }
        if let delivered, let note = before?.unchanged, try delivered.renew(note, for: environment.run, connection) {
            return untouched(note.counts, member)
        }
        // Only until the rows are sent: from then on the server is what is waited for, and may well need the core.
        let (created, counts) = try spare.lend(if: fits) {
            let (created, survey) = try rows.resolve(connection, server, in: environment.workspace)
            environment.workspace.giveBackMemory(connection)
            return (created, try rows.count(survey, connection, environment.workspace.budget))
        }
        let taken = counts.rows - counts.superseded
        let sending = Sending(member: member, table: table, rows: rows, taken: taken, mayLoosen: mayLoosen)
        var outcome: LoadOutcome
        var note: (draft: DeliveredRows.Draft, digest: TableDigest)?
        var quarantined = 0
        func toQuarantine(_ connection: borrowing Connection) throws {
            quarantined = try quarantine(rows, of: member, connection)
        }
        if let delivered, let before, taken >= DeliveredRows.worthwhileRows {
            let isOrdered = counts.superseded > 0
            (outcome, note) = try sendNew(
                sending,
                delivered,
                before.note,
                isOrdered: isOrdered,
                connection,
                server,
                meter,
                meanwhile: toQuarantine
            )
        } else {
            outcome = try send(sending, connection, server, meter, meanwhile: toQuarantine)
        }
        outcome.rows += counts.superseded
        outcome.superseded += counts.superseded
        outcome.created.merge(created) { $0 + $1 }
        outcome.quarantined = quarantined
        if let delivered, let note {
            // Tables that rows were made in were summed up without them.
            let parents = created.values.allSatisfy { $0 == 0 } ? before?.parents : nil
            let counts = DeliveredRows.Counts(
                rows: outcome.rows,
                superseded: outcome.superseded,
                quarantined: outcome.quarantined
            )
            try delivered.write(note.draft, note.digest, parents: parents, counts, run: environment.run, connection)
        } else if let delivered, before?.hasNote == true {
            try delivered.forget(connection)
        }
        return outcome
    }

    private func quarantine(
        _ rows: LinkedRows,
        of member: LinkedMember,
        _ connection: borrowing Connection
    ) throws -> Int {
        let places = AsidePlaces(member.load, environment)
        let count = try rows.quarantine(
            as: member.load.name,
            run: environment.run,
            columns: member.relation.columns,
            places: places,
            connection
        )
        try places?.files(judgedBy: "load:" + member.load.name)?.supersede(in: member.load.name, connection)
        return count
    }

    /// Puts the rows aside that an earlier run did not add: it was stopped before its quarantine became visible here.
    private func putAside(
        _ member: LinkedMember,
        _ table: LinkedTable,
        _ place: Int,
        beside delivered: Int,
        _ connection: borrowing Connection,
        _ server: borrowing PostgresConnection
    ) throws -> Int {
        guard member.load.references.contains(where: { $0.missing == .quarantine }) else { return 0 }
        let rows = try LinkedRows(member.relation, member.scan, table.plan, place: place, connection)
        let survey = try rows.resolve(connection, server, in: environment.workspace).survey
        let found = try rows.count(survey, connection, environment.workspace.budget).rows - delivered
        if found > 0 {
            environment.reporter.message(
                """
                \(RowCount(found)) rows that it put aside cannot be told from those: they name what is there now, and are \
                neither in \(member.name) nor in \(Quarantine.table(for: member.load.name))
                """,
                level: .warning
            )
        }
        return try quarantine(rows, of: member, connection)
    }

    private func failure(_ error: any Error, _ member: LinkedMember, _ table: LinkedTable?) -> any Error {
        if error is LoadRefusal || error is CancellationError { return error }
        let name = table?.plan.load.table ?? member.name
        let state =
            switch error {
            case is CommitUnknown: "the connection broke during the commit: \(name) has either the old rows or the new"
            case _ where loads.count > 1: "rolled back; no table of this transaction was changed"
            case _ where table?.plan.load.existing == nil: "rolled back; \(name) was not created"
            default: "rolled back; \(name) is unchanged"
            }
        return LoadFailure(table: name, cause: error, dataState: state)
    }

    // MARK: What is told

    private func result(_ results: [(member: LinkedMember, outcome: LoadOutcome)], _ meter: LoadMeter) -> NodeResult {
        var facts: [String: JSONValue] = [:]
        var warnings: [String] = []
        var rows = 0
        var aside = 0
        for (member, outcome) in results {
            rows += outcome.rows
            aside += outcome.quarantined
            for (name, count) in outcome.counts(member.load) {
                facts[loads.count > 1 ? "\(member.load.name)_\(name)" : name] = .integer(Int64(count))
            }
            let name = loads.count > 1 ? "\(member.load.name): " : ""
            environment.reporter.message(name + outcome.words(member.load))
            warnings += member.words.warnings(outcome, key: member.load.key)
        }
        return NodeResult(
            rows: RowCount(rows),
            bytes: meter.bytes,
            quarantinedRows: aside > 0 ? RowCount(aside) : nil,
            facts: facts,
            warnings: warnings
        )
    }

    /// What went wrong with which of the loads.
    private struct MemberFailure: Error {
        let place: Int
        let failure: any Error
    }
}

extension LoadRefusal {
    /// Whether all that is wrong is that another table is not there yet.
    fileprivate var isAboutMissingTable: Bool {
        problems.allSatisfy { problem in
            if case .reference(_, _, .noParent) = problem { true } else { false }
        }
    }
}

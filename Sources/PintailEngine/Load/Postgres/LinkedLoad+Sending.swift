import DuckDB
import PintailOrchestrator
import Postgres

/// Rows on their way to the server, less those that an earlier load has left there.
extension LinkedLoad {
    /// What is known before anything is looked up.
    struct Comparison {
        /// Whether an earlier load left a note.
        var hasNote = false
        /// The last load's note, when the table still is as it says.
        var note: DeliveredRows.Note?
        /// What the tables come to that rows refer to.
        var parents: String?
        /// Whether the source comes to what it came to.
        var isSameSource = false

        /// The note, when all that decides over the rows is as it was.
        var unchanged: DeliveredRows.Note? {
            note.flatMap { isSameSource && parents != nil && $0.parents == parents ? $0 : nil }
        }
    }

    /// Sums up what the load reads, refers to and fills: the source here, and the tables on the server at the same time.
    func compare(
        _ delivered: DeliveredRows,
        _ member: LinkedMember,
        _ table: LinkedTable,
        _ connection: borrowing Connection,
        _ server: borrowing PostgresConnection,
        _ meter: LoadMeter
    ) throws -> Comparison {
        var comparison = Comparison()
        let estimate = member.scan.estimatedRows ?? 0
        guard let note = try delivered.note(connection) else {
            if estimate >= DeliveredRows.worthwhileRows {
                comparison.parents = try table.parentDigest(rows: estimate, on: server)
            }
            return comparison
        }
        meter.begins("comparing", totalRows: member.scan.estimatedRows)
        let (isSameSource, (digest, parents)) = try both {
            try delivered.isSource(of: note, connection)
        } and: {
            (try table.digest(on: server), try table.parentDigest(rows: note.counts.rows, on: server))
        }
        comparison.hasNote = true
        comparison.note = digest == note.digest ? note : nil
        comparison.parents = parents
        comparison.isSameSource = isSameSource
        return comparison
    }

    /// Nothing is looked up, sent or written: all would come to what it came to.
    func untouched(_ counts: DeliveredRows.Counts, _ member: LinkedMember) -> LoadOutcome {
        let taken = counts.rows - counts.superseded
        tell(unsent: taken, of: taken, member)
        var outcome = LoadOutcome(rows: counts.rows, unchanged: taken, superseded: counts.superseded)
        outcome.quarantined = counts.quarantined
        return outcome
    }

    /// Sends the rows that the last load has not left in the table, and drafts a note for the next one.
    ///
    /// - Parameters:
    ///   - note: The last load's, when the table still is as it says.
    ///   - meanwhile: What else is done here while the server merges or makes its indexes.
    /// - Returns: What became of the rows, and what can be said for certain of what is in the table now.
    func sendNew(
        _ sending: Sending,
        _ delivered: DeliveredRows,
        _ note: DeliveredRows.Note?,
        isOrdered: Bool,
        _ connection: borrowing Connection,
        _ server: borrowing PostgresConnection,
        _ meter: LoadMeter,
        meanwhile: (borrowing Connection) throws -> Void
    ) throws -> (LoadOutcome, note: (DeliveredRows.Draft, TableDigest)?) {
        let taken = sending.taken
        if let note, try delivered.areAll(of: note, connection) {
            tell(unsent: taken, of: taken, sending.member)
            try meanwhile(connection)
            let draft = try delivered.draft(keeping: note, isOrdered: isOrdered, connection)
            return (LoadOutcome(rows: taken, unchanged: taken), (draft, note.digest))
        }
        var sending = sending
        sending.known = note == nil ? nil : delivered.hashes
        sending.isSummed = true
        var draft: DeliveredRows.Draft?
        var outcome = try send(sending, connection, server, meter) { connection in
            draft = try delivered.draft(isOrdered: isOrdered, connection)
            try meanwhile(connection)
        }
        if note != nil { tell(unsent: taken - outcome.rows, of: taken, sending.member) }
        outcome.unchanged += taken - outcome.rows
        outcome.rows = taken
        // Rows that were not sent were there when the table was summed up; somebody may have changed them since.
        let isCertain = note == nil || outcome.digestBefore == note?.digest
        guard isCertain, let draft, let digest = outcome.digest else { return (outcome, nil) }
        return (outcome, (draft, digest))
    }

    private func tell(unsent: Int, of rows: Int, _ member: LinkedMember) {
        environment.reporter.message(
            "\(member.name) is as the last run left it: of \(RowCount(rows)) rows \(RowCount(rows - unsent)) are sent"
        )
    }

    /// Rows on their way to the server.
    struct Sending {
        let member: LinkedMember
        let table: LinkedTable
        let rows: LinkedRows
        /// How many there are.
        let taken: Int
        /// Whether an empty table's constraints may be made after the copy, and new rows be added without a look.
        let mayLoosen: Bool
        /// A table with the hashes of rows that need not be sent.
        var known: SQL?
        /// Whether the table is summed up when the rows are in.
        var isSummed = false
    }

    /// Copies rows to the server, and merges them there where others are.
    ///
    /// - Parameter meanwhile: What is done here while the server merges or makes its indexes.
    func send(
        _ sending: Sending,
        _ connection: borrowing Connection,
        _ server: borrowing PostgresConnection,
        _ meter: LoadMeter,
        meanwhile: (borrowing Connection) throws -> Void
    ) throws -> LoadOutcome {
        let (table, rows, known) = (sending.table, sending.rows, sending.known)
        let fill = try table.begin(
            rows: sending.taken,
            mayLoosen: sending.mayLoosen && known == nil,
            isAlone: sending.mayLoosen,
            isSummed: sending.isSummed,
            on: server
        )
        meter.begins("copying", totalRows: known == nil ? sending.taken : nil)
        environment.workspace.giveBackMemory(connection)
        let pump = try CopyPump(rows.columns(for: fill), into: fill.target) { progress in
            meter.has(rows: progress.rows, bytes: progress.bytes)
        }
        var copied = try pump.copy(connection.prepare(rows.query(for: fill, without: known)), over: server)
        if let merge = fill.merge {
            if table.plan.rules.missingRows != .keep, try rows.hasAside(connection) {
                let keys = try CopyPump(table.plan.keyColumns, into: merge.asideTarget)
                _ = try keys.copy(connection.prepare(rows.keysAside), over: server)
            }
            if let inward = table.plan.inward {
                let orphans = try merge.takeOrphans(on: server)
                try rows.putAside(orphans, inward, connection)
                copied -= orphans.count
            }
        }
        environment.workspace.giveBackMemory(connection)
        meter.begins(fill.merge == nil ? "indexing" : "merging", totalRows: copied)
        return try both {
            try meanwhile(connection)
        } and: {
            try table.finish(fill, rows: copied, on: server)
        }.1
    }
}

package import PintailProject

/// The migrations of a folder beside what a database has noted of them: what is done, and what may be done next.
package struct MigrationHistory: Sendable {
    /// Where a migration stands.
    package enum State: String, Hashable, Sendable {
        /// The database has it.
        case applied
        /// The database does not have it yet.
        case pending
        /// The database has it, and its file has been edited since.
        case changed
        /// The database has it, and its file is gone.
        case missing
        /// Some of its statements have been run, and not all.
        case unfinished
    }

    /// One migration.
    package struct Record: Sendable {
        /// Its place in the order.
        package let version: Int64
        /// Number and name, as the file has them where there is one.
        package let name: String
        /// Where it stands.
        package let state: State
        /// Its files.
        package let migration: Migration?
        /// What the database has noted.
        package let entry: LedgerEntry?
    }

    /// Where the migrations lie, and whose they are.
    package let folder: MigrationFolder
    /// By number.
    package let records: [Record]
    /// Who migrates the database at this moment, for people.
    package let underWay: String?

    /// Compares a folder with a database's ledger.
    package init(_ folder: MigrationFolder, ledger: [LedgerEntry], underWay: String? = nil) {
        self.folder = folder
        self.underWay = underWay
        let files = Dictionary(folder.migrations.map { ($0.version, $0) }) { first, _ in first }
        let entries = Dictionary(ledger.map { ($0.version, $0) }) { first, _ in first }
        records = Set(files.keys).union(entries.keys).sorted().map { Record($0, files[$0], entries[$0]) }
    }

    /// What `up` would do, if nothing stands against it.
    package var pending: [Record] { records.filter { $0.state == .pending } }

    /// Whether a run must not start: tables may not be as its pipelines want them.
    package var isBehind: Bool { records.contains { $0.state == .pending || $0.state == .unfinished } }

    /// The last migration that the database has, before `version` where that is given.
    package func lastApplied(before version: Int64 = .max) -> Record? {
        records.last { $0.version < version && $0.entry != nil }
    }
}

extension MigrationHistory.Record {
    fileprivate init(_ version: Int64, _ migration: Migration?, _ entry: LedgerEntry?) {
        self.version = version
        self.migration = migration
        self.entry = entry
        name = migration?.name ?? entry?.name ?? ""
        state =
            switch (migration, entry) {
            case (_, let entry?) where entry.state != .applied: .unfinished
            case (nil, _): .missing
            case (_, nil): .pending
            case (let migration?, let entry?): migration.up.checksum == entry.checksum ? .applied : .changed
            }
    }
}

// MARK: What may be done

extension MigrationHistory {
    /// How `up` is to be done.
    package struct UpOptions: Hashable, Sendable {
        /// How many migrations at most.
        package var limit: Int?
        /// Whether to apply also what is older than what has been applied.
        package var outOfOrder = false
        /// Whether to go on with a migration that was stopped between its statements.
        package var resumes = false

        /// All that are pending, in order.
        package init(limit: Int? = nil, outOfOrder: Bool = false, resumes: Bool = false) {
            self.limit = limit
            self.outOfOrder = outOfOrder
            self.resumes = resumes
        }
    }

    /// The migrations to apply, in order.
    ///
    /// - Throws: `Diagnostics` with everything that stands against it.
    package func steps(up options: UpOptions) throws(Diagnostics) -> [Migration] {
        let steps = records.filter { $0.state == .pending || (options.resumes && $0.state == .unfinished) }
            .compactMap(\.migration).prefix(options.limit ?? .max)
        let problems =
            records.compactMap { objection(to: $0, options) } + steps.compactMap { Self.objection(toEmpty: $0.up) }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return Array(steps)
    }

    /// The migrations to take back, the last one first.
    ///
    /// - Throws: `Diagnostics` with everything that stands against it.
    package func steps(down count: Int) throws(Diagnostics) -> [Migration] {
        var problems: [Diagnostic] = []
        var steps: [Migration] = []
        for record in records.reversed().filter({ $0.entry != nil }).prefix(count) {
            if let migration = record.migration, let down = migration.down {
                steps.append(migration)
                Self.objection(toEmpty: down).map { problems.append($0) }
            } else {
                let path = "\(folder.path)/\(record.name).down.sql"
                problems.append(
                    Diagnostic("\(record.name) cannot be taken back: there is no '\(path)'", hint: "write it")
                )
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return steps
    }

    private func objection(to record: Record, _ options: UpOptions) -> Diagnostic? {
        switch record.state {
        case .applied: nil
        case .changed: Self.changed(record)
        case .missing:
            Diagnostic(
                "\(folder.database.name) has \(record.name), and '\(folder.path)/\(record.name).up.sql' is missing",
                hint: "put the file back, out of the project's history"
            )
        case .unfinished: unfinished(record, resumes: options.resumes)
        case .pending: options.outOfOrder ? nil : late(record)
        }
    }

    private static func changed(_ record: Record) -> Diagnostic {
        let way = record.migration?.down == nil ? "" : "; or 'pintail migrate down' to before it, and up again"
        return Diagnostic(
            "\(record.name) was edited after it had been applied",
            at: record.migration?.up.start,
            hint: "put it back as it was, and write what is new into a migration of its own" + way
        )
    }

    private func late(_ record: Record) -> Diagnostic? {
        guard let newer = records.last(where: { $0.version > record.version && $0.entry != nil }) else { return nil }
        return Diagnostic(
            "\(record.name) is pending, and \(newer.name), which comes after it, has been applied",
            at: record.migration?.up.start,
            hint: "--out-of-order applies it now; or give it a number after \(newer.name)"
        )
    }

    private func unfinished(_ record: Record, resumes: Bool) -> Diagnostic? {
        guard let entry = record.entry else { return nil }
        guard entry.state == .started else {
            return Diagnostic(
                "\(record.name) was stopped while it was taken back",
                at: record.migration?.down?.start,
                hint: "see what is left of it, then 'pintail migrate down' runs its .down.sql again"
            )
        }
        guard let up = record.migration?.up else {
            return Diagnostic("\(record.name) is unfinished, and its file is missing", hint: "put the file back")
        }
        let isSame = up.statements.count >= entry.statements && up.checksum(ofFirst: entry.statements) == entry.checksum
        if resumes, isSame { return nil }
        let next = up.statements.dropFirst(isSame ? entry.statements : 0).first
        let done = "\(entry.statements) of its \(up.statements.count) statements"
        return Diagnostic(
            "\(record.name) was stopped: \(done) are known to have been run",
            at: next.map { up.location(of: $0, offset: 0) } ?? up.start,
            hint: isSame
                ? "see whether this one took effect, then 'pintail migrate up --resume' goes on with it, 'pintail migrate down' takes all back"
                : "what has been run was edited since: put it back as it was, or 'pintail migrate down' takes all back"
        )
    }

    private static func objection(toEmpty file: MigrationFile) -> Diagnostic? {
        guard file.statements.isEmpty else { return nil }
        return Diagnostic(
            "'\(file.path)' holds no statement",
            at: file.start,
            hint: "write what it is to do; SELECT 1 does nothing on purpose"
        )
    }
}

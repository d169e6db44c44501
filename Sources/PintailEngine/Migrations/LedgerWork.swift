import PintailProject

/// Something to do on a database with a ledger, whichever kind it is.
protocol LedgerWork: Sendable {
    associatedtype Outcome: Sendable

    func perform(on connection: borrowing some LedgerConnection & ~Copyable) throws -> Outcome
}

/// Reads what has been applied.
struct ReadHistory: LedgerWork {
    let folder: MigrationFolder

    func perform(on connection: borrowing some LedgerConnection & ~Copyable) throws -> MigrationHistory {
        MigrationHistory(folder, ledger: try connection.entries(), underWay: try connection.migrator())
    }
}

/// Applies what is pending.
struct GoUp: LedgerWork {
    let folder: MigrationFolder
    let options: MigrationHistory.UpOptions
    let onEvent: @Sendable (MigrationEvent) -> Void

    func perform(on connection: borrowing some LedgerConnection & ~Copyable) throws -> [MigrationOutcome] {
        let history = MigrationHistory(folder, ledger: try connection.entries())
        let steps = try history.steps(up: options)
        // Nothing is made in a database that has nothing to be noted.
        guard !steps.isEmpty else { return [] }
        try connection.prepareLedger()
        return try steps.map { migration in
            let entry = history.records.first { $0.version == migration.version }?.entry
            let step = MigrationStep(
                migration: migration,
                file: migration.up,
                direction: .up,
                database: folder.database.name,
                done: entry?.statements ?? 0
            )
            let outcome = try step.take(on: connection)
            onEvent(.done(outcome))
            return outcome
        }
    }
}

/// Takes back what was applied last.
struct GoDown: LedgerWork {
    let folder: MigrationFolder
    let count: Int
    let onEvent: @Sendable (MigrationEvent) -> Void

    func perform(on connection: borrowing some LedgerConnection & ~Copyable) throws -> [MigrationOutcome] {
        let history = MigrationHistory(folder, ledger: try connection.entries())
        let steps = try history.steps(down: count)
        guard !steps.isEmpty else { return [] }
        try connection.prepareLedger()
        return try steps.compactMap { migration in
            guard let down = migration.down else { return nil }
            let step = MigrationStep(
                migration: migration,
                file: down,
                direction: .down,
                database: folder.database.name
            )
            let outcome = try step.take(on: connection)
            onEvent(.done(outcome))
            return outcome
        }
    }
}

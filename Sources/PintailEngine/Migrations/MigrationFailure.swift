package import PintailProject

/// Why a migration stopped, at its place in the file, and what it left behind.
package struct MigrationFailure: Error, Sendable {
    /// What the database had against it.
    package let diagnostic: Diagnostic
    /// What the database is like now.
    package let dataState: String
}

/// A statement that the database refused.
struct StatementFailure: Error {
    let statement: SQLStatement
    /// How many statements of the file had been run before it.
    let done: Int
    let cause: any Error
}

/// The connection broke while a migration was on its way: only the database knows how that ended.
struct MigrationCutOff: Error {
    let migration: Migration
    let direction: MigrationDirection
    let cause: any Error
}

/// Which way a migration goes.
package enum MigrationDirection: Hashable, Sendable {
    case up, down
}

package import PintailOrchestrator

/// What a database itself notes of a migration, in the transaction that applies it.
package struct LedgerEntry: Hashable, Sendable {
    /// How far the migration has come.
    package enum State: String, Hashable, Sendable {
        /// All of it is done.
        case applied
        /// Its statements are run one by one, and not all have been.
        case started
        /// The same on its way back.
        case reverting
    }

    /// Its place in the order.
    package let version: Int64
    /// Number and name as its files had them.
    package let name: String
    /// That of the file; of a migration on its way, that of the statements that have been run.
    package let checksum: String
    /// How far it has come.
    package let state: State
    /// How many of its statements have been run.
    package let statements: Int
    /// When it was applied, or begun.
    package let appliedAt: Timestamp
    /// How long that took; nil for one on its way.
    package let duration: Duration?
}

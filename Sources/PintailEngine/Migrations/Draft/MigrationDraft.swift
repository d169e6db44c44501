import DuckDB
import PintailProject
import Postgres

/// The statements that would make a database as the loads need it, for a person to read.
package struct MigrationDraft: Hashable, Sendable {
    /// One change: the way there, the way back, and what is to be known of it.
    struct Change: Hashable, Sendable {
        let up: String
        let down: String
    }

    /// What one load needs.
    struct Part: Hashable, Sendable {
        let load: String
        var changes: [Change] = []
        /// What a person has to decide.
        var notes: [String] = []
    }

    private(set) var parts: [Part] = []
    /// Loads whose columns could not be told, each with the way out.
    package private(set) var unknown: [String] = []
    /// How many tables were compared.
    package private(set) var tables = 0

    /// The tables as they will be when the draft so far is applied.
    private var known: [TableName: TableState] = [:]

    /// Notes a load whose columns nobody knows.
    mutating func leaveOut(_ load: String) {
        unknown.append(
            "the columns of load '\(load)' are known when its steps have run once: 'pintail run', then again"
        )
    }

    /// Adds what a load needs.
    ///
    /// - Parameter state: the table as the server has it; counts only the first time that a table comes up.
    mutating func add(_ wanted: WantedTable, to state: TableState, parents: [TableName: TableState]) {
        tables += 1
        var drafting = TableDrafting(wanted, known[state.name] ?? state, parents.merging(known) { $1 })
        drafting.run()
        known.merge(drafting.states) { $1 }
        if !drafting.part.changes.isEmpty || !drafting.part.notes.isEmpty { parts.append(drafting.part) }
    }

    /// Whether nothing is to be changed.
    package var isEmpty: Bool { parts.allSatisfy(\.changes.isEmpty) }

    /// The statements, with what has to be known of them as comments.
    package var up: String {
        parts.map { part in
            let notes = part.notes.flatMap { $0.split(separator: "\n") }.map { "-- \($0)\n" }.joined()
            return "\n-- load \(part.load)\n" + notes + part.changes.map { $0.up + ";\n" }.joined()
        }.joined()
    }

    /// The way back.
    package var down: String {
        parts.reversed().flatMap { $0.changes.reversed() }.map { $0.down + ";\n" }.joined()
    }
}

/// A table of the server as a draft sees it.
struct TableState: Hashable, Sendable {
    /// With its schema.
    let name: TableName
    var hasSchema: Bool
    /// `nil` when there is none.
    var table: TableDescription?
    /// The columns of each foreign key.
    var foreignKeys: [[String]] = []
}

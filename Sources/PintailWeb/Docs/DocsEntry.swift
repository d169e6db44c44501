/// One thing that a project documents: a model, seed, snapshot, source, exposure, metric.
package struct DocsEntry: Hashable, Sendable {
    /// A column, as the project describes it and the database has it.
    package struct Column: Hashable, Sendable {
        /// As the database writes it, where it is there.
        package var name: String
        /// The database's type, or the declared one; `nil` when nobody knows.
        package var type: String?
        package var description = ""
        /// What its tests claim, in a word each: `not_null`.
        package var tests: [String] = []
    }

    /// A claim about the entry.
    package struct Test: Hashable, Sendable {
        /// Its unique id.
        package var id: String
        /// Its full name.
        package var name: String
        /// What it claims: `unique`, or its name when it is written by hand.
        package var claim: String
        /// The column it is about.
        package var column: String?
        /// The SQL that finds offenders.
        package var sql: String?
        /// How the last run that had it ended: `pass`, `fail`, `warn`.
        package var status: String?
    }

    /// Its unique id: `model.energy.price_elasticity`.
    package var id: String
    /// `model`, `source`.
    package var kind: String
    /// As `ref` calls it; a source's with its own in front.
    package var name: String
    /// The project or package it belongs to.
    package var package: String
    /// Its file.
    package var path: String
    package var description = ""
    /// How it is built.
    package var materialization: String?
    /// Its full name in the database.
    package var relation: String?
    /// Words that select it.
    package var tags: [String] = []
    /// The template.
    package var source: String?
    /// What became of the template.
    package var compiled: String?
    /// How the last run that had it ended.
    package var status: String?
    /// In the database's order.
    package var columns: [Column] = []
    /// What is claimed of it.
    package var tests: [Test] = []
    /// What it reads, by id.
    package var parents: [String] = []
}

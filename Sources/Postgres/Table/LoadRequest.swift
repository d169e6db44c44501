package import DuckDB

/// What happens to the rows that are in the table already.
package enum LoadMode: Hashable, Sendable {
    /// There must be no table.
    case fail
    /// They stay.
    case append
    /// They go, all at once, when the new ones are in.
    case replace
    /// Those with the key of a new row take its values; of new rows with the same key the last one wins.
    case upsert(key: [String])
}

/// A table to load, how, and the columns that the source has.
package struct LoadRequest: Hashable, Sendable {
    /// The table; without a schema the server's search path decides.
    package var table: TableName
    /// What happens to the rows that are there.
    package var mode: LoadMode
    /// The source's columns, before any conversion.
    package var columns: [ResultColumn]

    /// Loads rows with these columns into a table.
    package init(into table: TableName, mode: LoadMode, columns: [ResultColumn]) {
        self.table = table
        self.mode = mode
        self.columns = columns
    }
}

/// What a load did.
package struct LoadOutcome: Hashable, Sendable {
    /// Rows that came from the source.
    package var rows = 0
    /// Rows that are new in the table; for every mode but upsert these are all.
    package var inserted = 0
    /// Rows whose values changed.
    package var updated = 0
    /// Rows that were there just so.
    package var unchanged = 0
    /// Rows that another row of the source with the same key outdid.
    package var superseded = 0
    /// Why the table was emptied and filled again instead of being swapped: what a swap could not have kept.
    package var keptInPlace: [String] = []
    /// Who had begun before the rows were committed and was waited for in vain: a transaction among them that keeps its
    /// old view of the database (`REPEATABLE READ`) finds the new table empty.
    package var olderReaders: [String] = []
    /// Transactions that this run committed rows in, when they came in batches.
    package var batches = 0
    /// How many connections sent batches, if the server had room for all.
    package var streams = 0

    /// What a load did.
    package init(
        rows: Int = 0,
        inserted: Int = 0,
        updated: Int = 0,
        unchanged: Int = 0,
        superseded: Int = 0,
        keptInPlace: [String] = []
    ) {
        self.rows = rows
        self.inserted = inserted
        self.updated = updated
        self.unchanged = unchanged
        self.superseded = superseded
        self.keptInPlace = keptInPlace
    }
}

/// What is wrong between the source's columns and the table's: all of it, found before anything was done.
package struct LoadRefusal: Error, Hashable, Sendable {
    /// The table that was to be loaded.
    package let table: TableName
    /// All reasons, in the order of the columns.
    package let problems: [Problem]

    /// One reason why the load cannot be.
    package enum Problem: Hashable, Sendable {
        /// Mode `fail`, and the table is there.
        case tableExists
        /// A view, say: nothing can be copied into it, or nothing of the wanted kind.
        case wrongKind(TableDescription.Kind)
        /// Two columns of the source have one name.
        case duplicateColumn(String)
        /// The source has a column that the table has not.
        case unknownColumn(String, known: [String])
        /// The table requires a column that the source has not.
        case missingColumn(String, PostgresType)
        /// The source's values cannot become the table's.
        case incompatible(column: String, from: LogicalType, to: PostgresType)
        /// The server computes the column itself.
        case generatedColumn(String)
        /// A key that is not among the source's columns.
        case missingKey(String)
        /// No unique index has exactly the key's columns.
        case noUniqueIndex(key: [String], remedy: SQL)
        /// Replacing the table would break something that depends on it.
        case breaks(String, cause: PostgresError)
        /// The table can be neither swapped nor emptied.
        case cannotReplace([String])
        /// The schema of a table that is to be made is not there.
        case missingSchema(String)
        /// The user may not do what the load needs.
        case missingPrivilege(String)
    }
}

/// Why a load stopped half-way, and what it left behind.
package struct LoadFailure: Error, Sendable {
    /// The table that was to be loaded.
    package let table: TableName
    /// The failure of the source, of a value or of the server.
    package let cause: any Error
    /// What is in the table now: "rolled back; public.orders is unchanged".
    package let dataState: String

    /// Whether the same load may well succeed a moment later.
    package var isTransient: Bool {
        switch cause {
        case let error as PostgresError: error.isTransient
        case let error as DuckDBError: error.isTransient
        default: false
        }
    }
}

extension LoadFailure: CustomStringConvertible {
    package var description: String { "\(cause); \(dataState)" }
}

/// Rows without a key cannot be told apart.
package struct MissingKeyValues: Error, Hashable, Sendable {
    /// The key's columns.
    package let key: [String]
    /// How many rows have no key.
    package let rows: Int
}

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
    /// They stay, and those with the key of a new row that differs are marked as past.
    case history(key: [String])

    /// The columns that tell which row is which.
    package var key: [String] {
        switch self {
        case .upsert(let key), .history(let key): key
        case .fail, .append, .replace: []
        }
    }
}

/// A table to load, how, and the columns that the source has.
package struct LoadRequest: Hashable, Sendable {
    /// The table; without a schema the server's search path decides.
    package var table: TableName
    /// What happens to the rows that are there.
    package var mode: LoadMode
    /// The source's columns, before any conversion.
    package var columns: [ResultColumn]
    /// Columns that hold keys of other tables' rows.
    package var references: [ParentReference] = []
    /// How new rows meet those of the table.
    package var rules = TableMergeRules()
    /// Columns of the table that we make UUIDs for, by whether we shall: those that are left out may still need it.
    package var generated: [String: Bool] = [:]
    /// Columns of the table that the statements of the load fill by themselves.
    var filled: Set<String> = []

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
    /// Rows that were put aside, as a reference found no row in another table.
    package var quarantined = 0
    /// Rows of the table that were not among the new ones, and were deleted or marked.
    package var removed = 0
    /// Rows made in other tables, by table.
    package var created: [String: Int] = [:]
    /// Whether constraints and indexes were made after the rows had been copied.
    package var isIndexedAfterwards = false
    /// Rows of the source that stand above themselves, as far as they are named: `a → b → a`.
    package var cycles: [String] = []
    /// Why the table was emptied and filled again instead of being swapped: what a swap could not have kept.
    package var keptInPlace: [String] = []
    /// Who had begun before the rows were committed and was waited for in vain: a transaction among them that keeps its
    /// old view of the database (`REPEATABLE READ`) finds the new table empty.
    package var olderReaders: [String] = []
    /// Transactions that this run committed rows in, when they came in batches.
    package var batches = 0
    /// How many connections sent batches, if the server had room for all.
    package var streams = 0
    /// What the table came to before an upsert, as far as that was asked for.
    package var digestBefore: TableDigest?
    /// What it came to by this load, whatever others have written meanwhile.
    package var digest: TableDigest?

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
    /// Whom the server took us for, where it was asked.
    package var user: String?

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
        case missingPrivilege(String, on: Grantable = .table)
        /// A reference that cannot be followed; `field` is the part of it that is wrong.
        case reference(String, field: String, ReferenceProblem)
        /// A rule that names a column which the table has not.
        case rule(field: String, column: String, known: [String])
    }

    /// What a privilege is for.
    package enum Grantable: Hashable, Sendable {
        /// The table that was to be loaded.
        case table
        case schema(String)
        case database(String)
    }

    /// What is wrong with a reference.
    package enum ReferenceProblem: Hashable, Sendable {
        /// The source has no column of that name.
        case noSource(String, known: [String])
        /// The source has the column that the reference fills.
        case isFilled
        /// The table has no column of that name.
        case noColumn(known: [String])
        /// There is no such table.
        case noParent(TableName)
        /// The other table has no column of that name.
        case noKey(String, of: TableName, known: [String])
        /// Nothing tells which of the other table's columns is its key.
        case noSingleKey(TableName)
        /// The server does not understand the expression.
        case expression(String, PostgresError)
        /// The expression is over none of the other table's columns, or several.
        case notOneColumn(String, of: TableName, found: [String])
        /// The source's values cannot be compared.
        case unlike(source: String, LogicalType, column: String, PostgresType)
        /// Keys do not fit into the column.
        case keyType(PostgresType, of: String, column: PostgresType)
        /// Keys of ours are UUIDs, and the other table's are not.
        case makesOtherKeys(PostgresType, of: String)
        /// Nothing keeps the other table from having a row twice.
        case noUniqueIndex(TableName, remedy: SQL)
        /// Rows of the other table need more than is known.
        case cannotCreate(TableName, columns: [String])
        /// The column takes no NULL.
        case takesNoNull
        /// The user may not do that with the other table.
        case missingPrivilege(String, TableName)
        /// A table's reference to itself needs a key to find its rows by.
        case selfNeedsUpsert
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

    /// States a failure.
    package init(table: TableName, cause: any Error, dataState: String) {
        self.table = table
        self.cause = cause
        self.dataState = dataState
    }

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

    /// States what is missing.
    package init(key: [String], rows: Int) {
        self.key = key
        self.rows = rows
    }
}

import DuckDB
import PintailProject
import Postgres

/// A server's table as a load needs it.
struct WantedTable: Hashable, Sendable {
    /// A column as it should be.
    struct Column: Hashable, Sendable {
        let name: String
        let type: PostgresType
        /// Of the values that will come.
        let source: LogicalType
    }

    /// The load, as messages call it.
    let load: String
    let table: TableName
    let mode: PintailProject.LoadMode
    /// The columns that tell which row is which.
    let key: [String]
    let columns: [Column]
    /// Whether types were guessed from the first rows of a text file.
    let isGuessed: Bool
    var references: [WantedReference]
    /// The column of keys, where the rows do not have it themselves: other loads' references store it, or it is made for them.
    var referred: String?

    init(
        _ load: Load,
        into table: TableName,
        columns: [ResultColumn],
        isGuessed: Bool,
        references: [WantedReference] = []
    ) {
        self.load = load.name
        self.table = table
        mode = load.mode
        key = load.key
        self.columns = columns.filter { column in !references.contains { $0.source.contains(column.name) } }.map {
            Column(name: $0.name, type: PostgresType(for: $0.type), source: $0.type)
        }
        self.isGuessed = isGuessed
        self.references = references
        referred = load.generate.filter { $0.value == .uuid7 }.keys.sorted().first { made in
            !columns.contains { $0.name == made }
        }
    }
}

/// A column that holds the key of a row in another table, found by what the source calls that row.
struct WantedReference: Hashable, Sendable {
    /// The column in the table that is loaded: `publication_id`.
    let column: String
    /// The columns of the source that it is found by, which the table does not get: `publication`.
    let source: [String]
    /// The table that is referred to.
    var parent: TableName
    /// What of that table holds the same: a column (`name`), or an expression over one (`lower(trim(name))`).
    let match: [String]
    /// The column of that table that is stored; its primary key when nil.
    var key: String?

    /// Whether only columns are compared.
    var matchesColumns: Bool { match == matchColumns }

    /// The columns that are compared: of an expression the innermost word.
    var matchColumns: [String] {
        match.map { text in
            guard text.contains("(") else { return text }
            let innermost = text.split(separator: "(").last ?? ""
            return innermost.prefix { $0 != ")" && $0 != "," }.split(separator: " ").last.map(String.init) ?? text
        }
    }
}

extension WantedReference {
    /// What a load asks for; the other table is in the load's own schema unless it says another.
    init(_ reference: LoadReference, of table: TableName) {
        let parent = TableName(dotted: reference.table)
        self.init(
            column: reference.column,
            source: reference.from,
            parent: TableName(parent.name, schema: parent.schema ?? table.schema),
            match: reference.match,
            key: reference.key
        )
    }
}

import DuckDB
import PintailOrchestrator
import PintailProject

/// A model built beside the relation that it will replace, under a name that nobody reads until its tests have passed.
struct StagedModel: Sendable {
    /// The relation's name in the end.
    let target: Relation
    /// Where it is built: in the same schema, as DuckDB cannot move a relation from one to another without copying it.
    let staged: Relation

    /// The places of a node's relation.
    init(of node: Node) {
        target = Relation(of: node)
        var staged = target
        staged.identifier = (target.identifier ?? node.name) + Self.suffix
        self.staged = staged
    }

    /// What follows a relation's name while it is being built.
    private static let suffix = StagedTable.suffix

    /// Whether a relation is one that a run which was killed, or whose tests failed, left behind.
    static func isLeftover(_ relation: Relation) -> Bool { relation.identifier?.hasSuffix(suffix) ?? false }

    /// The relation as people write it: `main.orders`.
    var shown: String { [target.schema, target.identifier].compactMap(\.self).joined(separator: ".") }

    /// The SQL as it reads once the staged relation has its real name.
    func published(_ sql: String) -> String {
        sql.split(separator: staged.sql, omittingEmptySubsequences: false).joined(separator: target.sql)
    }

    /// Makes the place ready; what is there already is copied into it when it will be added to.
    func prepare(continuing: Bool, _ warehouse: Warehouse) throws {
        try drop(warehouse)
        guard continuing, let old = try find(target, warehouse) else { return }
        guard old.kind == .table else { return try show(old, warehouse) }
        let (from, to) = (SQL(verbatim: target.sql), SQL(verbatim: staged.sql))
        let copy: SQL = "CREATE TABLE \(to) \(try definition(warehouse)) INSERT INTO \(to) FROM \(from)"
        _ = try warehouse.run(copy.text, fetching: false, begins: false)
        warehouse.made(staged.of(.table))
    }

    /// Lets the staged name mean what the target is: a model that asks for its rows so far finds them.
    private func show(_ old: Relation, _ warehouse: Warehouse) throws {
        let view: SQL = "CREATE VIEW \(SQL(verbatim: staged.sql)) AS FROM \(SQL(verbatim: target.sql))"
        _ = try warehouse.run(view.text, fetching: false, begins: false)
        warehouse.made(staged.of(.view))
    }

    /// Columns and constraints of the target, in brackets and with a semicolon.
    private func definition(_ warehouse: Warehouse) throws -> SQL {
        let statement = try warehouse.texts("SELECT sql FROM duckdb_tables() WHERE \(isMeant(target))").first
        guard let statement else { throw StepError("\(shown) cannot be copied: it was dropped meanwhile") }
        return Self.bracketed(statement)
    }

    /// What a definition, as DuckDB prints it, has from its first bracket on; names before may have some in quotes.
    private static func bracketed(_ statement: String) -> SQL {
        var isQuoted = false
        let bracket = statement.firstIndex { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "(" && !isQuoted
        }
        return SQL(verbatim: String(statement[(bracket ?? statement.startIndex)...]))
    }

    /// Lets the staged relation take the target's name, in one transaction; its files come before, in one step too.
    ///
    /// - Throws: ``StepError``; the target is then as it was.
    func publish(_ warehouse: Warehouse, with files: ExternalPublication? = nil) throws {
        // A materialization of the project's own may have built nothing here.
        guard let built = try find(staged, warehouse) else { return }
        do {
            if let files { try publish(files, warehouse) } else { try swap(built, warehouse) }
        } catch {
            warehouse.rollback()
            if error.databaseCause?.kind == .interrupted { throw error }
            throw StepError("could not publish \(shown)", cause: error, dataState: "\(shown) is unchanged")
        }
        warehouse.dropped(staged)
        warehouse.made(target.of(built.kind ?? .table))
    }

    private func swap(_ built: Relation, _ warehouse: Warehouse) throws {
        let old = try find(target, warehouse)
        // A relation that has indexes cannot be renamed; those of the old one go with it.
        let indexes = built.kind == .table ? try self.indexes(of: staged, warehouse) : []
        let lost = old?.kind == .table && built.kind == .table ? try self.indexes(of: target, warehouse) : []
        func run(_ statement: SQL) throws { _ = try warehouse.run(statement.text, fetching: false, begins: true) }
        for index in indexes { try run("DROP INDEX \(schema).\(identifier: index.name)") }
        if let old { try run("DROP \(Self.word(old)) \(SQL(verbatim: target.sql))") }
        try run(
            "ALTER \(Self.word(built)) \(SQL(verbatim: staged.sql)) RENAME TO \(identifier: target.identifier ?? "")"
        )
        // Of its own indexes each has another name than before: that of one just dropped is not free until the commit.
        let made = indexes.map { Index(name: $0.name + "_", isUnique: $0.isUnique, columns: $0.columns) }
        for index in made + lost.filter({ old in !indexes.contains { $0.columns == old.columns } }) {
            let kind: SQL = index.isUnique ? "UNIQUE INDEX" : "INDEX"
            try run("CREATE \(kind) \(identifier: index.name) ON \(SQL(verbatim: target.sql)) \(index.columns)")
        }
        try warehouse.commit()
    }

    /// The view over the files was made where they were; that in its place reads them where they are.
    private func publish(_ files: ExternalPublication, _ warehouse: Warehouse) throws {
        try files.draft.publish(files.kept)
        func run(_ statement: SQL) throws { _ = try warehouse.run(statement.text, fetching: false, begins: true) }
        if let old = try find(target, warehouse) { try run("DROP \(Self.word(old)) \(SQL(verbatim: target.sql))") }
        try run("DROP VIEW \(SQL(verbatim: staged.sql))")
        try run("CREATE VIEW \(SQL(verbatim: target.sql)) AS \(files.query)")
        try warehouse.commit()
    }

    /// Drops what is staged, if anything is.
    func drop(_ warehouse: Warehouse) throws {
        guard let left = try find(staged, warehouse) else { return }
        try Self.drop(left, warehouse)
    }

    /// Drops a relation that was left behind.
    static func drop(_ relation: Relation, _ warehouse: Warehouse) throws {
        let statement: SQL = "DROP \(word(relation)) IF EXISTS \(SQL(verbatim: relation.sql))"
        _ = try warehouse.run(statement.text, fetching: false, begins: false)
        warehouse.dropped(relation)
    }

    private static func word(_ relation: Relation) -> SQL { relation.kind == .view ? "VIEW" : "TABLE" }

    /// Asks the database, whatever is known: what is not found here is not published, or not dropped.
    private func find(_ relation: Relation, _ warehouse: Warehouse) throws -> Relation? {
        try warehouse.stored(relation)
    }

    // MARK: Indexes

    private struct Index {
        let name: String
        let isUnique: Bool
        let columns: SQL
    }

    private var schema: SQL { "\(identifier: target.database ?? "").\(identifier: target.schema ?? "")" }

    private func indexes(of relation: Relation, _ warehouse: Warehouse) throws -> [Index] {
        try warehouse.rows("SELECT index_name, is_unique, sql FROM duckdb_indexes() WHERE \(isMeant(relation))").map {
            row in
            Index(
                name: row[0].text ?? "",
                isUnique: row[1] == .boolean(true),
                columns: Self.bracketed(row[2].text ?? "")
            )
        }
    }

    private func isMeant(_ relation: Relation) -> SQL {
        """
        lower(database_name) = \(literal: (relation.database ?? "").lowercased())
        AND lower(schema_name) = \(literal: (relation.schema ?? "").lowercased())
        AND lower(table_name) = \(literal: (relation.identifier ?? "").lowercased())
        """
    }
}

extension Relation {
    /// The same relation, known to be of a kind.
    fileprivate func of(_ kind: Kind) -> Relation {
        var relation = self
        relation.kind = kind
        return relation
    }
}

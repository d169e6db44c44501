import DuckDB
import FoundationEssentials
import Jinja
import PintailProject

/// A database in memory whose catalogs are called as the project's, with empty tables in place of what runs make.
///
/// What the real database holds is attached beside it, to be looked at and never changed. Belongs to one thread.
final class ScratchWarehouse {
    let database: Database
    let warehouse: Warehouse
    /// The names under which real databases are attached, by the lower-cased names that the project has for them.
    private var stored: [String: String] = [:]
    private var schemas: Set<String> = []
    /// What could not be looked at.
    private(set) var warnings: [Diagnostic] = []

    /// Whether a real database stands behind one of the project's.
    func isStored(_ name: String?) -> Bool { stored[(name ?? home).lowercased()] != nil }

    /// The database that names without one mean.
    private let home: String

    /// Makes the catalogs that nodes and sources of a project name.
    init(_ project: DbtProject) throws {
        home = project.profile.database
        database = try DbtDatabase.open(project.profile.with(["path": ":memory:", "attach": []]))
        warehouse = try Warehouse(database, relations: RelationCache())
        var names = [home]
        names += project.manifest.nodes.all.compactMap(\.database) + project.manifest.sources.all.compactMap(\.database)
        try makeCatalogs(names)
        attachStored(project.profile)
        try choosePath()
    }

    private func makeCatalogs(_ names: [String]) throws {
        var known: Set<String> = ["memory", "system", "temp"]
        for name in names where known.insert(name.lowercased()).inserted {
            try execute("ATTACH ':memory:' AS \(identifier: name)")
        }
    }

    // MARK: What is stored

    private func attachStored(_ profile: DbtProfile) {
        let path = profile.settings["path"]?.string ?? ":memory:"
        if path.hasPrefix(":memory:") { return }
        attach(path, type: nil, as: home)
        for attachment in profile.settings["attach"]?.items ?? [] {
            guard let path = attachment["path"].string else { continue }
            let alias = attachment["alias"].string ?? Self.stem(of: path)
            attach(path, type: attachment["type"].string, as: alias)
        }
    }

    private static func stem(of path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    }

    private func attach(_ path: String, type: String?, as name: String) {
        let isFile = type == nil && !path.contains(":")
        if isFile, !FileManager.default.fileExists(atPath: path) { return }
        let alias = "pintail_stored_\(stored.count)"
        var options: [SQL] = ["READ_ONLY"]
        if let type { options.append("TYPE \(SQL(verbatim: type))") }
        do {
            try execute("ATTACH \(literal: path) AS \(identifier: alias) (\(list: options))")
            stored[name.lowercased()] = alias
        } catch {
            warnings.append(
                Diagnostic(
                    "the database '\(name)' cannot be looked at: \(error.databaseCause?.message ?? String(describing: error))",
                    hint: "what reads its tables is not checked",
                    severity: .warning
                )
            )
        }
    }

    /// Names without a schema mean what is made here first, then what is stored: functions and types among it.
    private func choosePath() throws {
        var places = [SQL("\(identifier: home).main").text]
        if let alias = stored[home.lowercased()] { places.append("\(alias).main") }
        try execute("SET search_path = \(literal: places.joined(separator: ","))")
    }

    // MARK: Stand-ins

    /// Puts a table without rows in a relation's place.
    ///
    /// - Parameter isOpen: whether columns of no type are kept so, to go with any other, as those of a view do.
    func stand(for relation: Relation, _ given: [ResultColumn], isOpen: Bool = false) throws {
        try makeSchema(of: relation)
        let name = SQL(verbatim: relation.sql)
        let columns = Self.unlike(given)
        guard isOpen, columns.contains(where: { $0.type == .null }) else {
            let items: [SQL] = columns.map { column in
                let type = column.type == .null ? "INTEGER" : column.type.description
                return "\(identifier: column.name) \(SQL(verbatim: type))"
            }
            return try execute("CREATE OR REPLACE TABLE \(name) (\(list: items))")
        }
        let items: [SQL] = columns.map { column in
            let type: SQL = column.type == .null ? "NULL" : "CAST(NULL AS \(SQL(verbatim: column.type.description)))"
            return "\(type) AS \(identifier: column.name)"
        }
        try execute("CREATE OR REPLACE VIEW \(name) AS SELECT \(list: items) WHERE false")
    }

    /// Columns with names of their own, as DuckDB numbers those that a table would have twice.
    private static func unlike(_ columns: [ResultColumn]) -> [ResultColumn] {
        var known: Set<String> = []
        return columns.map { column in
            var name = column.name
            var number = 0
            while !known.insert(name.lowercased()).inserted {
                number += 1
                name = "\(column.name)_\(number)"
            }
            return ResultColumn(name: name, type: column.type)
        }
    }

    /// Puts a table as the real database has it in a relation's place; false where it holds nothing of the name.
    func standStored(for relation: Relation) throws -> Bool {
        guard let alias = stored[(relation.database ?? home).lowercased()], let identifier = relation.identifier
        else { return false }
        let real = TableName(identifier, schema: relation.schema ?? "main", catalog: alias)
        do {
            // A table and no view, so that it can be told what reads it.
            try stand(for: relation, try warehouse.columns(of: SQL("SELECT * FROM \(table: real)").text))
            return true
        } catch {
            try rethrowInterruption(error)
            guard error.databaseCause != nil else { throw error }
        }
        let columns = try storedColumns(of: real)
        guard !columns.isEmpty else { return false }
        try makeSchema(of: relation)
        let items: [SQL] = columns.map { "\(identifier: $0.name) \(SQL(verbatim: $0.type))" }
        try execute("CREATE OR REPLACE TABLE \(SQL(verbatim: relation.sql)) (\(list: items))")
        return true
    }

    /// The columns that a stored view had when it was made: it names its own database, which is called otherwise here.
    private func storedColumns(of table: TableName) throws -> [(name: String, type: String)] {
        try warehouse.rows(
            """
            SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = \(literal: table.catalog ?? "")
            AND lower(schema_name) = \(literal: (table.schema ?? "").lowercased())
            AND lower(table_name) = \(literal: table.name.lowercased()) ORDER BY column_index
            """
        ).map { ($0[0].text ?? "", $0[1].text ?? "") }
    }

    /// Names of a stored schema's tables, for "did you mean".
    func storedNames(like relation: Relation) throws -> [String] {
        guard let alias = stored[(relation.database ?? home).lowercased()] else { return [] }
        return try warehouse.texts(
            """
            SELECT table_name FROM information_schema.tables WHERE table_catalog = \(literal: alias)
            AND lower(table_schema) = \(literal: (relation.schema ?? "main").lowercased())
            """
        )
    }

    /// Makes the schema that a relation lies in.
    func makeSchema(of relation: Relation) throws {
        guard let schema = relation.schema else { return }
        let name: SQL = "\(identifier: relation.database ?? home).\(identifier: schema)"
        guard schemas.insert(name.text.lowercased()).inserted else { return }
        try execute("CREATE SCHEMA IF NOT EXISTS \(name)")
    }

    /// Runs a statement of the check's own.
    func execute(_ sql: SQL) throws { try warehouse.withoutGate { _ = try warehouse.run(sql.text, fetching: false, begins: false) } }
}

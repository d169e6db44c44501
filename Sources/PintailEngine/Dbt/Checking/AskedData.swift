import DuckDB

/// A template wanted rows, which a check does not have.
struct AskedData: Error {
    /// The statement.
    let sql: String
}

/// Lets through what is answered without any rows: a query of no tables, one that wants no rows, one of the catalog.
final class DataGate {
    private let connection: Connection

    /// - Parameter database: where statements are taken apart; nothing of it is read.
    init(_ database: Database) throws(DuckDBError) { connection = try database.connect() }

    /// Refuses a statement that asks for rows or changes something.
    func check(_ sql: String) throws {
        guard try isHarmless(sql) else { throw AskedData(sql: sql) }
    }

    private func isHarmless(_ sql: String) throws -> Bool {
        guard let tables = try? TableReference.all(in: sql, connection) else { return false }
        if Self.wantsNoRows(sql) { return true }
        // A file is a table to DuckDB, and so is a function that reads one.
        let functions = sql.lowercased()
        guard !["read_", "_scan(", "glob("].contains(where: { functions.contains($0) }) else { return false }
        return tables.allSatisfy { Self.isCatalog($0.name) }
    }

    /// Whether a query ends in `limit 0`: dbt asks so for columns.
    private static func wantsNoRows(_ sql: String) -> Bool {
        let words = sql.lowercased().split { " \n\t\r);".contains($0) }
        return words.suffix(2) == ["limit", "0"]
    }

    private static func isCatalog(_ table: TableName) -> Bool {
        let schema = table.schema?.lowercased()
        return schema == "information_schema" || schema == "pg_catalog"
    }
}

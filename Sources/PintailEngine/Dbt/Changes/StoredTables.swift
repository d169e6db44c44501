import DuckDB
import PintailProject

/// The tables and views of a database, and what they hold.
final class StoredTables {
    private let connection: Connection
    private let kinds: [String: String]

    init(_ database: Database) throws(DuckDBError) {
        connection = try database.connect()
        let rows = try connection.rows(
            """
            SELECT lower(database_name || chr(0) || schema_name || chr(0) || table_name), 'table' FROM duckdb_tables()
            UNION ALL SELECT lower(database_name || chr(0) || schema_name || chr(0) || view_name), 'view' FROM duckdb_views()
            """
        )
        kinds = Dictionary(rows.map { ($0[0].text ?? "", $0[1].text ?? "") }) { $1 }
    }

    private static func key(_ relation: Relation) -> String {
        [relation.database, relation.schema, relation.identifier].map { $0 ?? "" }.joined(separator: "\u{0}").lowercased()
    }

    /// Whether there is something of that name.
    func has(_ relation: Relation) -> Bool { kinds[Self.key(relation)] != nil }

    /// What a relation holds, as a text that is another for other rows, another order of them or other columns.
    ///
    /// Reads the whole table; of a view that is its text alone, as what it shows is what its inputs hold.
    func contents(of relation: Relation) throws(DuckDBError) -> String? {
        let name = SQL(verbatim: relation.sql)
        switch kinds[Self.key(relation)] {
        case "table":
            let columns = try connection.describe("SELECT * FROM \(name)").map { "\($0.name) \($0.type)" }
            let rows = try connection.rows(
                "SELECT count(*)::VARCHAR, bit_xor(hash(t, rowid))::VARCHAR, sum(hash(t, rowid)::HUGEINT)::VARCHAR FROM \(name) AS t"
            )
            let sums = rows.first?.map { $0.text ?? "-" } ?? []
            return Digest.sha256((columns + sums).joined(separator: "\n").utf8)
        case "view":
            let texts = try connection.texts(
                """
                SELECT sql FROM duckdb_views() WHERE lower(database_name) = \(literal: (relation.database ?? "").lowercased())
                AND lower(schema_name) = \(literal: (relation.schema ?? "").lowercased())
                AND lower(view_name) = \(literal: (relation.identifier ?? "").lowercased())
                """
            )
            return texts.first.map { Digest.sha256($0.utf8) }
        default: return nil
        }
    }
}

import DuckDB
import Jinja

/// The columns of relations, as DuckDB knows them.
enum RelationColumns {
    /// The columns in order; none where there is no such relation.
    static func of(_ relation: Relation, in warehouse: Warehouse) throws -> [ColumnObject] {
        do {
            return try warehouse.columns(of: "SELECT * FROM \(relation.sql)").map(object)
        } catch {
            guard error.kind == .catalog || error.kind == .binder else { throw error }
            return try stored(relation, in: warehouse)
        }
    }

    /// The columns that a view had when it was made: what is left where it cannot be read any more.
    private static func stored(_ relation: Relation, in warehouse: Warehouse) throws -> [ColumnObject] {
        try warehouse.rows(
            """
            SELECT column_name, data_type FROM duckdb_columns()
            WHERE lower(table_name) = \(literal: (relation.identifier ?? "").lowercased())
            AND lower(schema_name) = \(literal: (relation.schema ?? "").lowercased())
            AND lower(database_name) = \(literal: (relation.database ?? "").lowercased()) ORDER BY column_index
            """
        ).map { ColumnObject($0[0].text ?? "", $0[1].text ?? "") }
    }

    /// A column in templates.
    static func object(_ column: ResultColumn) -> ColumnObject { object(column.name, column.type) }

    private static func object(_ name: String, _ type: LogicalType) -> ColumnObject {
        ColumnObject(name, spelled(type), fields: parts(type))
    }

    private static func parts(_ type: LogicalType) -> [ColumnObject] {
        guard case .structure(let fields) = type else { return [] }
        return fields.map { object($0.name, $0.type) }
    }

    /// The type as DuckDB's catalog spells it: names within structures stand in quotes only where they must.
    private static func spelled(_ type: LogicalType) -> String {
        switch type {
        case .list(let element): return spelled(element) + "[]"
        case .array(let element, let count): return "\(spelled(element))[\(count)]"
        case .map(let key, let value): return "MAP(\(spelled(key)), \(spelled(value)))"
        case .structure(let fields):
            return "STRUCT(" + fields.map { "\(name($0.name)) \(spelled($0.type))" }.joined(separator: ", ") + ")"
        case .union(let fields):
            return "UNION(" + fields.map { "\(name($0.name)) \(spelled($0.type))" }.joined(separator: ", ") + ")"
        case .null: return "INTEGER"
        default: return type.description
        }
    }

    private static func name(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
        let startsWell = name.utf8.first.map { !(48...57).contains($0) } ?? false
        return isPlain && startsWell ? name : Relation.quote(name)
    }
}

import DuckDB
import FoundationEssentials
import PintailProject

/// A row rule's condition, bound to the columns of a table.
struct RowCondition: Hashable, Sendable {
    /// The columns it names, as the table spells them.
    let columns: [ResultColumn]

    /// Binds a condition without reading a row.
    ///
    /// - Throws: `DuckDBError` whose offset counts from the condition's own start.
    init(
        _ rule: RowRule,
        to rows: SQL,
        with columns: [ResultColumn],
        _ connection: borrowing Connection
    ) throws(DuckDBError) {
        let condition: SQL = "(\(SQL(verbatim: rule.condition))\n)"
        let start: SQL = "SELECT "
        let type: LogicalType
        do {
            type = try connection.describe("\(start)\(condition) FROM \(rows)")[0].type
            // A condition on groups of rows is none on each.
            _ = try connection.describe("SELECT 1 FROM \(rows) WHERE \(condition)")
        } catch {
            throw error.counting(from: start.text.utf8.count + 1, in: rule.condition)
        }
        guard type == .boolean else {
            throw DuckDBError(.binder, "it is no condition but a value of type \(type)", offset: 0)
        }
        self.columns = try Self.columns(in: condition, among: columns, connection)
    }

    private static func columns(
        in condition: SQL,
        among columns: [ResultColumn],
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> [ResultColumn] {
        let names = try connection.texts(
            """
            SELECT lower(name ->> -1) FROM (SELECT unnest(json_extract(json_serialize_sql(\(literal: "SELECT \(condition)")), \
            '$..column_names')) AS name)
            """
        )
        return columns.filter { names.contains($0.name.lowercased()) }
    }

    /// The values of the columns it names, as `a = 1, b = NULL`.
    var values: SQL? {
        guard !columns.isEmpty else { return nil }
        let parts = columns.enumerated().map { index, column in
            let start = (index > 0 ? ", " : "") + column.name + " = "
            return "\(literal: start), coalesce(CAST(\(identifier: column.name) AS VARCHAR), 'NULL')" as SQL
        }
        return "concat(\(list: parts))"
    }
}

extension DuckDBError {
    /// The same error, its place told from where a part of the statement begins.
    fileprivate func counting(from start: Int, in part: String) -> DuckDBError {
        DuckDBError(
            kind,
            message,
            sql: part,
            offset: offset.flatMap { (0...part.utf8.count).contains($0 - start) ? $0 - start : nil },
            candidates: candidates,
            name: name
        )
    }
}

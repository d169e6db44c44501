import DuckDB

/// What a table's rows come to, computed by the server: the same as long as the same rows are in it.
///
/// A row that is written with the values it had changes nothing; neither does the order in which rows stand.
package struct TableDigest: Hashable, Sendable {
    /// The number of rows and the sum of their hashes.
    package let text: String

    /// A digest as it was noted.
    package init(_ text: String) { self.text = text }

    init(rows: String, sum: String) { text = "\(rows) \(sum)" }
}

/// How the server sums a table up.
struct TableSum: Hashable {
    let table: TableName
    /// The hash of a row of the table, which is called `old`.
    let rowHash: SQL

    /// `nil` where the server is older than 14, or does not show the user every column.
    static func find(
        _ description: TableDescription,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> TableSum? {
        let isPossible = try connection.value(
            """
            SELECT current_setting('server_version_num')::int >= 140000
                AND has_table_privilege(\(literal: Int(description.oid))::oid, 'SELECT')
            """
        )
        guard isPossible == "t", !description.columns.isEmpty else { return nil }
        let values = description.columns.map { column -> SQL in
            let value: SQL = "old.\(identifier: column.name)"
            return column.type.isHashed ? value : "\(value)::text"
        }
        // The server's own hash of rows: https://www.postgresql.org/docs/release/14.0/ (E.25.3.5)
        return TableSum(table: description.name, rowHash: "hash_record_extended(ROW(\(list: values)), 0)")
    }

    /// The number of rows and the sum of their hashes, as `rows` and `sum`.
    var query: SQL {
        "SELECT count(*) AS rows, coalesce(sum(\(rowHash)), 0) AS sum FROM \(table: table) old"
    }

    /// Sums up the rows that the next statement of this transaction would see.
    func read(on connection: borrowing PostgresConnection) throws(PostgresError) -> TableDigest {
        let row = try connection.query(query)[0]
        return TableDigest(rows: row.text("rows"), sum: row.text("sum"))
    }
}

extension PostgresType {
    /// Whether every server has a hash for the type; the others are hashed as the server writes them.
    fileprivate var isHashed: Bool {
        switch self {
        case .boolean, .smallint, .integer, .bigint, .real, .double, .numeric, .text, .varchar, .character, .bytea: true
        case .date, .time, .timestamp, .timestampWithZone, .uuid: true
        default: false
        }
    }
}

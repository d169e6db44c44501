import DuckDB

/// A temporary table that tells where rows put aside stand in files: `number, file, line, row_number`.
enum PlaceTable {
    static let name: SQL = #"temp.main."pintail: places""#

    /// Makes the table for the rows whose numbers a query gives, one column of BIGINT in ascending order.
    ///
    /// A row without a place, or all of them, is no reason to fail.
    /// - Returns: why no place could be told, if so.
    static func fill(
        _ numbers: SQL,
        _ finder: RowFinder?,
        _ connection: borrowing Connection
    ) throws -> String? {
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE \(name) (number BIGINT, file VARCHAR, line BIGINT, row_number BIGINT)"
        )
        guard let finder else { return nil }
        let rows = try Self.rows(numbers, connection)
        var batch: [RowPlace] = []
        do {
            try finder.find(rows) { place in
                batch.append(place)
                if batch.count == batchRows { try store(&batch, connection) }
            }
        } catch let lost as RowFinder.Lost {
            return lost.reason
        }
        try store(&batch, connection)
        return nil
    }

    static func drop(_ connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute("DROP TABLE IF EXISTS \(name)")
    }

    /// Few enough for a statement's text, many enough for its cost.
    private static let batchRows = 5000

    private static func rows(_ query: SQL, _ connection: borrowing Connection) throws(DuckDBError) -> [Int] {
        var rows: [Int] = []
        var result = try connection.stream(query)
        while let chunk = try result.nextChunk() {
            let numbers = chunk.column(0).values(as: Int64.self)
            for row in 0..<chunk.count { rows.append(Int(numbers[row])) }
        }
        return rows
    }

    private static func store(_ batch: inout [RowPlace], _ connection: borrowing Connection) throws(DuckDBError) {
        guard !batch.isEmpty else { return }
        let lines = batch.map { $0.line.map { "\(literal: $0)" as SQL } ?? "NULL" }
        try connection.execute(
            """
            INSERT INTO \(name) SELECT unnest([\(list: batch.map { "\(literal: $0.row)" })]), unnest(\(literals: batch.map(\.file))),
                unnest([\(list: lines)]::BIGINT[]), unnest([\(list: batch.map { "\(literal: $0.record)" })])
            """
        )
        batch.removeAll(keepingCapacity: true)
    }
}

import DuckDB

/// A temporary table that tells where rows put aside stand in files: `number, file, line, row_number`.
enum PlaceTable {
    private static let table = TableName("pintail: places", schema: "main", catalog: "temp")
    static let name: SQL = "\(table: table)"

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
            let interrupter = connection.interrupter
            try finder.find(rows, until: { interrupter.isCancelled }) { place in
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

    /// Few enough for a moment's memory, many enough for what it costs to add some.
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
        let rows = batch.lazy.map { [Value($0.row), Value($0.file), Value($0.line), Value($0.record)] }
        try connection.append(rows, to: table)
        batch.removeAll(keepingCapacity: true)
    }
}

import DuckDB
import PintailOrchestrator

/// What a sample of rows tells of all of them.
struct SampledRows {
    /// How many rows the sample has.
    let rows: RowCount
    /// The bytes of a row written as text, one more for each value: what a line of CSV takes without quotes.
    let textLength: Double
    /// How the columns lie in storage, one after another.
    var leaves: [StorageLayout.Leaf]

    /// Measures the first rows of a relation.
    static func first(
        _ count: Int,
        of relation: SQL,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> SampledRows {
        try measure("(FROM \(relation) LIMIT \(literal: count))", connection)
    }

    /// Measures all rows of a sample, which stands after FROM.
    static func measure(_ sample: SQL, _ connection: borrowing Connection) throws(DuckDBError) -> SampledRows {
        let storage = StorageSample(try connection.describe("FROM \(sample)"))
        let answer = try connection.rows(storage.query(over: sample))
        return storage.read(answer[0])
    }

    /// What a table of so many rows like these takes in memory.
    func bytes(of rows: Double) -> Bytes {
        StorageLayout.size(rows: rows, leaves: leaves)
    }

    /// The same rows with so many more bytes in their texts, shared among the columns of text.
    func growingTexts(by bytes: Double) -> SampledRows {
        let texts = leaves.reduce(0) { $1.isText ? $0 + $1.perRow : $0 }
        guard texts > 0 else { return self }
        var grown = self
        grown.leaves = leaves.map { $0.growingText(by: bytes / texts) }
        return grown
    }
}

extension StorageLayout.Leaf {
    fileprivate func growingText(by bytes: Double) -> Self {
        isText ? .text(perRow: perRow, length: max(0, width - 4 + bytes)) : self
    }
}

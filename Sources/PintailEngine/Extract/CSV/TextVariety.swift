import DuckDB

/// How different the texts of a delimited file are from one another.
enum TextVariety {
    /// Whether no column holds texts that come again and again, as far as the first rows tell.
    static func isGreat(in columns: [ResultColumn], of source: CSVSource, _ connection: borrowing Connection) throws
        -> Bool
    {
        guard !columns.isEmpty else { return false }
        var reading = source.reading
        reading.rejects = .ignored
        // As many different ones as half of all: below that a dictionary begins to be smaller than the texts.
        let various = columns.map {
            "2 * count(DISTINCT hash(\(identifier: $0.name))) >= count(\(identifier: $0.name))" as SQL
        }
        let names = columns.map(\.name)
        let found = try connection.value(
            """
            SELECT count(*) = \(literal: sampleRows) AND \(various, separator: " AND ")
            FROM (SELECT \(identifiers: names) FROM \(source.rows(reading)) LIMIT \(literal: sampleRows))
            """
        )
        return found == .boolean(true)
    }

    /// Files of fewer rows are stored before it matters.
    private static let sampleRows = 20_480
}

extension Connection {
    /// Has texts stored without a dictionary of them while `body` runs.
    ///
    /// DuckDB makes one of every column to see whether it is smaller; where all texts differ that is a quarter of the time
    /// of storing them, in vain. The setting is the database's: another step may store texts without it meanwhile, which
    /// then take more room.
    borrowing func withoutDictionaries<Result>(_ body: () throws -> Result) throws -> Result {
        try execute("SET GLOBAL disabled_compression_methods = 'dictionary'")
        defer {
            interrupter.ignoringCancellation { _ = try? execute("RESET GLOBAL disabled_compression_methods") }
        }
        return try body()
    }
}

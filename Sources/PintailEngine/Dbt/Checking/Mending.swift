import DuckDB

/// Finds all mistakes of a query, not only the first: what does not bind is replaced by NULL, and binding goes on.
struct Mending {
    /// What binding came to.
    struct Outcome {
        let columns: [ResultColumn]
        /// Whether nothing had to be replaced.
        let isWhole: Bool
    }

    private let scratch: ScratchWarehouse
    private var text: QueryText
    /// What is wrong, with offsets in the query as it was given.
    private(set) var mistakes: [DuckDBError] = []

    /// More of them in one query nobody reads.
    private static let mostMistakes = 20

    init(_ sql: String, in scratch: ScratchWarehouse) {
        self.scratch = scratch
        text = QueryText(sql)
    }

    /// Binds until nothing is wrong any more; nil where a mistake could not be passed over.
    mutating func run() throws -> Outcome? {
        while mistakes.count < Self.mostMistakes {
            let mistake: DuckDBError
            do throws(DuckDBError) {
                return Outcome(columns: try describe(text), isWhole: mistakes.isEmpty)
            } catch {
                mistake = error
            }
            try rethrowInterruption(mistake)
            if try standMissing(mistake) { continue }
            mistakes.append(text.inOriginal(mistake))
            guard let mended = try mend(mistake) else { return nil }
            text = mended
        }
        return nil
    }

    private func describe(_ text: QueryText) throws(DuckDBError) -> [ResultColumn] {
        // As a materialization has it: within parentheses.
        do {
            return try scratch.warehouse.columns(of: "(\n" + text.sql + "\n)")
        } catch {
            throw DuckDBError(
                error.kind,
                error.message,
                sql: text.sql,
                offset: error.offset.map { min(max(0, $0 - 2), text.sql.utf8.count) },
                candidates: error.candidates,
                name: error.name
            )
        }
    }

    /// A table that a query names without `ref` or `source` may be in the real database.
    private func standMissing(_ mistake: DuckDBError) throws -> Bool {
        guard mistake.kind == .catalog, mistake.message.hasPrefix("Table with name"), let offset = mistake.offset else {
            return false
        }
        let name = TableName(dotted: text.reference(at: offset).text)
        let relation = Relation(database: name.catalog, schema: name.schema, identifier: name.name)
        return try scratch.standStored(for: relation)
    }

    /// The query without the mistake, so that others show.
    private func mend(_ mistake: DuckDBError) throws -> QueryText? {
        for candidate in text.withoutMistake(mistake) {
            do throws(DuckDBError) {
                _ = try describe(candidate)
                return candidate
            } catch {
                try rethrowInterruption(error)
                let isOther = candidate.inOriginal(error).offset != text.inOriginal(mistake).offset
                    || error.message != mistake.message
                if error.kind != .parser, isOther { return candidate }
            }
        }
        return nil
    }

    /// Whether a query has the columns that values in the data say, as a PIVOT without IN.
    static func dependsOnData(_ mistake: DuckDBError, _ sql: String) -> Bool {
        guard sql.lowercased().contains("pivot") else { return false }
        return mistake.message.contains("SELECT list is empty") || mistake.message.contains("multiple statements")
    }
}

extension DuckDBError {
    /// DuckDB's first sentence; what follows are lists of what it would have taken.
    var firstLine: String { message.split(separator: "\n").first.map(String.init) ?? message }

    /// Whether a name was not found or means two things, which no guess at types can cause.
    var isAboutNames: Bool {
        let starts = ["Referenced column", "Referenced table", "Table ", "Ambiguous reference", "Column "]
        return kind == .parser || (kind == .catalog) || starts.contains { message.hasPrefix($0) }
    }
}

import DuckDB
import PintailOrchestrator
import PintailProject

/// Finds bad rows in one look at delimited files: DuckDB judges only the few that have a value which is not plainly of its
/// column's type, from a file of their own.
struct SuspectRows {
    private let source: CSVSource
    private let part: CSVPart
    private let conversions: [Conversion]
    private let emptyIsNull: Bool
    /// The columns with a type that the user gave, by their places among the fields.
    private let tests: [(field: Int, test: TypeTest)]

    /// One record that DuckDB is to judge.
    private struct Suspect {
        let place: CSVInspection.Place
        let line: Int
        let raw: [UInt8]
    }

    /// What was found, in the order of the files.
    enum Row {
        case unreadable(CSVInspection.Place, CSVFault)
        case misfit(BadRowSearch.NumberedMisfit, CSVInspection.Place, line: Int, raw: [UInt8])
    }

    /// What suspects may take in memory; a file with more of them is better read whole.
    private static let mostBytes = 4 << 20

    /// Prepares to look; `nil` where a type, a dialect or several headers leave too much to DuckDB.
    init?(_ source: CSVSource, _ conversions: [Conversion]) {
        // A blank line may be a row of one column, or none.
        guard source.parts.count == 1, source.parts[0].columns.count > 1, source.grouping == nil else { return nil }
        self.source = source
        part = source.parts[0]
        emptyIsNull = source.reading.null.contains("")
        self.conversions = conversions
        var tests: [(field: Int, test: TypeTest)] = []
        for (column, conversion) in zip(source.columns, conversions) where conversion != .keep {
            guard let field = part.columns.firstIndex(of: column.name), let test = TypeTest(conversion) else {
                return nil
            }
            tests.append((field, test))
        }
        guard !tests.isEmpty else { return nil }
        self.tests = tests
    }

    /// Goes through the files; `nil` when there are too many suspects, or DuckDB reads theirs in another way than we do.
    func find(_ connection: borrowing Connection) throws -> [Row]? {
        var faults: [(before: Int, place: CSVInspection.Place, fault: CSVFault)] = []
        var suspects: [Suspect] = []
        var bytes = 0
        let interrupter = connection.interrupter
        try CSVInspection(parts: source.parts).walk { place, scanner in
            if place.row & BadRowSearch.pause == 0, interrupter.isCancelled { throw CancellationError() }
            if let fault = place.fault {
                faults.append((suspects.count, place, fault))
            } else if isSuspect(scanner) {
                suspects.append(Suspect(place: place, line: scanner.line, raw: Array(scanner.raw)))
                bytes += scanner.raw.count
            }
            return bytes < Self.mostBytes
        }
        guard bytes < Self.mostBytes, let misfits = try judge(suspects, connection) else { return nil }
        var rows: [Row] = []
        var rest = faults[...]
        for misfit in misfits {
            while let fault = rest.first, fault.before < misfit.row {
                rows.append(.unreadable(fault.place, fault.fault))
                rest = rest.dropFirst()
            }
            let suspect = suspects[misfit.row - 1]
            let numbered = BadRowSearch.NumberedMisfit(
                row: suspect.place.row,
                column: misfit.column,
                value: misfit.value
            )
            rows.append(.misfit(numbered, suspect.place, line: suspect.line, raw: suspect.raw))
        }
        return rows + rest.map { .unreadable($0.place, $0.fault) }
    }

    private func isSuspect(_ scanner: borrowing RecordScanner) -> Bool {
        for (place, test) in tests {
            let field = scanner.fields[place]
            if field.range.isEmpty, emptyIsNull { continue }
            if field.isQuoted || !test.takes(scanner.window.span.extracting(field.range)) { return true }
        }
        return false
    }

    /// Which of the suspects are misfits, numbered among them; `nil` when DuckDB counts others than we do.
    private func judge(
        _ suspects: [Suspect],
        _ connection: borrowing Connection
    ) throws -> [BadRowSearch.NumberedMisfit]? {
        guard !suspects.isEmpty else { return [] }
        let path = try source.spool.path("suspects.csv")
        let writer = try FileWriter(path)
        try writer.write(suspects.flatMap { $0.raw + [UInt8(ascii: "\n")] }[...])
        var part = part
        part.files = [SourceFile(path: path, name: path)]
        part.dialect.hasHeader = false
        part.dialect.skip = 0
        var reading = source.reading
        reading.rejects = .ignored
        reading.namesFiles = false
        let rows = reading.call(part)
        guard try connection.value("SELECT count(*) FROM \(rows)").integer == suspects.count else { return nil }
        guard let query = source.misfits(conversions, in: rows) else { return [] }
        return try BadRowSearch.misfits(query, connection)
    }
}

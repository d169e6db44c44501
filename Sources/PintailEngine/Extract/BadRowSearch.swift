import DuckDB
import PintailProject

/// Finds the rows of delimited files that are to be put aside: DuckDB tells their numbers, and the files their places.
struct BadRowSearch {
    private let source: CSVSource
    private let plan: ColumnPlan
    private let extract: Extract

    init(_ source: CSVSource, _ plan: ColumnPlan, _ extract: Extract) {
        self.source = source
        self.plan = plan
        self.extract = extract
    }

    /// A row with a value that does not fit the type the user gave.
    struct NumberedMisfit: Hashable {
        /// Its number among the rows of all files that could be read, counted from 1.
        let row: Int
        /// The place among the columns of the first that does not fit.
        let column: Int
        let value: String?
    }

    /// One record that is put aside.
    struct Record {
        var place: CSVInspection.Place
        var line: Int
        var column: String?
        var rule: String
        var value: String?
        var reason: String
        var raw: String
    }

    /// What was found.
    struct Finding {
        let misfits: [NumberedMisfit]
        /// `nil` where the files were not gone through, as no row is a misfit.
        let records: [Record]?
    }

    /// Finds misfits and their places, for as long as `connection` is not interrupted.
    ///
    /// Where DuckDB has to read everything for that, records that cannot be read are found where there are misfits; else
    /// DuckDB's own count says whether to look for them.
    func find(_ connection: borrowing Connection) throws -> Finding {
        if let rows = try SuspectRows(source, plan.givenConversions)?.find(connection) { return finding(rows) }
        let misfits = try misfits(connection)
        guard !misfits.isEmpty else { return Finding(misfits: [], records: nil) }
        let interrupter = connection.interrupter
        return Finding(misfits: misfits, records: try records(of: misfits) { interrupter.isCancelled })
    }

    private func finding(_ rows: [SuspectRows.Row]) -> Finding {
        var misfits: [NumberedMisfit] = []
        let records = rows.map { row in
            switch row {
            case .unreadable(let place, let fault): return Self.record(fault, place)
            case .misfit(let misfit, let place, let line, let raw):
                misfits.append(misfit)
                return record(misfit, place, line: line, raw: raw[...])
            }
        }
        return Finding(misfits: misfits, records: records)
    }

    /// The rows that do not fit, in the order of the files.
    func misfits(_ connection: borrowing Connection) throws -> [NumberedMisfit] {
        var ignoring = source.reading
        ignoring.rejects = .ignored
        guard let query = source.misfits(plan.givenConversions, in: source.rows(ignoring)) else { return [] }
        return try Self.misfits(query, connection)
    }

    /// What a query for misfits finds, in the order of its rows.
    static func misfits(_ query: SQL, _ connection: borrowing Connection) throws -> [NumberedMisfit] {
        try connection.rows("\(query) ORDER BY 1").compactMap { row in
            guard let number = row[0].integer, let column = row[1].integer else { return nil }
            return NumberedMisfit(row: number, column: column, value: row[2].text)
        }
    }

    /// Goes through the files once: the misfits with their lines, and the records that cannot be read.
    func records(of misfits: [NumberedMisfit], until isOver: () -> Bool = { false }) throws -> [Record] {
        var next = misfits[...]
        var records: [Record] = []
        try CSVInspection(parts: source.parts).walk { place, scanner in
            if place.row & Self.pause == 0, isOver() { throw CancellationError() }
            // Of a million rows few are bad, and only theirs become texts.
            if let fault = place.fault {
                records.append(Self.record(fault, place))
            } else if let misfit = next.first, misfit.row == place.row {
                next = next.dropFirst()
                records.append(record(misfit, place, line: scanner.line, raw: scanner.raw))
            }
            return true
        }
        return records
    }

    /// Records between two looks whether the search is over: some milliseconds.
    static let pause = 0xFFF

    private static func record(_ fault: CSVFault, _ place: CSVInspection.Place) -> Record {
        Record(place: place, line: fault.line, rule: "read", reason: fault.reason, raw: fault.raw)
    }

    private func record(
        _ misfit: NumberedMisfit,
        _ place: CSVInspection.Place,
        line: Int,
        raw: ArraySlice<UInt8>
    ) -> Record {
        let column = plan.columns[misfit.column]
        return Record(
            place: place,
            line: line,
            column: column.name,
            rule: "type",
            value: misfit.value,
            reason: "'\(Excerpt.of(misfit.value ?? ""))' is no \(extract.typeName(of: column))",
            raw: String(decoding: raw, as: UTF8.self)
        )
    }
}

extension Extract {
    /// What the user calls the type of a column.
    func typeName(of column: ColumnPlan.Column) -> String {
        types.first { $0.key.lowercased() == column.name.lowercased() }?.value.name ?? column.type.description
    }
}

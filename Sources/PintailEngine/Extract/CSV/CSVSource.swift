import DuckDB
import PintailOrchestrator
import PintailProject

/// Delimited files, read as text and converted by Pintail's own rules.
struct CSVSource: RowSource {
    private(set) var parts: [CSVPart]
    private(set) var reading: CSVReading
    private let extract: Extract
    private let preparation: FilePreparation
    private let encoding: String?
    private(set) var columns: [ResultColumn]
    private var complaints: [String]
    /// What could be said in the dialect, by the columns that would be numbers then.
    private var advice: [String: [String]] = [:]
    private(set) var goneAfterRun: String?
    private var wasRewritten = false

    /// Whether the user's own words say how its text is written.
    private let goesByDialect: Bool

    /// Learns the files' dialects and headers.
    ///
    /// - Parameters:
    ///   - known: the table's columns when no file has any.
    ///   - goesByDialect: Whether the files are the user's own, and no text made of them.
    init(
        _ prepared: PreparedFiles,
        _ preparation: FilePreparation,
        reading: CSVReading,
        known: [String],
        goesByDialect: Bool = true
    ) throws {
        self.goesByDialect = goesByDialect
        extract = preparation.extract
        self.preparation = preparation
        encoding = prepared.encoding
        goneAfterRun = prepared.goneAfterRun
        var survey = CSVSurvey(given: extract.csv, isTSV: prepared.format == .tsv)
        for file in prepared.files { try survey.add(file) }
        parts = survey.parts
        complaints = prepared.warnings + survey.warnings
        var names = survey.columns
        if names.isEmpty { names = extract.csv.names ?? (known.isEmpty ? extract.types.keys.sorted() : known) }
        if names.isEmpty { names = ["column0"] }
        columns = names.map { ResultColumn(name: $0, type: .varchar) }
        self.reading = reading
        self.reading.null = extract.csv.null.map { $0.isEmpty ? ["\u{1}"] : $0 + [""] } ?? [""]
        self.reading.keepsQuotedEmpty = extract.csv.keepsQuotedEmpty ?? extract.csv.namesOtherNulls
        if reading.namesFiles { columns.append(ResultColumn(name: CSVReading.fileColumn, type: .varchar)) }
    }

    var name: String { SourceFile.name(of: parts.flatMap(\.files)) }
    /// Where files may be written that are gone with the step.
    var spool: Spool { preparation.spool }
    var rows: SQL { rows(reading) }
    var emptyIsNoValue: Bool { reading.keepsQuotedEmpty }
    var grouping: NumberGrouping? { NumberGrouping(extract.csv) }

    var warnings: [String] {
        complaints
            + advice.sorted { $0.key < $1.key }.map { advice, columns in
                let named =
                    columns.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (columns.count > 5 ? ", …" : "")
                let (subject, are) =
                    columns.count == 1 ? ("column \(named) stays", "is") : ("columns \(named) stay", "are")
                return "\(subject) text, and \(are) numbers with 'csv: {\(advice)}'; 'types:' settles it either way"
            }
    }

    func rows(_ reading: CSVReading) -> SQL {
        guard !parts.isEmpty else {
            return "(SELECT \(list: columns.map { "NULL::VARCHAR AS \(identifier: $0.name)" }) WHERE false)"
        }
        let rows = reading.from(parts)
        return reading.namesFiles ? SourceFile.renamed(rows, parts.flatMap(\.files)) : rows
    }

    var facts: [String: JSONValue] {
        var facts: [String: JSONValue] = ["format": "csv"]
        guard let dialect = parts.first?.dialect else { return facts }
        facts["dialect"] = [
            "delimiter": .string(dialect.delimiterText),
            "quote": .string(dialect.quote.map { String(UnicodeScalar($0)) } ?? ""),
            "header": .bool(dialect.hasHeader),
            "encoding": .string(encoding ?? "utf-8"),
        ]
        return facts
    }

    var estimatedSize: EstimatedSource.Size? {
        .lines(
            parts.flatMap(\.files).map { EstimatedFile($0.path, size: $0.size ?? 0) },
            hasHeader: parts.first?.dialect.hasHeader ?? false
        )
    }

    mutating func conversions(of everything: Bool, _ connection: borrowing Connection) throws -> [Conversion] {
        let names = columns.map(\.name).filter { $0 != CSVReading.fileColumn }
        var sampling = reading
        sampling.rejects = reading.rejects.map { _ in .ignored }
        let all = rows(sampling)
        let looked: SQL = everything ? all : "(FROM \(all) LIMIT \(literal: TypeInference.sampleRows))"
        let inference = TypeInference(
            decimalComma: extract.csv.decimalSeparator == ",",
            dateFormat: extract.csv.dateFormat,
            timestampFormat: extract.csv.timestampFormat,
            emptyIsNoValue: emptyIsNoValue,
            grouping: grouping
        )
        let found = try inference.conversions(names, in: looked, connection)
        try advise(on: found, of: names)
        return found.map(\.conversion) + Array(repeating: .keep, count: columns.count - names.count)
    }

    /// Notes which columns are text only because nobody said how their numbers are written.
    private mutating func advise(on found: [TypeInference.Finding], of names: [String]) throws {
        advice = [:]
        // A workbook's cells are written by us.
        guard goesByDialect else { return }
        let renamed = try ColumnNames.renamed(columns.map(\.name), by: extract.rename, at: extract.locations)
        let settled = Set(extract.types.keys.map { $0.lowercased() })
        for (name, finding) in zip(renamed, found) where finding.conversion == .keep {
            guard !settled.contains(name.lowercased()) else { continue }
            if let way = ForeignNumbers.advice(on: finding.kinds, extract.csv) { advice[way, default: []].append(name) }
        }
    }

    func place(ofRow row: Int) throws -> String {
        try CSVInspection(parts: parts).place(ofRow: row) ?? "\(name), row \(RowCount(row))"
    }

    mutating func recover(from error: DuckDBError, _ connection: borrowing Connection) throws -> Bool {
        if error.message.contains("Maximum line size") {
            let longest = (reading.longestLine ?? Self.usualLine) * 16
            guard longest <= Self.longestLine else { return false }
            reading.longestLine = longest
            reading.bufferSize = nil
            return true
        }
        // A line longer than the pieces that DuckDB reads side by side.
        if error.message.contains("Parallel CSV Reader currently does not support"), !reading.isInOnePiece {
            reading.isInOnePiece = true
            return true
        }
        if error.message.contains("Invalid unicode") || error.message.contains("not utf-8") { return try transcode() }
        guard error.message.contains("invalid state"), !wasRewritten else { return false }
        guard try CSVInspection(parts: parts).firstFault() == nil else { return false }
        wasRewritten = true
        let rewrite = CSVRewrite(spool: preparation.spool)
        parts = try parts.map { try rewrite.rewrite($0) }
        goneAfterRun = "lines end in more than one way, so that the file is rewritten for this run"
        return true
    }

    /// DuckDB's own limit for a line, and ours.
    private static let usualLine = 2_000_000
    private static let longestLine = 512_000_000

    /// Takes files that are no UTF-8 beyond their sample for what they can only be: one byte a character.
    private mutating func transcode() throws -> Bool {
        guard extract.csv.encoding == nil else { return false }
        var changed = false
        for part in parts.indices {
            for index in parts[part].files.indices {
                let file = parts[part].files[index]
                guard let place = try CSVInspection(parts: [CSVPart(file, like: parts[part])]).firstNotUTF8() else {
                    continue
                }
                parts[part].files[index] = try preparation.transcode(file, from: .windows1252, orElse: .latin1)
                complaints.append("\(place): not UTF-8 from here on; the file is read as windows-1252")
                goneAfterRun = "\(file.name) is rewritten as UTF-8 for this run"
                changed = true
            }
        }
        return changed
    }

    func explain(_ error: DuckDBError, _ connection: borrowing Connection) -> any Error {
        do {
            if let fault = try CSVInspection(parts: parts).firstFault() {
                return fault.error(encodingIsGiven: extract.csv.encoding != nil)
            }
        } catch {
            return error
        }
        return CSVErrorText(error.message).stepError(among: parts.flatMap(\.files))
            ?? StepError(
                "cannot read \(parts.first?.files.first?.name ?? "the file")",
                cause: error
            )
    }
}

extension CSVDialect {
    /// Whether texts are named that mean NULL, and the empty one is not among them.
    fileprivate var namesOtherNulls: Bool { null.map { !$0.isEmpty && !$0.contains("") } ?? false }
}

extension CSVPart {
    fileprivate init(_ file: SourceFile, like part: CSVPart) {
        self.init(files: [file], dialect: part.dialect, columns: part.columns)
    }
}

extension CSVInspection {
    /// Where the first record stands that is not UTF-8.
    fileprivate func firstNotUTF8() throws -> String? {
        var found: String?
        try walk { place, scanner in
            guard UTF8Check.firstBad(scanner.raw) != nil else { return true }
            found = "\(place.file.name):\(scanner.line)"
            return false
        }
        return found
    }
}

extension SourceFile {
    /// Rows whose file column holds DuckDB's paths, with the names the user knows in their place.
    static func renamed(_ rows: SQL, _ files: [SourceFile]) -> SQL {
        let column = CSVReading.fileColumn
        let names: [SQL] = files.map { "\(literal: $0.path): \(literal: $0.name)" }
        return "(SELECT * REPLACE (MAP {\(list: names)}[\(identifier: column)] AS \(identifier: column)) FROM \(rows))"
    }
}

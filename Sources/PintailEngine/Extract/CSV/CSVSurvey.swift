import DuckDB
import PintailOrchestrator
import PintailProject

/// Looks at the beginning of every delimited file of an extract, and groups those that can be read alike.
struct CSVSurvey {
    let given: CSVDialect
    let isTSV: Bool
    private(set) var parts: [CSVPart] = []
    private(set) var warnings: [String] = []
    /// The columns of all files, in the order they were first seen.
    private(set) var columns: [String] = []

    /// Bytes that are read to learn a dialect.
    private static let sampleBytes = 1 << 18

    init(given: CSVDialect, isTSV: Bool) {
        self.given = given
        self.isTSV = isTSV
    }

    /// Takes in one more file.
    mutating func add(_ file: SourceFile) throws {
        let source = try FileBytes(file.path)
        let sample = try source.read(Self.sampleBytes)
        if sample.isEmpty {
            warnings.append("\(file.name) is empty")
            return
        }
        let finding = try DialectSniffer(
            given: given,
            isTSV: isTSV,
            sample: sample,
            isWhole: sample.count < Self.sampleBytes
        ).find()
        if finding.dialect.hasHeader, let line = finding.unclosedQuote {
            let first = sample.drop { $0 == 10 || $0 == 13 }.prefix { $0 != 10 && $0 != 13 }
            let raw = String(decoding: first, as: UTF8.self)
            throw StepError(
                CSVFault(file: file.name, line: line, kind: .unclosedQuote, raw: raw).message,
                hint: "'csv: {quote: \"\"}' reads quotes as ordinary characters"
            )
        }
        let names = finding.names ?? (0..<finding.dialect.fields).map { "column\($0)" }
        let (unique, doubled) = ColumnNames.unique(names)
        if let last = parts.last, last.dialect == finding.dialect, last.columns == unique {
            parts[parts.count - 1].files.append(file)
            return
        }
        warnings += doubled.map { "\(file.name): \($0)" }
        noteNewColumns(unique, in: file)
        parts.append(CSVPart(files: [file], dialect: finding.dialect, columns: unique))
    }

    private mutating func noteNewColumns(_ names: [String], in file: SourceFile) {
        let known = Set(columns.map { $0.lowercased() })
        let new = names.filter { !known.contains($0.lowercased()) }
        if !columns.isEmpty {
            let missing = columns.filter { column in !names.contains { $0.lowercased() == column.lowercased() } }
            if !new.isEmpty {
                warnings.append(
                    "\(file.name) has columns that files before it do not have: \(new.joined(separator: ", "))"
                )
            }
            if !missing.isEmpty {
                warnings.append(
                    "\(file.name) does not have the columns \(missing.joined(separator: ", ")); they are NULL in its rows"
                )
            }
        }
        columns += new
    }
}

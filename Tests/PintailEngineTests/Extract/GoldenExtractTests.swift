import DuckDB
import FoundationEssentials
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

/// Each folder of Tests/Golden/Extract is a case: its files, `extract.json`, and what comes of it in `expected.txt`.
///
/// `PINTAIL_RECORD=1` writes what came into `expected.txt`, to be read before it is committed.
@Suite struct GoldenExtractTests {
    static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Golden/Extract"
    static let cases = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted()
    static let isRecording = ProcessInfo.processInfo.environment["PINTAIL_RECORD"] != nil

    @Test(arguments: cases)
    func `a golden case comes out as expected`(name: String) async throws {
        let folder = Self.root + "/" + name
        let bench = try ExtractBench(sources: folder)
        defer { bench.remove() }
        let options = try Data(contentsOf: URL(filePath: folder + "/extract.json"))
        let extract = try JSONDecoder().decode(GoldenExtract.self, from: options).extract
        let found = await Self.outcome(extract, bench)
        #expect(bench.spooled == [])
        if Self.isRecording {
            try Data(found.utf8).write(to: URL(filePath: folder + "/expected.txt"))
        } else {
            let expected = try Data(contentsOf: URL(filePath: folder + "/expected.txt"))
            #expect(found == String(decoding: expected, as: UTF8.self))
        }
    }

    /// Columns, rows, warnings and quarantined rows, or the error, as text.
    static func outcome(_ extract: Extract, _ bench: ExtractBench) async -> String {
        do {
            let result = try await bench.run(extract)
            let columns = try await bench.rows("SELECT column_name, column_type FROM (DESCRIBE t)")
            var lines = [columns.map { $0.joined(separator: " ") }.joined(separator: ", ")]
            for row in try await bench.rows("FROM t") { lines.append(row.map(shown).joined(separator: " | ")) }
            for row in try await quarantined(bench) {
                lines.append("quarantined: " + row.map(shown).joined(separator: " | "))
            }
            lines += result.warnings.map { "warning: " + $0 }
            return lines.joined(separator: "\n") + "\n"
        } catch {
            return describe(error).replacing(bench.folder, with: "PROJECT")
        }
    }

    private static func quarantined(_ bench: ExtractBench) async throws -> [[String]] {
        let exists = try await bench.rows("FROM duckdb_tables() WHERE schema_name = 'quarantine' AND table_name = 't'")
        guard !exists.isEmpty else { return [] }
        return try await bench.rows(
            "SELECT file, line, column_name, rule, reason, raw FROM quarantine.t ORDER BY file, line, column_name"
        )
    }

    private static func shown(_ value: String) -> String {
        // By scalar: a carriage return and a line feed are one character.
        value.unicodeScalars.map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }
            .joined()
    }

    private static func describe(_ error: any Error) -> String {
        if let diagnostics = error as? Diagnostics {
            return diagnostics.all.map { "error: \($0.message)\n" + ($0.hint.map { "hint: \($0)\n" } ?? "") }.joined()
        }
        let failure = NodeFailure(error)
        return "error: \(failure.message)\n" + (failure.hint.map { "hint: \($0)\n" } ?? "")
            + (failure.dataState.map { "data: \($0)\n" } ?? "")
    }
}

/// An extract's options as a golden case writes them.
struct GoldenExtract: Decodable {
    struct CSV: Decodable {
        var delimiter, quote, escape, comment, encoding, decimal, thousands, date_format, timestamp_format: String?
        var header, keep_quoted_empty: Bool?
        var null, names: [String]?
        var skip: Int?
    }
    struct Excel: Decodable {
        var sheet, range: String?
        var header: Bool?
    }
    var from: [String]
    var format, on_bad_rows, dates, strategy: String?
    var csv: CSV?
    var excel: Excel?
    var rename: String?
    var names: [String: String]?
    var types: [String: String]?
    var decimals: Int?

    var extract: Extract {
        var rule: Rename?
        switch rename {
        case "lower": rule = .lower
        case "upper": rule = .upper
        case "capitalize": rule = .capitalize
        case "snake": rule = .snake
        default: rule = names.map { .names($0) }
        }
        return Extract(
            "t",
            from: .files(from),
            format: format.flatMap { FileFormat(rawValue: $0) },
            csv: CSVDialect(
                delimiter: csv?.delimiter,
                quote: csv?.quote,
                escape: csv?.escape,
                header: csv?.header,
                null: csv?.null,
                keepsQuotedEmpty: csv?.keep_quoted_empty,
                comment: csv?.comment,
                skip: csv?.skip,
                encoding: csv?.encoding,
                decimalSeparator: csv?.decimal,
                thousands: csv?.thousands,
                dateFormat: csv?.date_format,
                timestampFormat: csv?.timestamp_format,
                names: csv?.names
            ),
            excel: ExcelLayout(sheet: excel?.sheet, range: excel?.range, header: excel?.header),
            onBadRows: on_bad_rows.flatMap { BadRows(rawValue: $0) } ?? .fail,
            rename: rule,
            types: (types ?? [:]).mapValues { ColumnType($0) },
            dates: dates.flatMap { DateHandling(rawValue: $0) } ?? .keep,
            decimals: decimals,
            strategy: strategy.flatMap { LoadStrategyChoice(rawValue: $0) } ?? .auto
        )
    }
}

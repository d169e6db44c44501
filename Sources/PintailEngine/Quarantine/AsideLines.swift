import DuckDB
import FoundationEssentials
import PintailOrchestrator
import PintailProject

/// Reads lines of delimited files again, as their files are read today.
///
/// A line alone does not say what its fields are: dialect and header come from its file, which has to be there still.
struct AsideLines {
    let extract: Extract
    let workspace: Workspace
    let spool: Spool
    /// The table's columns.
    let columns: [ResultColumn]

    /// Each record goes to a file of its own kind; how many rows of it there are is checked when DuckDB has read them.
    private static let piece = 1 << 20

    /// Reads all lines, and tells what the user should hear.
    func read(_ connection: borrowing Connection) throws -> [String] {
        let files = try connection.texts(
            "SELECT DISTINCT coalesce(file, '') FROM \(AsideRows.picked) WHERE raw_form = 'line' ORDER BY 1"
        )
        guard !files.isEmpty else { return [] }
        let parts = try parts(for: Set(files), connection)
        var warnings: [String] = []
        for file in files {
            guard let part = parts[file] else {
                warnings.append(
                    "\(file.isEmpty ? "a file" : file) is not there any more: its lines stay, as nobody knows its columns"
                )
                continue
            }
            try read(file, part, connection)
        }
        return warnings
    }

    // MARK: How their files are written

    /// The dialect and the header of each file that is still there.
    private func parts(for names: Set<String>, _ connection: borrowing Connection) throws -> [String: CSVPart] {
        let found = try found(connection).filter { file in
            names.contains(file.name) || names.contains { $0.hasPrefix(file.name + "/") }
        }
        guard !found.isEmpty else { return [:] }
        let remote = RemoteFiles(extract: extract, spool: spool, secrets: workspace.secrets)
        let preparation = FilePreparation(extract: extract, spool: spool)
        var prepared = try preparation.prepare(try found.map { try remote.fetch($0, connection) })
        var dialect = extract.csv
        if prepared.format == .xlsx {
            prepared = try WorkbookFiles(extract: extract, spool: spool).texts(prepared)
            dialect = extract.readingSheets.csv
        }
        var parts: [String: CSVPart] = [:]
        for file in prepared.files {
            var survey = CSVSurvey(given: dialect, isTSV: prepared.format == .tsv)
            try survey.add(file)
            if let part = survey.parts.first { parts[file.name] = part }
        }
        return parts
    }

    private func found(_ connection: borrowing Connection) throws -> [SourceFile] {
        guard case .files(let paths) = extract.source else { return [] }
        let local = SourceFiles(directory: workspace.project.directory, mayBeNone: true)
        let remote = RemoteFiles(extract: extract, spool: spool, secrets: workspace.secrets, mayBeNone: true)
        if paths.contains(where: SourceFile.isRemote) { try workspace.prepareRemoteFiles(connection) }
        return try paths.flatMap { path -> [SourceFile] in
            if SourceFile.isRemote(path) { return try remote.find(path, connection) }
            // A path that leads nowhere now is told of by its lines.
            return (try? local.find([path])) ?? []
        }
    }

    // MARK: The lines of one file

    private func read(_ file: String, _ part: CSVPart, _ connection: borrowing Connection) throws {
        let lines: SQL = "\(AsideRows.picked) WHERE raw_form = 'line' AND coalesce(file, '') = \(literal: file)"
        let path = try spool.path("lines.csv")
        var alone = part
        alone.dialect.skip = 0
        alone.dialect.hasHeader = false
        alone.dialect.comment = nil
        var faults: [(number: Int, reason: String)] = []
        var written = 0
        let writer = try FileWriter(path)
        var pending: [UInt8] = []
        var result = try connection.stream("SELECT \(AsideRows.number), raw FROM \(lines) ORDER BY 1")
        while let chunk = try result.nextChunk() {
            let numbers = chunk.column(0)
            let texts = chunk.column(1).strings
            for row in 0..<chunk.count {
                let raw = Array(texts.string(row).utf8)
                if let reason = try fault(in: raw, alone, hasHeader: part.dialect.hasHeader) {
                    faults.append((Int(numbers.values(as: Int64.self)[row]), reason))
                    continue
                }
                pending += raw
                pending.append(UInt8(ascii: "\n"))
                written += 1
                if pending.count > Self.piece {
                    try writer.write(pending[...])
                    pending.removeAll(keepingCapacity: true)
                }
            }
        }
        try writer.write(pending[...])
        try note(faults, connection)
        guard written > 0 else { return }
        alone.files = [SourceFile(path: path, name: file)]
        try take(alone, written, among: lines, connection)
    }

    /// What is wrong with a record by itself; `nil` when it can be read.
    private func fault(in raw: [UInt8], _ part: CSVPart, hasHeader: Bool) throws -> String? {
        var scanner = try RecordScanner(TextBytes(raw), dialect: part.dialect)
        guard try scanner.advance() else { return "the line is empty" }
        switch scanner.problem {
        case .unclosedQuote: return CSVFault.Kind.unclosedQuote.reason
        case .textAfterQuote: return CSVFault.Kind.textAfterQuote.reason
        case nil: break
        }
        let fields = scanner.fields.count
        let ends = fields == part.columns.count + 1 && scanner.fields.last?.range.isEmpty == true
        if fields != part.columns.count, !ends {
            return CSVFault.Kind.fields(found: fields, expected: part.columns.count, hasHeader: hasHeader).reason
        }
        return try scanner.advance() ? "there is more than one record in the line" : nil
    }

    private func note(_ faults: [(number: Int, reason: String)], _ connection: borrowing Connection) throws {
        for start in stride(from: 0, to: faults.count, by: 500) {
            let values = faults[start..<min(start + 500, faults.count)].map { fault in
                let broken = BrokenRule(
                    column: "NULL",
                    rule: "'read'",
                    value: "NULL",
                    reason: "\(literal: fault.reason)"
                )
                return "(\(literal: fault.number), [\(broken.sql)], NULL, NULL)" as SQL
            }
            try connection.execute("INSERT INTO \(AsideRows.broken) VALUES \(list: values)")
        }
    }

    /// Has DuckDB read the records, and gives each its number again: they come in the order in which they were written.
    private func take(
        _ part: CSVPart,
        _ written: Int,
        among lines: SQL,
        _ connection: borrowing Connection
    ) throws {
        var reading = CSVReading()
        reading.null = extract.csv.null.map { $0.isEmpty ? ["\u{1}"] : $0 + [""] } ?? [""]
        reading.isInOnePiece = true
        let records: SQL = "temp.main.\(identifier: "pintail: records")"
        let names = columns.contains { $0.name == CSVReading.fileColumn } && extract.isByFile
        let file: SQL = names ? ", \(literal: part.files[0].name) AS \(identifier: CSVReading.fileColumn)" : ""
        let read = try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(identifier: "pintail: records") AS
            SELECT n.\(AsideRows.number), r.* EXCLUDE ("pintail: nth")\(file)
            FROM (SELECT *, row_number() OVER () AS "pintail: nth" FROM \(reading.call(part))) AS r
            JOIN (
                SELECT \(AsideRows.number), row_number() OVER (ORDER BY \(AsideRows.number)) AS "pintail: nth" FROM \(lines)
                AND \(AsideRows.number) NOT IN (SELECT \(AsideRows.number) FROM \(AsideRows.broken))) AS n USING ("pintail: nth")
            """
        )
        let all = try connection.value("SELECT count(*) FROM \(reading.call(part))").integer ?? 0
        guard read == written, all == written else {
            throw StepError(
                "\(part.files[0].name): \(written) lines were read again as \(all) rows",
                dataState: "nothing was changed"
            )
        }
        let source = SetAsideSource(
            name: part.files[0].name,
            rows: records,
            columns: try connection.describe("FROM \(records)").filter { $0.name != "pintail: number" }
        )
        try source.take(extract, columns, connection)
        try connection.execute("DROP TABLE \(records)")
    }
}

/// Bytes that are in memory already.
private final class TextBytes: ByteSource {
    private var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(_ limit: Int, into target: inout [UInt8]) -> Int {
        let piece = bytes.prefix(limit)
        target += piece
        bytes.removeFirst(piece.count)
        return piece.count
    }
}

extension CSVFault.Kind {
    /// What is wrong, in the words of an extract.
    fileprivate var reason: String { CSVFault(file: "", line: 0, kind: self, raw: "").reason }
}

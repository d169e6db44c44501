import DuckDB
import PintailOrchestrator

extension SourceEstimate {
    /// Files of lines: as many records as the average line of places all over them says.
    ///
    /// The first rows are parsed; where lines elsewhere are longer or shorter, so are taken to be the texts in them.
    static func lines(
        _ relation: SQL,
        _ files: [EstimatedFile],
        hasHeader: Bool,
        _ sampleRows: Int,
        _ connection: borrowing Connection
    ) throws -> SourceEstimate {
        let survey = LineSurvey(files)
        guard survey.bytes > 0 else { return SourceEstimate(rows: 0, needed: 0, basis: "nothing to read") }
        let sample = try SampledRows.first(sampleRows, of: relation, connection)
        let headers = hasHeader ? Double(files.count) : 0
        // Files that cannot be looked into, at a URL, are measured by the sample alone.
        let line = survey.bytesPerRecord ?? max(1, sample.textLength)
        let rows = max(Double(sample.rows.count < sampleRows ? sample.rows.count : 0), survey.bytes / line - headers, 0)
        return SourceEstimate(
            rows: RowCount(Int64(rows.rounded())),
            needed: sample.growingTexts(by: survey.growth).bytes(of: rows),
            basis: "\(sample.rows) rows sampled, \(survey.description)"
        )
    }

    /// Files of records without an end of line: as many as the sample's length as JSON says.
    static func records(
        _ relation: SQL,
        _ files: [EstimatedFile],
        _ sampleRows: Int,
        _ connection: borrowing Connection
    ) throws -> SourceEstimate {
        let size = EstimatedFile.unpackedSize(of: files)
        guard size > 0 else { return SourceEstimate(rows: 0, needed: 0, basis: "nothing to read") }
        let sample = try SampledRows.first(sampleRows, of: relation, connection)
        let length = try connection.value(
            "SELECT avg(strlen(CAST(to_json(r) AS VARCHAR))) FROM (FROM \(relation) LIMIT \(literal: sampleRows)) AS r"
        )
        // Two bytes more than the record itself: a comma and a line's end.
        let all = size / ((length.number ?? 0) + 2)
        let rows = sample.rows.count < sampleRows ? Double(sample.rows.count) : all
        return SourceEstimate(
            rows: RowCount(Int64(rows.rounded())),
            needed: sample.bytes(of: rows),
            basis: "\(sample.rows) records sampled, \(Bytes(Int64(size))) of JSON"
        )
    }
}

/// How many records files of lines have, by looking at places all over them.
struct LineSurvey {
    /// All the text there is, unpacked.
    let bytes: Double
    /// What a record takes on average; `nil` when no file could be looked into.
    let bytesPerRecord: Double?
    /// How much longer records are everywhere than at the first file's beginning.
    let growth: Double
    /// What was looked at: `1.1 GB in 3 files`.
    let description: String

    /// Places looked at beside the beginnings, shared among the files.
    private static let places = 16
    /// How much is looked at in each place.
    private static let placeBytes = 65_536

    /// Looks at files.
    init(_ files: [EstimatedFile]) {
        let filled = files.filter { $0.size > 0 }
        bytes = EstimatedFile.unpackedSize(of: filled)
        let chosen = EstimatedFile.evenChoice(of: filled)
        let heads = chosen.compactMap { $0.head }.map { LineCount(quoted: $0) }
        let beginning = heads.reduce(LineCount(), +)
        let placesPerFile = max(1, Self.places / max(1, chosen.count))
        let spread = chosen.flatMap { $0.places(placesPerFile, of: Self.placeBytes) }.map { LineCount(plain: $0) }
        // Ends of line inside quotes end no record: how many there are is known from the beginnings.
        let perLine = beginning.lines > 0 ? beginning.records / beginning.lines : 1
        let elsewhere = spread.reduce(beginning) { $0 + $1.takingRecords(perLine: perLine) }
        bytesPerRecord = elsewhere.bytesPerRecord
        growth = (elsewhere.bytesPerRecord ?? 0) - (heads.first?.bytesPerRecord ?? 0)
        let size = Bytes(Int64(filled.reduce(0) { $0 + $1.size.count }))
        let packed = filled.contains(where: \.isCompressed) ? " (about \(Bytes(Int64(bytes))) unpacked)" : ""
        description = "\(size)\(packed) in \(files.count == 1 ? "1 file" : "\(files.count) files")"
    }
}

/// How many lines and records a piece of text has.
private struct LineCount {
    var bytes = 0.0
    var lines = 0.0
    var records = 0.0

    init() {}

    /// Counts from a place where no quote is open; an unfinished record at the end is left out.
    init(quoted text: [UInt8]) {
        let end = text.contains(UInt8(ascii: "\n")) ? UInt8(ascii: "\n") : UInt8(ascii: "\r")
        var isQuoted = false
        var open = (bytes: 0.0, lines: 0.0)
        for byte in text {
            open.bytes += 1
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard byte == end else { continue }
            open.lines += 1
            guard !isQuoted else { continue }
            bytes += open.bytes
            lines += open.lines
            records += 1
            open = (0, 0)
        }
        // The last line of a file may lack its end.
        if records == 0, !text.isEmpty { (bytes, lines, records) = (Double(text.count), 1, 1) }
    }

    /// Counts ends of line from anywhere.
    init(plain text: [UInt8]) {
        let end = text.contains(UInt8(ascii: "\n")) ? UInt8(ascii: "\n") : UInt8(ascii: "\r")
        bytes = Double(text.count)
        lines = text.reduce(0.0) { $1 == end ? $0 + 1 : $0 }
    }

    var bytesPerRecord: Double? { records > 0 ? bytes / records : nil }

    func takingRecords(perLine: Double) -> LineCount {
        var count = self
        count.records = lines * perLine
        return count
    }

    static func + (left: LineCount, right: LineCount) -> LineCount {
        var sum = left
        sum.bytes += right.bytes
        sum.lines += right.lines
        sum.records += right.records
        return sum
    }
}

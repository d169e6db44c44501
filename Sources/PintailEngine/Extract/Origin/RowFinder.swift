import DuckDB
import PintailOrchestrator
import PintailProject

/// Finds where rows stand in the files they were read from, by reading the files once more, up to the last of those rows.
struct RowFinder: Sendable {
    let origin: RowOrigin
    let workspace: Workspace
    let run: RunID

    /// Files of a store are fetched again up to this size: a line's number is not worth more.
    private static let mostFetched = Bytes(1 << 30)
    /// Records between two looks whether the run was cancelled: some milliseconds.
    private static let pause = 0xFFFF

    /// Why places cannot be told: the files are not what they were, or cannot be reached.
    struct Lost: Error {
        let reason: String
    }

    /// Tells the place of every row, given by their numbers in ascending order.
    ///
    /// Blocks, for as long as `isOver` is false.
    /// - Throws: ``Lost``; what `body` throws; `CancellationError`.
    func find(_ rows: [Int], until isOver: () -> Bool, _ body: (RowPlace) throws -> Void) throws {
        guard !rows.isEmpty else { return }
        var thrown: (any Error)?
        do {
            try search(rows, until: isOver) { place in
                do {
                    try body(place)
                } catch {
                    thrown = error
                    throw error
                }
            }
        } catch {
            if let thrown { throw thrown }
            if error is CancellationError { throw error }
            throw Lost(reason: workspace.secrets.redact(NodeFailure(error).message))
        }
    }

    private func search(_ rows: [Int], until isOver: () -> Bool, _ body: (RowPlace) throws -> Void) throws {
        let spool = Spool(in: workspace.state, run: run, step: origin.extract.table + " places")
        defer { spool.remove() }
        let connection = try workspace.database.connect()
        try checkUnchanged()
        let near = try fetch(spool, connection)
        var wanted = RowSearch(rows: rows[...], skipped: origin.skipped[...])
        switch try ReadyFiles(near, of: origin.extract, in: spool, known: origin.columns) {
        case .text(let source, let hasLines): try walk(source.parts, hasLines: hasLines, &wanted, until: isOver, body)
        case .json(let prepared) where prepared.format == .ndjson:
            try walkLines(prepared.files, &wanted, until: isOver, body)
        case .json(let prepared):
            try count(prepared.files, &wanted, body) { try connection.value(JSONSource.count($0)).integer }
        case .parquet(let prepared):
            try count(prepared.files, &wanted, body) { file in
                try connection.value(
                    "SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(\(literal: file.path))"
                ).integer
            }
        }
    }

    private func checkUnchanged() throws {
        for file in origin.files where !file.isRemote {
            let now = try FileStatus(file.path)
            guard now.modified == file.modified, file.size.map({ $0 == Bytes(now.size) }) ?? true else {
                throw StepError("\(file.name) changed after it was read")
            }
        }
    }

    private func fetch(_ spool: Spool, _ connection: borrowing Connection) throws -> [SourceFile] {
        let remote = origin.files.filter(\.isRemote)
        guard !remote.isEmpty else { return origin.files }
        let size = remote.reduce(Bytes(0)) { $0 + ($1.size ?? 0) }
        guard size <= Self.mostFetched || origin.files.allSatisfy({ FileNameEndings($0.path).format == .parquet })
        else {
            throw StepError("\(size) would have to be fetched again")
        }
        try workspace.prepareRemoteFiles(connection)
        let files = RemoteFiles(extract: origin.extract, spool: spool, secrets: workspace.secrets)
        return try origin.files.map { try files.fetch($0, connection) }
    }

    // MARK: Delimited files

    private func walk(
        _ parts: [CSVPart],
        hasLines: Bool,
        _ search: inout RowSearch,
        until isOver: () -> Bool,
        _ body: (RowPlace) throws -> Void
    ) throws {
        // Where bad rows fail the step, whatever was stored is a row, however odd it looks here.
        let judging = origin.extract.onBadRows == .quarantine
        var found = search
        try CSVInspection(parts: parts).walk(judging: judging) { place, scanner in
            guard !found.isOver else { return false }
            if place.record & Self.pause == 0, isOver() { throw CancellationError() }
            if place.fault != nil { return true }
            if let row = found.next() {
                let line = hasLines ? scanner.line : nil
                try body(RowPlace(row: row, file: place.file.name, line: line, record: place.record))
            }
            return true
        }
        search = found
    }

    // MARK: JSON and Parquet

    /// One value a line; blank lines hold none.
    private func walkLines(
        _ files: [SourceFile],
        _ search: inout RowSearch,
        until isOver: () -> Bool,
        _ body: (RowPlace) throws -> Void
    ) throws {
        for file in files where !search.isOver {
            var record = 0
            var lines = TextLines(try FileBytes(file.path))
            while !search.isOver, let line = try lines.nextFilled() {
                record += 1
                if record & Self.pause == 0, isOver() { throw CancellationError() }
                if let row = search.next() {
                    try body(RowPlace(row: row, file: file.name, line: line, record: record))
                }
            }
        }
    }

    private func count(
        _ files: [SourceFile],
        _ search: inout RowSearch,
        _ body: (RowPlace) throws -> Void,
        records: (SourceFile) throws -> Int?
    ) throws {
        for file in files where !search.isOver && file.size != 0 {
            for record in 1...max(1, try records(file) ?? 0) where !search.isOver {
                if let row = search.next() { try body(RowPlace(row: row, file: file.name, record: record)) }
            }
        }
    }
}

/// Which of the rows that pass by are looked for.
struct RowSearch {
    /// Numbers among the stored rows, counted from 0, ascending.
    var rows: ArraySlice<Int>
    /// Numbers among all rows, counted from 1, of those that were not stored, ascending.
    var skipped: ArraySlice<Int>
    private var passed = 0
    private var stored = 0

    init(rows: ArraySlice<Int>, skipped: ArraySlice<Int>) {
        self.rows = rows
        self.skipped = skipped
    }

    /// Whether every one was found.
    var isOver: Bool { rows.isEmpty }

    /// Steps over the next row of the files; tells its number when it is one of those looked for.
    mutating func next() -> Int? {
        passed += 1
        if skipped.first == passed {
            skipped.removeFirst()
            return nil
        }
        defer { stored += 1 }
        return rows.first == stored ? rows.removeFirst() : nil
    }
}

/// The lines of a text file, of which only the numbers are wanted.
private struct TextLines {
    private let source: FileBytes
    private var piece: [UInt8] = []
    private var index = 0
    private var line = 1

    init(_ source: FileBytes) { self.source = source }

    /// The number of the next line that holds more than white space; `nil` at the end.
    mutating func nextFilled() throws -> Int? {
        var isFilled = false
        while true {
            if index == piece.count {
                piece.removeAll(keepingCapacity: true)
                index = 0
                guard try source.read(1 << 20, into: &piece) > 0 else { return isFilled ? line : nil }
            }
            let byte = piece[index]
            index += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                if isFilled { return line - 1 }
            } else if byte > 0x20 {
                isFilled = true
            }
        }
    }
}

import DuckDB
import PintailOrchestrator
import PintailProject

/// Delivers rows into one file.
struct FileDelivery {
    private let output: FileOutput
    private let target: FileTarget
    private let run: RunID
    private let meter: LoadMeter
    private let note: AdditionNote?

    /// What is written, and where, and what is noted of it.
    init(_ output: FileOutput, _ target: FileTarget, _ run: RunID, _ meter: LoadMeter, _ note: AdditionNote? = nil) {
        self.meter = meter
        self.note = note
        self.output = output
        self.target = target
        self.run = run
    }

    /// Writes a new file, or one that takes the place of another.
    func write(_ connection: borrowing Connection) throws -> NodeResult {
        var draft = try Draft(for: target, run: run)
        let rows = try output.write(to: draft, connection, meter)
        // A new file must still be new when it takes its name; an empty one that rows are added to, still empty.
        let isNew = output.load.mode != .replace && target.kind == .nothing
        let bytes = try draft.publish(isNew ? .refusing : .replacing, isUpdate: output.load.mode == .append && !isNew) {
            try note?.write($0, rows: rows, connection)
        }
        return NodeResult(rows: RowCount(rows), bytes: Bytes(bytes))
    }

    /// Writes a file that holds what the target held, and the rows.
    func append(_ connection: borrowing Connection) throws -> NodeResult {
        switch output.format.format {
        case .csv, .tsv, .ndjson: try continueText(connection)
        case .json: try continueArray(connection)
        case .parquet: try rewriteParquet(connection)
        case .xlsx: throw StepError("rows cannot be added to a workbook", hint: "`mode: replace` writes a new one")
        }
    }

    private func continueText(_ connection: borrowing Connection) throws -> NodeResult {
        let old = try StoredText(target, output)
        let continued = try output.continuing(old.start, old.matched(output.relation))
        var draft = try Draft(for: target, run: run)
        try draft.begin(withFirst: target.size)
        if !old.endsInNewline { try draft.writer.write(old.newline) }
        let rows = try continued.write(to: draft.writer, isContinuation: true, connection, meter)
        let bytes = try draft.publish(.replacing, isUpdate: true) { try note?.write($0, rows: rows, connection) }
        return NodeResult(rows: RowCount(rows), bytes: Bytes(bytes - target.size))
    }

    private func continueArray(_ connection: borrowing Connection) throws -> NodeResult {
        let old = try StoredArray(target)
        var draft = try Draft(for: target, run: run)
        try draft.begin(withFirst: old.endOfElements)
        let writer = draft.writer
        let rows = try CopyPipe.run(output.statement(), on: connection) { pieces in
            var rest = ArrayContinuation(afterElements: !old.isEmpty, writer)
            try pieces { try rest.write($0) }
        }
        let bytes = try draft.publish(.replacing, isUpdate: true) { try note?.write($0, rows: rows, connection) }
        return NodeResult(rows: RowCount(rows), bytes: Bytes(bytes - target.size))
    }

    private func rewriteParquet(_ connection: borrowing Connection) throws -> NodeResult {
        let (whole, old) = try ParquetUnion.join(output, with: target.path, connection)
        var draft = try Draft(for: target, run: run)
        let rows = try whole.write(to: draft, connection, meter)
        let bytes = try draft.publish(.replacing, isUpdate: true) { try note?.write($0, rows: rows - old, connection) }
        return NodeResult(rows: RowCount(rows - old), bytes: Bytes(max(0, bytes - target.size)))
    }
}

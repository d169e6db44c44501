import DuckDB
import PintailOrchestrator
import PintailProject

/// Delivers rows into an object store, which shows an object to readers once all of it was sent.
///
/// Rows are written on this machine first: DuckDB, when a query that it sends rows of fails or is cancelled, has the store
/// show what was sent until then.
struct ObjectStoreLoad: Sendable {
    private let load: Load
    private let address: String
    private let isReplay: Bool
    private let environment: StepEnvironment

    /// Takes an address that begins with `s3://`.
    init(_ load: Load, address: String, isReplay: Bool = false, in environment: StepEnvironment) {
        self.load = load
        self.address = address
        self.isReplay = isReplay
        self.environment = environment
    }

    /// Whether a path leads into an object store.
    static func isAddress(_ path: String) -> Bool {
        ["s3://", "s3a://", "gs://", "gcs://", "r2://"].contains { path.hasPrefix($0) }
    }

    /// Writes one object, or objects of this run's own names below a folder.
    func run() async throws -> NodeResult {
        try await LoadMeter.watch(environment) { meter in
            try await environment.session.run { connection in
                do {
                    try environment.workspace.prepareRemoteFiles(connection)
                    return try deliver(connection, meter)
                } catch {
                    throw Task.isCancelled ? CancellationError() : failure(error, hasBegun: meter.phase == Self.sending)
                }
            }
        }
    }

    private static let sending = "sending"

    private var isFolder: Bool { address.hasSuffix("/") || !load.partitionBy.isEmpty }

    private func deliver(_ connection: borrowing Connection, _ meter: LoadMeter) throws -> NodeResult {
        let relation = try LoadRelation(load, connection)
        let output = try FileOutput(load, path: address, relation: relation)
        guard output.encoding.isPlain else {
            throw StepError("an object is written in utf-8, not in \(output.encoding.name)")
        }
        try output.prepare(connection)
        let isThere = try exists(connection)
        try admit(output, isThere: isThere)
        let spool = Spool(in: environment.workspace.state, run: environment.run, step: "load \(load.name)")
        defer { spool.remove() }
        let draft = try spool.path("draft")
        let withoutRows = isFolder ? try bytesWithoutRows(output, spool.path("empty"), connection) : []
        try meter.begins("writing", draft: draft, totalRows: LoadRelation.rowCount(load.source, connection))
        let rows = try write(output, isAddition: load.mode == .append && isThere, to: draft, connection)
        meter.begins(Self.sending)
        let bytes =
            try isFolder
            ? sendFolder(draft, rows, withoutRows: withoutRows, connection, meter)
            : send(draft, to: address, rows, sent: 0, connection, meter) {}
        return NodeResult(rows: RowCount(rows), bytes: Bytes(bytes))
    }

    /// Writes the draft: a file, or a folder of them.
    private func write(
        _ output: FileOutput,
        isAddition: Bool,
        to draft: String,
        _ connection: borrowing Connection
    ) throws -> Int {
        if isFolder {
            _ = try Folders.make(draft)
            let names = try names(output.relation, connection)
            return try connection.execute(
                FolderDelivery.statement(output, draft, filesNamed: names, isShared: true)
            )
        }
        guard isAddition else { return try connection.execute(output.statement().to(draft)) }
        let (whole, old) = try ParquetUnion.join(output, with: address, connection)
        return try connection.execute(whole.statement().to(draft)) - old
    }

    /// What the objects below a folder are called.
    ///
    /// Those of a replay are called after its rows: one that is killed and started again sends the same under the same names.
    private func names(_ relation: LoadRelation, _ connection: borrowing Connection) throws -> String {
        guard isReplay else { return FolderDelivery.names(of: environment.run) }
        return "data_replay-\(try SourceFingerprint(relation.query, connection, inAnyOrder: true).text)"
    }

    /// What a file of the folder would be if it had no rows.
    private func bytesWithoutRows(
        _ output: FileOutput,
        _ path: String,
        _ connection: borrowing Connection
    ) throws -> [UInt8] {
        let columns = output.relation.columns.filter { column in
            !load.partitionBy.contains { $0.equalsIgnoringCase(column.name) }
        }
        // Files without columns are refused by DuckDB, in its words, when the rows are written.
        guard !columns.isEmpty else { return [] }
        let rows: SQL = "SELECT \(identifiers: columns.map(\.name)) FROM \(output.relation.derivedTable) WHERE false"
        try connection.execute(output.with(LoadRelation(query: rows, columns: columns)).statement().to(path))
        return try FileBytes(path).read(Int(FileStatus(path).size))
    }

    /// Sends the draft, object by object.
    private func sendFolder(
        _ draft: String,
        _ rows: Int,
        withoutRows: [UInt8],
        _ connection: borrowing Connection,
        _ meter: LoadMeter
    ) throws -> Int {
        let folder = ObjectFolder(address: address.hasSuffix("/") ? address : address + "/", withoutRows: withoutRows)
        var sent = 0
        try folder.send(Folders.files(below: draft).sorted(), from: draft) { file, object, isSeen in
            sent = try send(file, to: object, rows, sent: sent, connection, meter, isSeen)
        } connect: { () throws(DuckDBError) in
            try environment.workspace.database.connect()
        }
        return sent
    }

    /// Sends a file as an object; `isSeen` is called before others may see it.
    private func send(
        _ file: String,
        to address: String,
        _ rows: Int,
        sent: Int,
        _ connection: borrowing Connection,
        _ meter: LoadMeter,
        _ isSeen: () -> Void
    ) throws -> Int {
        // S3 takes 10,000 parts, whose size follows from the largest object that is expected.
        if try FileStatus(file).size > 45 << 30 {
            try connection.execute("SET GLOBAL s3_uploader_max_filesize = '5TB'")
        }
        return try connection.transaction { connection in
            let bytes = try FileBytes(file)
            var writer = try StoredFileWriter(writing: address, on: connection)
            var sent = sent
            while case let piece = try bytes.read(Self.pieceBytes), !piece.isEmpty {
                try Task.checkCancellation()
                try writer.write(piece)
                sent += piece.count
                meter.has(rows: rows, bytes: sent)
            }
            isSeen()
            try writer.finish()
            return sent
        }
    }

    private static let pieceBytes = 1 << 20

    private func exists(_ connection: borrowing Connection) throws(DuckDBError) -> Bool {
        try connection.value("SELECT count(*) FROM glob(\(literal: pattern))").integer ?? 0 > 0
    }

    /// What lists the objects in question: DuckDB takes an address without a wildcard for one that exists.
    private var pattern: String {
        if isFolder { return (address.hasSuffix("/") ? address : address + "/") + "**" }
        return address.dropLast() + "[" + address.suffix(1) + "]"
    }

    private func admit(_ output: FileOutput, isThere: Bool) throws {
        switch load.mode {
        case .upsert, .history: throw FileLoad.noUpsert
        case .fail where isThere: throw FileLoad.exists(address)
        case .replace where isThere && isFolder:
            throw StepError(
                "a folder of an object store cannot be replaced as a whole, and \(address) is not empty",
                hint: "write to a new folder for each run, or add to this one with `mode: append`"
            )
        case .append where isThere && !isFolder && output.format.format != .parquet:
            throw StepError(
                "rows cannot be added to an object",
                hint: "a folder (`into: \(address)/`) takes a new object for each run"
            )
        default: break
        }
    }

    private func failure(_ error: any Error, hasBegun: Bool) -> StepError {
        let sending = error as? ObjectFolder.Failure
        let error = sending?.cause ?? error
        let state = hasBegun ? state(leavingRows: sending?.leavesRows == true) : "nothing was written"
        // The rows may come from another store.
        guard let error = error as? DuckDBError, [.http, .io].contains(error.kind), error.message.contains(bucket)
        else {
            return StepError("cannot write \(address)", cause: error, dataState: state)
        }
        let refusal = RemoteRefusal(environment.workspace.secrets.redact(error.message), at: address)
        return StepError(
            "cannot write \(address): \(refusal.reason)",
            hint: refusal.hint,
            dataState: state,
            isTransient: refusal.isTransient
        )
    }

    private var bucket: String { address.split(separator: "/").dropFirst().first.map { String($0) } ?? address }

    private func state(leavingRows: Bool) -> String {
        guard isFolder else { return "\(address) is as it was: a store shows an object when all of it was sent" }
        if isReplay { return "what was in \(address) is as it was; the replay, started again, sends its rows anew" }
        guard leavingRows else { return "\(address) has the rows that it had: what had been sent was taken back" }
        return """
            what was in \(address) is as it was, but objects called data_\(environment.run) may stand beside it: remove them \
            before the rows are sent again
            """
    }
}

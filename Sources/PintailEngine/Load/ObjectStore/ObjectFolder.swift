import DuckDB
import PintailOrchestrator

/// Sends files into a folder of an object store, and takes them back when not all of them could be sent.
///
/// A store has no folders that could change places: each object is seen as soon as it was sent.
struct ObjectFolder {
    /// The folder's address, with a slash at its end.
    let address: String
    /// An object's bytes when it holds no rows.
    let withoutRows: [UInt8]

    /// Sending that stopped half-way.
    struct Failure: Error {
        let cause: any Error
        /// Whether objects may be seen that hold rows of the run.
        let leavesRows: Bool
    }

    /// Sends files by their paths from `draft`.
    ///
    /// - Parameters:
    ///   - send: Sends a file to an address; its last argument is called before others may see the object.
    ///   - connect: Opens a connection for taking back: that which sent may have been interrupted.
    /// - Throws: ``Failure``.
    func send(
        _ names: [String],
        from draft: String,
        by send: (String, String, () -> Void) throws -> Void,
        connect: () throws(DuckDBError) -> Connection
    ) throws(Failure) {
        var seen: [String] = []
        do {
            for name in names {
                try send("\(draft)/\(name)", address + name) { seen.append(address + name) }
            }
        } catch {
            throw Failure(cause: error, leavesRows: !takeBack(seen, connect))
        }
    }

    /// Whether no rows are left of the objects.
    private func takeBack(_ objects: [String], _ connect: () throws(DuckDBError) -> Connection) -> Bool {
        guard !objects.isEmpty else { return true }
        do {
            let connection = try connect()
            for (folder, ours) in Dictionary(grouping: objects, by: \.deletingLastComponent) {
                try takeBack(ours, in: folder, connection)
            }
            return true
        } catch {
            // What was in the way of sending is told; that this failed as well is told with the state of the data.
            return false
        }
    }

    /// Removes a folder that holds nothing but the run's own objects; elsewhere each is replaced by one without rows, as
    /// DuckDB removes no single object.
    private func takeBack(_ ours: [String], in folder: String, _ connection: borrowing Connection) throws {
        let found = try connection.texts("SELECT file FROM glob(\(literal: folder + "/**"))")
        if Set(found).isSubset(of: ours), (try? Self.remove(folder, connection)) != nil { return }
        for object in ours where found.contains(object) {
            try connection.transaction { connection in
                var writer = try StoredFileWriter(writing: object, on: connection)
                try writer.write(withoutRows)
                try writer.finish()
            }
        }
    }

    /// A partitioned COPY empties its folder first; of no rows it writes no files.
    private static func remove(_ folder: String, _ connection: borrowing Connection) throws {
        try connection.execute(
            """
            COPY (SELECT 1 AS value, 1 AS part WHERE false) TO \(literal: folder)
            (FORMAT csv, PARTITION_BY (part), OVERWRITE true)
            """
        )
    }
}

import Dispatch
import DuckDB
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Has DuckDB write a query's rows to a file or to standard output.
struct QueryExport {
    private let output: QueryOutput

    init(_ output: QueryOutput) { self.output = output }

    /// Writes the rows; a file is there only when it is whole.
    func run(_ query: SQL, on connection: borrowing Connection, to stream: TextStream) throws {
        guard let path = output.path else { return try printed(query, on: connection, to: stream) }
        let unfinished = Self.unfinished(path)
        do {
            try copy(query, to: unfinished, on: connection)
        } catch let error as DuckDBError {
            unsafe unlink(unfinished)
            throw error.naming(path, insteadOf: unfinished)
        }
        guard unsafe rename(unfinished, path) == 0 else {
            let code = errno
            unsafe unlink(unfinished)
            throw WriteError(code: code)
        }
    }

    /// `/dev/stdout` would do, but opening it again empties the file that a shell's `>>` wants to add to.
    private func printed(_ query: SQL, on connection: borrowing Connection, to stream: TextStream) throws {
        let pump = try Pump(to: stream)
        do {
            try copy(query, to: "/dev/fd/\(pump.input)", on: connection)
        } catch {
            try pump.finish()
            throw error
        }
        try pump.finish()
    }

    private func copy(_ query: SQL, to path: String, on connection: borrowing Connection) throws {
        try connection.execute("COPY (\(query)\n) TO \(literal: path) (\(options), USE_TMP_FILE false)")
    }

    private var options: SQL {
        switch output.format {
        case .table: preconditionFailure("tables are drawn here, not by DuckDB")
        case .csv where output.path?.lowercased().hasSuffix(".tsv") == true: "FORMAT csv, HEADER, DELIMITER '\t'"
        case .csv: "FORMAT csv, HEADER"
        case .json: "FORMAT json, ARRAY true"
        case .ndjson: "FORMAT json"
        case .parquet: "FORMAT parquet, COMPRESSION zstd"
        }
    }

    /// The file beside its final place, where a rename is one step.
    private static func unfinished(_ path: String) -> String {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        return "\(path[..<slash]).\(path[slash...]).pintail-\(getpid())"
    }
}

extension DuckDBError {
    /// The error with the file's own name in it.
    fileprivate func naming(_ path: String, insteadOf unfinished: String) -> DuckDBError {
        DuckDBError(
            kind,
            message.replacing(unfinished, with: path),
            sql: kind == .io ? nil : sql,
            offset: offset,
            candidates: candidates,
            name: name
        )
    }
}

/// Carries bytes from a pipe to a stream, on a thread of its own.
private final class Pump: Sendable {
    /// Where bytes are put in; `/dev/fd/<this>` names it for DuckDB.
    let input: Int32
    private let failure = Mutex<(any Error)?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(to stream: TextStream) throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw WriteError(code: errno) }
        let output = ends[0]
        input = ends[1]
        DispatchQueue(label: "pintail.output").async {
            do {
                try Self.carry(output, to: stream)
            } catch {
                self.failure.withLock { $0 = error }
            }
            // When the stream is gone this makes DuckDB's next write fail, so that the query ends.
            close(output)
            self.done.signal()
        }
    }

    /// Returns when all that was put in has come out.
    func finish() throws {
        close(input)
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private static func carry(_ output: Int32, to stream: TextStream) throws {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(output, &buffer, buffer.count)
            if count > 0 {
                try stream.write(bytes: buffer[..<count])
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }
}

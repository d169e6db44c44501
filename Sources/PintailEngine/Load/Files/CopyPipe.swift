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

/// DuckDB's output taken out of a pipe, for what DuckDB cannot write itself.
enum CopyPipe {
    /// Hands over pieces of the output, to its end.
    typealias Pieces = ((Span<UInt8>) throws -> Void) throws -> Void

    /// Runs a statement that writes into a pipe, while `consume` takes the pieces on a thread of its own.
    ///
    /// Blocks until both have ended. When `consume` fails the statement is interrupted.
    /// - Returns: the rows that were written.
    static func run(
        _ statement: CopyStatement,
        on connection: borrowing Connection,
        consume: @escaping @Sendable (Pieces) throws -> Void
    ) throws -> Int {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw FileProblem("a pipe") }
        let (output, input) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reader = PipeReader(output, interrupter: connection.interrupter)
        reader.start(consume)
        let written = Result { () throws(DuckDBError) in try connection.execute(statement.to("/dev/fd/\(input)")) }
        // The reader sees the end once DuckDB's own handle and this one are closed.
        close(input)
        try reader.wait()
        return try written.get()
    }
}

/// Empties a pipe on a thread of its own, to the end whatever happens: a writer must never find it closed.
private final class PipeReader: Sendable {
    private let descriptor: Int32
    private let interrupter: Interrupter
    private let failure = Mutex<(any Error)?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ descriptor: Int32, interrupter: Interrupter) {
        self.descriptor = descriptor
        self.interrupter = interrupter
    }

    func start(_ consume: @escaping @Sendable (CopyPipe.Pieces) throws -> Void) {
        DispatchQueue(label: "pintail.pipe").async { [self] in
            do {
                try BrokenPipe.asError { try consume(pieces) }
            } catch {
                failure.withLock { $0 = error }
                interrupter.interruptUntilReset()
            }
            drain()
            close(descriptor)
            done.signal()
        }
    }

    /// Waits for the end of the output and of what was made of it.
    func wait() throws {
        done.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func pieces(_ body: (Span<UInt8>) throws -> Void) throws {
        try DescriptorBytes.forEach(of: descriptor, shown: "a pipe", body)
    }

    private func drain() {
        var rest = [UInt8](repeating: 0, count: DescriptorBytes.pieceSize)
        while let count = try? rest.fill(from: descriptor, shown: "a pipe"), count > 0 {}
    }
}

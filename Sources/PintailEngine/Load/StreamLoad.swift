import DuckDB
import PintailOrchestrator
import PintailProject

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Delivers rows to what can only be written on: standard output, a pipe, a device.
struct StreamLoad: Sendable {
    private let load: Load
    private let environment: StepEnvironment

    /// Writes to standard output.
    init(_ load: Load, in environment: StepEnvironment) {
        self.load = load
        self.environment = environment
    }

    /// Writes as the rows come; what was written when it fails has been read by others.
    func run() async throws -> NodeResult {
        try await LoadMeter.watch(environment) { meter in
            try await environment.session.run { connection in
                do {
                    let output = try FileOutput(load, path: nil, relation: LoadRelation(load, connection))
                    meter.begins("writing")
                    return try Self.write(
                        output,
                        to: DescriptorWriter(descriptor: 1, shown: "standard output"),
                        connection,
                        meter
                    )
                } catch let error as FileProblem where error.code == EPIPE {
                    // Whoever reads has seen enough, as in `| head`: that is no failure.
                    return NodeResult(facts: ["note": .string("the reader stopped before the last row")])
                } catch let error as CancellationError {
                    throw error
                } catch let error as DuckDBError where error.kind == .interrupted {
                    throw error
                } catch {
                    throw StepError("cannot write to standard output", cause: error)
                }
            }
        }
    }

    /// Writes to a pipe or device that has a name.
    static func write(
        _ output: FileOutput,
        toDevice device: FileTarget,
        _ connection: borrowing Connection,
        _ meter: LoadMeter
    ) throws -> NodeResult {
        let descriptor = unsafe open(device.path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(device.shown) }
        defer { close(descriptor) }
        return try write(output, to: DescriptorWriter(descriptor: descriptor, shown: device.shown), connection, meter)
    }

    private static func write(
        _ output: FileOutput,
        to writer: DescriptorWriter,
        _ connection: borrowing Connection,
        _ meter: LoadMeter
    ) throws -> NodeResult {
        guard output.format.format != .xlsx else { throw StepError("a workbook cannot be written to a pipe") }
        return NodeResult(rows: RowCount(try output.write(to: writer, connection, meter)))
    }
}

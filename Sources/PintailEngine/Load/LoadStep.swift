package import PintailOrchestrator
package import PintailProject

/// Delivers a table, or a query's rows, out of the database.
package struct LoadStep: Sendable {
    private let load: Load

    /// Takes the load as the user wrote it.
    package init(_ load: Load) { self.load = load }

    /// Delivers the rows; what was at the destination stays as it was unless all of them arrived.
    ///
    /// - Throws: `StepError`, which says what state the destination is in; `CancellationError`.
    package func run(in environment: StepEnvironment) async throws -> NodeResult {
        switch load.destination {
        case .file(let path):
            try await FileLoad(load, path: path, in: environment).run()
        case .standardOutput:
            try await StreamLoad(load, in: environment).run()
        case .table(let connection, _, _):
            throw StepError("the connection '\(connection)' takes no rows")
        }
    }
}

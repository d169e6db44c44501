/// What came of a program that a test has run to its end.
package struct RunResult: Sendable {
    /// How it ended.
    package let end: ChildProcess.End

    /// All it printed.
    package let standardOutput: String

    /// All it printed to standard error.
    package let standardError: String

    /// The most memory that it had resident, in bytes, as seen every few milliseconds.
    package let peakMemory: Int

    /// Its exit code; nil when a signal ended it.
    package var exitCode: Int32? {
        if case .exited(let code) = end { code } else { nil }
    }
}

/// Runs a program to its end; for one that is to be disturbed on the way, make a ``ChildProcess``.
///
/// - Parameters:
///   - environment: added to the environment of the tests.
///   - input: what it reads; nothing by default.
///   - limit: how long it may take, before it is killed and an error is thrown.
package func run(
    _ command: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    currentDirectory: String? = nil,
    input: String? = nil,
    limit: Duration = .seconds(300)
) async throws -> RunResult {
    let child = try ChildProcess(
        command,
        arguments,
        environment: environment,
        currentDirectory: currentDirectory,
        hasInput: input != nil
    )
    if let input {
        try await blocking {
            child.write(input)
            child.closeInput()
        }
    }
    let end = try await child.wait(limit: limit)
    return RunResult(
        end: end,
        standardOutput: child.standardOutput,
        standardError: child.standardError,
        peakMemory: child.peakMemory
    )
}

/// Runs a program that must succeed and returns what it printed; a failure carries what it said.
@discardableResult
package func mustRun(
    _ command: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    currentDirectory: String? = nil,
    input: String? = nil,
    limit: Duration = .seconds(300)
) async throws -> String {
    let result = try await run(
        command,
        arguments,
        environment: environment,
        currentDirectory: currentDirectory,
        input: input,
        limit: limit
    )
    guard result.exitCode == 0 else {
        let words = ([command] + arguments).joined(separator: " ")
        throw FixtureError("'\(words)' ended with \(result.end):\n\(result.standardOutput)\(result.standardError)")
    }
    return result.standardOutput
}

import DuckDB

/// The version of this program.
let pintailVersion = "0.1.0"

/// Prints versions: `pintail version`.
struct VersionCommand: Command {
    static let spec = CommandSpec(
        "version",
        .tools,
        "Print the version of Pintail and of the DuckDB it runs on",
        options: [.json]
    )

    private let asJSON: Bool

    init(_ arguments: ParsedArguments) { asJSON = arguments.has(.json) }

    func run(_ console: Console) throws -> ExitCode {
        let duckDB = Database.libraryVersion
        if asJSON {
            try console.print(#"{"duckdb":"\#(duckDB)","pintail":"\#(pintailVersion)"}"#)
        } else {
            try console.print("pintail \(pintailVersion) (DuckDB \(duckDB))")
        }
        return .success
    }
}

import CDuckDB
import Dispatch

/// An open DuckDB database; closed when the last connection and the last reference to it are gone.
///
/// One process at a time can have a file open for writing.
// Immutable after init; duckdb_connect may be called from any thread: https://duckdb.org/docs/stable/connect/concurrency
@safe public final class Database: @unchecked Sendable {
    private var handle: duckdb_database?
    /// What its connections are doing.
    package let statements = RunningStatements()
    /// Who waits for rows of its queries.
    let sinks = ChunkSinks()

    /// How a database is opened.
    public struct Options: Hashable, Sendable {
        /// What DuckDB may keep in memory, in bytes; it can go 30–50 % over.
        public var memoryLimit: Int64?
        /// DuckDB's worker threads; one per core when `nil`.
        public var threads: Int?
        /// Where DuckDB spills what does not fit.
        public var temporaryDirectory: String?
        /// Whether nothing can be written; such a database may be open in several processes.
        public var isReadOnly: Bool
        /// Any other setting, by DuckDB's name.
        public var settings: [String: String]

        /// DuckDB's defaults unless told otherwise.
        public init(
            memoryLimit: Int64? = nil,
            threads: Int? = nil,
            temporaryDirectory: String? = nil,
            isReadOnly: Bool = false,
            settings: [String: String] = [:]
        ) {
            self.memoryLimit = memoryLimit
            self.threads = threads
            self.temporaryDirectory = temporaryDirectory
            self.isReadOnly = isReadOnly
            self.settings = settings
        }
    }

    /// Opens the file at `path`, creating it if need be; `nil` is a database in memory.
    ///
    /// Nothing is fetched at run time: extensions are neither installed nor loaded unasked.
    public init(path: String? = nil, options: Options = Options()) throws(DuckDBError) {
        var configuration: duckdb_config?
        guard unsafe duckdb_create_config(&configuration) == DuckDBSuccess else {
            throw DuckDBError(.outOfMemory, "no memory for DuckDB's configuration")
        }
        defer { unsafe duckdb_destroy_config(&configuration) }
        for (name, value) in options.all {
            guard unsafe duckdb_set_config(configuration, name, value) == DuckDBSuccess else {
                throw DuckDBError(.invalidInput, "DuckDB does not take '\(value)' for its setting '\(name)'")
            }
        }
        var opened: duckdb_database?
        var reason: UnsafeMutablePointer<CChar>?
        guard unsafe duckdb_open_ext(path, &opened, configuration, &reason) == DuckDBSuccess else {
            defer { unsafe duckdb_free(reason) }
            throw DuckDBError(reported: unsafe reason.map { unsafe String(cString: $0) } ?? "cannot open", sql: nil)
        }
        unsafe handle = opened
        Self.openOnes.enter()
    }

    deinit {
        // It was never opened.
        guard unsafe handle != nil else { return }
        unsafe duckdb_close(&handle)
        Self.openOnes.leave()
    }

    private static let openOnes = DispatchGroup()

    /// Waits until all databases of the process are closed, for some seconds at most.
    ///
    /// A task hands its result on before it lets go of what it used. Who ends the process on getting the result would
    /// leave the last changes in DuckDB's log beside the file, to be taken over by whoever opens it next.
    public static func waitUntilAllAreClosed() { _ = openOnes.wait(timeout: .now() + 5) }

    /// Opens a connection; each has its own transactions, settings and temporary tables.
    public func connect() throws(DuckDBError) -> Connection {
        var opened: duckdb_connection?
        guard unsafe duckdb_connect(handle, &opened) == DuckDBSuccess else {
            throw DuckDBError(.outOfMemory, "DuckDB could not open a connection")
        }
        let connection = unsafe Connection(handle: opened, database: self)
        try unsafe sinks.register(on: opened)
        // Positions and candidates come only in this form; and progress is counted only where a bar is asked for.
        try connection.execute(
            "SET errors_as_json = true; SET enable_progress_bar = true; SET enable_progress_bar_print = false"
        )
        return connection
    }

    /// The version of the library in use, as "v1.5.5".
    public static var libraryVersion: String { unsafe String(cString: duckdb_library_version()) }
}

extension Database.Options {
    fileprivate var all: [String: String] {
        var all = settings
        all["autoinstall_known_extensions"] = "false"
        all["autoload_known_extensions"] = "false"
        if let memoryLimit { all["memory_limit"] = "\(memoryLimit)B" }
        if let threads { all["threads"] = String(threads) }
        if let temporaryDirectory { all["temp_directory"] = temporaryDirectory }
        if isReadOnly { all["access_mode"] = "READ_ONLY" }
        return all
    }
}

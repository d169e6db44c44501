import FoundationEssentials
import PintailProject

/// The two ends of a copy, understood from how they are written, and the connections they go through.
struct CopyEnds {
    /// One end: a table of a connection, files, or a standard stream.
    enum Place: Hashable {
        case table(connection: String, schema: String?, name: String?)
        case file(String)
        case standard
    }

    private(set) var connections: [String: ConnectionSettings] = [:]
    private var project: Project?

    /// Understands one end.
    ///
    /// - Parameter name: what its connection is called in messages, when its address makes one.
    mutating func place(_ text: String, named name: String, _ console: Console) throws -> Place {
        if text == "-" { return .standard }
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") { return try postgres(text, named: name) }
        let isFile = text.contains("/") || text.contains("*") || FileManager.default.fileExists(atPath: text)
        if !isFile, let place = try tableOfProject(text, console) { return place }
        if !isFile, let error = try unknownConnection(in: text, console) { throw error }
        try useStores(for: text, console)
        return .file(ProjectAccess.absolute(text))
    }

    /// Takes `postgres://user@host/database/schema.table?options` apart into an address of the server and a table.
    private mutating func postgres(_ text: String, named name: String) throws(UsageError) -> Place {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        // "postgres:", "", "user@host", "database", "schema.table"
        let steps = parts[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard steps.count >= 4, steps.count <= 5, !steps[3].isEmpty else {
            throw UsageError(
                .other("the \(name) names no database", hint: "write postgres://user@host/database/schema.table")
            )
        }
        let server = steps[..<4].joined(separator: "/") + (parts.count > 1 ? "?" + parts[1] : "")
        connections[name] = .postgres(PostgresSettings(url: Secret(server)))
        guard steps.count == 5, !steps[4].isEmpty else { return .table(connection: name, schema: nil, name: nil) }
        let table = steps[4].split(separator: ".", maxSplits: 1).map(String.init)
        return table.count == 2
            ? .table(connection: name, schema: table[0], name: table[1])
            : .table(connection: name, schema: nil, name: table[0])
    }

    /// `connection.schema.table` or `connection.table`, when the project around us has that connection.
    private mutating func tableOfProject(_ text: String, _ console: Console) throws -> Place? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), let settings = try connection(parts[0], console) else { return nil }
        connections[parts[0]] = settings
        return parts.count == 3
            ? .table(connection: parts[0], schema: parts[1], name: parts[2])
            : .table(connection: parts[0], schema: nil, name: parts[1])
    }

    /// What is written as a connection's table, and ends as no file does.
    private mutating func unknownConnection(in text: String, _ console: Console) throws -> UsageError? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, ProjectAccess.folder != nil, !Self.fileEndings.contains(parts[2].lowercased()) else {
            return nil
        }
        let known = try projectConnections(console).keys.sorted()
        let there = known.isEmpty ? "pintail.yml has no connections" : "there are \(known.joined(separator: ", "))"
        return UsageError(
            .other(
                "there is neither a file '\(text)' nor a connection '\(parts[0])'",
                hint: didYouMean(parts[0], among: known) ?? there
            )
        )
    }

    /// What the names of files end in, packed ones too.
    private static let fileEndings: Set<String> = [
        "csv", "txt", "tsv", "tab", "json", "ndjson", "jsonl", "parquet", "pq", "xlsx", "gz", "gzip", "zst", "zstd",
        "bz2", "xz", "zip",
    ]

    /// An address of an object store is reached by the project's own keys.
    private mutating func useStores(for text: String, _ console: Console) throws {
        guard text.hasPrefix("s3://"), ProjectAccess.folder != nil else { return }
        for (name, settings) in try projectConnections(console) {
            if case .s3 = settings { connections[name] = settings }
        }
    }

    private mutating func connection(_ name: String, _ console: Console) throws -> ConnectionSettings? {
        if ProjectAccess.folder != nil { return try projectConnections(console)[name] }
        guard let found = ProjectAccess().environmentConnection(), found.name == name else { return nil }
        return .postgres(found.settings)
    }

    private mutating func projectConnections(_ console: Console) throws -> [String: ConnectionSettings] {
        let loaded = try project ?? ProjectAccess().load(console).project
        project = loaded
        return loaded.connections
    }
}

extension CopyEnds.Place {
    /// What is read at this end.
    func source(query: String?) throws(UsageError) -> ExtractSource {
        switch self {
        case .table(let connection, _, _) where query != nil: return .query(connection: connection, sql: query ?? "")
        case .table(let connection, let schema, let name?):
            return .table(connection: connection, schema: schema, name: name)
        case .table:
            throw UsageError(.other("the source names no table", hint: "add /schema.table to it, or --query SQL"))
        case .file, .standard:
            if query != nil {
                throw UsageError(
                    .other(
                        "--query asks a database server",
                        hint: "'pintail query' asks files and writes with --output"
                    )
                )
            }
            if case .file(let path) = self { return .files([path]) }
            return .standardInput
        }
    }

    /// What is written at this end.
    var destination: Destination {
        get throws(UsageError) {
            switch self {
            case .table(let connection, let schema, let name?):
                .table(connection: connection, schema: schema, name: name)
            case .table: throw UsageError(.other("the destination names no table", hint: "add /schema.table to it"))
            case .file(let path): .file(path)
            case .standard: .standardOutput
            }
        }
    }

    /// A file is replaced as `cp` does it; a table may hold what is nowhere else.
    var defaultMode: LoadMode {
        if case .table = self { .fail } else { .replace }
    }

    /// A name for the table in between.
    var tableName: String? {
        switch self {
        case .table(_, _, let name): return name.map { $0.replacing("\"", with: "_").replacing(".", with: "_") }
        case .standard: return nil
        case .file(let path):
            let last = path.split(separator: "/").last ?? ""
            let stem = last.prefix { $0 != "." && $0 != "*" && $0 != "?" }
            let plain = String(stem.map { $0.isLetter || $0.isNumber ? $0 : "_" })
            return plain.isEmpty ? nil : plain
        }
    }
}

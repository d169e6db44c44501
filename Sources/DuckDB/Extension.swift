import FoundationEssentials

/// A DuckDB extension that Pintail ships, loaded from its own folder when first needed.
public enum Extension: String, CaseIterable, Sendable {
    case postgres = "postgres_scanner"
    case httpfs, icu, excel

    /// The extension's file; `nil` when it lies in none of the places it is looked for.
    package var path: String? {
        Self.folders.lazy.map { "\($0)/\(rawValue).duckdb_extension" }.first(where: FileManager.default.fileExists)
    }

    /// Beside the binary, in an installed prefix, then in the checkout that the binary was built in.
    package static let folders: [String] = {
        guard let binary = Bundleless.executablePath else { return [] }
        var folders: [String] = []
        var folder = Substring(binary)
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            if folders.isEmpty { folders = ["\(folder)/extensions", "\(folder)/../lib/pintail/extensions"] }
            folders.append("\(folder)/.deps/duckdb/extensions")
        }
        return folders
    }()
}

extension Connection {
    /// Loads an extension into the database, once; needs no network.
    public borrowing func load(_ wanted: Extension) throws(DuckDBError) {
        let isLoaded = try value(
            "SELECT coalesce(bool_or(loaded), false) FROM duckdb_extensions() WHERE extension_name = \(literal: wanted.rawValue)"
        )
        guard isLoaded != .boolean(true) else { return }
        guard let path = wanted.path else {
            throw DuckDBError(.io, "DuckDB's extension '\(wanted.rawValue)' is not installed beside Pintail")
        }
        try execute("LOAD \(literal: path)")
    }
}

private enum Bundleless {
    /// The running program's own file, links resolved.
    static var executablePath: String? {
        #if os(Linux)
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        #else
            CommandLine.arguments.first
        #endif
    }
}

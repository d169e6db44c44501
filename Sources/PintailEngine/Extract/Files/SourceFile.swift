import PintailOrchestrator

/// One file that an extract reads.
struct SourceFile: Hashable, Sendable {
    /// Where DuckDB finds it: an absolute path or a URL.
    var path: String
    /// How the user knows it: relative to the project where it lies inside it, `orders.zip/may.csv` inside an archive.
    var name: String
    /// How big it is; `nil` when it is not on this machine.
    var size: Bytes?
    /// Nanoseconds since 1970 when it was last changed; 0 when that is not known.
    var modified: Int64 = 0
    /// Whether it can be read only once, as the `/dev/fd/63` that a shell makes of `<(command)`.
    var isPipe = false

    /// What files are called together.
    static func name(of files: [SourceFile]) -> String {
        files.count == 1 ? files[0].name : "\(files.first?.name ?? "no file") and \(files.count - 1) more"
    }

    /// Whether it is reached over a network.
    var isRemote: Bool { Self.isRemote(path) }

    /// Whether a path is a URL that httpfs reads.
    static func isRemote(_ path: String) -> Bool { scheme(path) != nil }

    /// The scheme of a URL, in lower case.
    static func scheme(_ path: String) -> String? {
        guard let colon = path.range(of: "://") else { return nil }
        let scheme = path[..<colon.lowerBound].lowercased()
        return schemes.contains(scheme) ? scheme : nil
    }

    /// The schemes of addresses that httpfs reads.
    static let schemes = ["http", "https", "s3", "s3a", "s3n", "gcs", "gs", "r2", "hf"]
}

extension String {
    /// Where a text first stands in this one.
    fileprivate func range(of text: String) -> Range<Index>? {
        ranges(of: text).first
    }
}

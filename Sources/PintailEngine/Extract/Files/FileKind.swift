import PintailProject

/// How a file is packed, told by its first bytes.
enum Packing: String, Hashable, Sendable {
    case gzip, zstd, bzip2, xz, zip

    /// What the first bytes say; `nil` when they say nothing.
    init?(magic bytes: [UInt8]) {
        guard let found = Self.magics.first(where: { bytes.starts(with: $0.bytes) }) else { return nil }
        self = found.packing
    }

    /// What a file's last ending says.
    init?(ending: String) {
        switch ending {
        case "gz", "gzip": self = .gzip
        case "zst", "zstd": self = .zstd
        case "bz2": self = .bzip2
        case "xz": self = .xz
        case "zip": self = .zip
        default: return nil
        }
    }

    /// The numbers that RFC 1952, RFC 8878, bzip2, xz and PKWARE's APPNOTE prescribe.
    private static let magics: [(bytes: [UInt8], packing: Packing)] = [
        ([0x1F, 0x8B], .gzip), ([0x28, 0xB5, 0x2F, 0xFD], .zstd), (Array("BZh".utf8), .bzip2),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz), ([0x50, 0x4B, 0x03, 0x04], .zip),
        ([0x50, 0x4B, 0x05, 0x06], .zip),
    ]
}

/// What a file's name tells: the format, and how it is packed.
struct FileNameEndings: Hashable {
    let format: FileFormat?
    let packing: Packing?
    /// The name without the packing's ending.
    let unpackedName: String

    /// Reads `orders.csv.gz` from the right.
    init(_ path: String) {
        // A URL may carry a query, which is no ending.
        let name = SourceFile.isRemote(path) ? path.prefix(while: { $0 != "?" && $0 != "#" }) : path[...]
        let (stem, ending) = Self.split(name)
        packing = Packing(ending: ending)
        unpackedName = packing == nil ? String(name) : String(stem)
        format = Self.format(packing == nil ? ending : Self.split(stem).ending)
    }

    private static func split(_ name: Substring) -> (stem: Substring, ending: String) {
        let last = name.lastIndex(of: "/").map { name[name.index(after: $0)...] } ?? name
        guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return (name, "") }
        return (name[..<dot], last[last.index(after: dot)...].lowercased())
    }

    private static func format(_ ending: String) -> FileFormat? {
        switch ending {
        case "csv", "txt": .csv
        case "tsv", "tab": .tsv
        case "json": .json
        case "ndjson", "jsonl": .ndjson
        case "parquet", "parq", "pq": .parquet
        case "xlsx": .xlsx
        default: nil
        }
    }
}

extension FileFormat {
    /// What a file's first bytes look like; a file that looks like nothing else is delimited text.
    init(content bytes: [UInt8]) {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let first = text.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
        if bytes.starts(with: Array("PAR1".utf8)) {
            self = .parquet
        } else if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            self = .json
        } else {
            self = .csv
        }
    }
}

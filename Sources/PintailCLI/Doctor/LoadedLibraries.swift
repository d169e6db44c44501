#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The C libraries that are in the process, found in the kernel's own list of what is mapped.
enum LoadedLibraries {
    private static let wanted = ["libduckdb", "libpq", "libsqlite3", "libyaml", "libarchive"]

    /// One finding for all; none where the system has no such list.
    static var findings: [Finding] {
        let paths = Set(
            mapped.split(separator: "\n").compactMap { line in
                line.firstIndex(of: "/").map { String(line[$0...]) }
            }
        )
        let names = wanted.compactMap { name in
            // `libpq.so.5.15`: what follows `.so.` is the version.
            paths.first { $0.contains("/\(name)") }.flatMap { $0.split(separator: "/").last }.map(String.init)
        }
        return names.isEmpty ? [] : [.ok("libraries", names.joined(separator: ", "))]
    }

    /// The kernel makes this file up piece by piece, so that it has to be read to its end.
    private static var mapped: String {
        let file = unsafe open("/proc/self/maps", O_RDONLY)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(file, &piece, piece.count)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += piece[..<count]
        }
    }
}

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder of one's own that goes with its owner.
struct ScratchSpace: ~Copyable {
    let path: String

    init(_ environment: [String: String]) throws(Diagnostic) {
        let parent = environment["TMPDIR"].map { $0.isEmpty ? "/tmp" : $0 } ?? "/tmp"
        path = parent + "/pintail-" + UUID().uuidString.lowercased()
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Diagnostic("no folder can be made in \(parent)", hint: "name another with TMPDIR")
        }
    }

    deinit {
        // Nobody is left to tell that a file of ours is still there.
        try? FileManager.default.removeItem(atPath: path)
    }
}

import FoundationEssentials
import PintailProject

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a run under way has done so far, a line a node, so that one that is killed can be gone on with.
///
/// It is there as long as its run is; `run_results.json` takes its place.
final class RunJournal: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Begins a journal; nil where it cannot be written, as without it the run is as good.
    init?(of project: DbtProject, nodes: [String], arguments: ConfigObject) {
        path = project.root.directory + "/" + EarlierState.journalName
        var writer = JSONWriter()
        writer.object { writer in
            writer.entry("args", .object(arguments))
            writer.entry("nodes", .list(nodes.map { .string($0) }))
        }
        // In one step: a journal is whole or not there.
        let begun = path + "-begun"
        guard PlainFile.write(writer.bytes + [0x0A], to: begun) else { return nil }
        descriptor = unsafe open(begun, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0, unsafe rename(begun, path) == 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// A node is done and need not be done again.
    func note(_ id: String) {
        let line = Array((id + "\n").utf8)
        // A line is shorter than what one call writes; one that is lost means work that is done twice.
        _ = unsafe write(descriptor, line, line.count)
    }

    /// The run has ended, and its results are written.
    func end() { unsafe unlink(path) }
}

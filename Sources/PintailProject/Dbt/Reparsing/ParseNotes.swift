import Jinja
import Synchronization

/// What a ``ParseRecord`` has to say of a reading, gathered on the way.
struct ParseNotes {
    /// What the templates of nodes asked for, by unique id.
    private(set) var recordings: [String: Fingerprint] = [:]
    /// The templates without the text that they only print, by unique id.
    private(set) var skeletons: [String: Fingerprint] = [:]
    /// Texts that were read, by their absolute paths.
    private(set) var texts: [String: Fingerprint] = [:]
    /// Folders that were gone through.
    private(set) var listings: [ParseRecord.Listing] = []

    mutating func note(_ recording: Recording, of uniqueID: String, code: String) {
        recordings[uniqueID] = Fingerprint(recording)
        skeletons[uniqueID] = Fingerprint(skeletonOf: code)
    }

    mutating func note(_ file: SourceFile, at path: String) { texts[path] = Fingerprint(file.bytes) }

    mutating func note(_ names: [String], in folder: String) {
        listings.append(ParseRecord.Listing(folder: folder, kind: .tree, names: names))
    }
}

/// What templates asked of the world around the project.
final class AskedNames: Sendable {
    private struct State {
        var variables: Set<String> = []
        var isVolatile = false
    }

    private let state = Mutex(State())

    /// Names whose values are others every time.
    private static let volatile: Set<String> = ["modules", "run_started_at"]

    var variables: [String] { state.withLock { $0.variables.sorted() } }

    /// Whether another reading at another time could give something else.
    var isVolatile: Bool { state.withLock { $0.isVolatile } }

    func note(variable name: String) { state.withLock { _ = $0.variables.insert(name) } }

    func note(name: String) {
        guard Self.volatile.contains(name) else { return }
        state.withLock { $0.isVolatile = true }
    }
}

extension Fingerprint {
    /// Of what a template does; none for what is no template.
    init(skeletonOf code: String) {
        let isTemplate = DbtTemplates.isTemplate(code)
        let skeleton = isTemplate ? TemplateSkeleton.bytes(of: code, in: DbtTemplates.parsing) : nil
        self = skeleton.map { Fingerprint($0) } ?? .none
    }

    /// Of what a template asked for: whatever of it reaches the node.
    init(_ recording: Recording) {
        var writer = JSONWriter()
        writer.list([()]) { writer, _ in
            writer.writeRefs(recording.refs)
            writer.list(recording.sources) { $0.value(.list($1.map { .string($0) })) }
            writer.list(recording.metrics) { $0.value(.list($1.map { .string($0) })) }
            writer.list(recording.configs) { $0.value(.object($1)) }
            writer.value(.list(recording.macros.map { .string($0) }))
        }
        self.init(writer.bytes)
    }
}

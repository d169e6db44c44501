/// What a manifest was read from, and where in it stands what an edit of one file changes.
///
/// It lies beside the manifest. Another program, another project, other options or a byte that is not its own make it
/// none: then the project is read from the beginning.
struct ParseRecord: Sendable {
    /// The program, the project's folder and whatever else was chosen.
    var identity: Fingerprint
    /// Environment variables that were asked for, with their values.
    var variables: [Variable]
    /// Folders with the files that were found in them.
    var listings: [Listing]
    /// Everything that was read, or would be.
    var files: [File]
    /// The manifest that was written.
    var manifest: FileStamp
    /// Where the facts of the run that wrote it stand in it.
    var metadata: [Range<Int>]
    /// Nodes that have a file of their own, in the manifest's order.
    var nodes: [NodePlaces]
    /// Whether `ref`, `source` and `config` mean what they mean everywhere.
    var recordsCalls: Bool
    /// What is doubtful in the project.
    var warnings: [Diagnostic]
    var counts: ParseCounts

    struct Variable: Equatable, Sendable {
        var name: String
        var value: String?
    }

    struct Listing: Equatable, Sendable {
        /// What was looked for in a folder.
        enum Kind: Int {
            /// Files, in the folders in it as well.
            case tree
            /// Project files, which lie in the folder itself.
            case projectFiles
            /// Names of whatever lies in it.
            case names
        }

        var folder: String
        var kind: Kind
        var names: [String]
    }

    struct File: Sendable {
        /// Absolute.
        var path: String
        /// ``FileStamp/none`` where another content could have the same one.
        var stamp: FileStamp
        /// Of the text; none where the content was not read as one.
        var fingerprint: Fingerprint
    }

    /// Where a node stands in the manifest, and what its template asked for.
    struct NodePlaces: Sendable {
        /// The file, absolute.
        var path: String
        var name: String
        var package: String
        var kind: ResourceKind
        /// Whether its checksum is no checksum: a large seed.
        var isKnownByPath: Bool
        var recording: Fingerprint
        /// Of the template without the text that it only prints; none for what is no template.
        var skeleton: Fingerprint
        var checksum: Range<Int>
        var createdAt: Range<Int>
        var code: Range<Int>
    }
}

extension ParseRecord {
    /// Changes with everything that is written otherwise.
    private static let magic = Array("pintail parse 2\n".utf8)

    var bytes: [UInt8] {
        // A file or node takes some two hundred bytes.
        var writer = RecordWriter(reserving: 256 * (files.count + nodes.count) + 4096)
        writer.fingerprint(identity)
        writer.list(variables) { writer, variable in
            writer.text(variable.name)
            writer.optional(variable.value)
        }
        writer.list(listings) { writer, listing in
            writer.text(listing.folder)
            writer.number(listing.kind.rawValue)
            writer.list(listing.names) { $0.text($1) }
        }
        writer.list(files) { writer, file in
            writer.text(file.path)
            writer.stamp(file.stamp)
            writer.fingerprint(file.fingerprint)
        }
        writer.stamp(manifest)
        writer.list(metadata) { $0.range($1) }
        writer.list(nodes) { $0.node($1) }
        writer.number(recordsCalls ? 1 : 0)
        writer.list(warnings) { $0.diagnostic($1) }
        writer.counts(counts)
        var sum = RecordWriter()
        sum.fingerprint(Fingerprint(writer.bytes))
        return Self.magic + sum.bytes + writer.bytes
    }

    /// Reads a record; nil for bytes that are none.
    init?(_ bytes: [UInt8]) {
        let start = Self.magic.count + 16
        guard bytes.count > start, bytes.starts(with: Self.magic) else { return nil }
        let sum = unsafe bytes.withUnsafeBytes { unsafe Fingerprint(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        do throws(RecordReader.Foreign) {
            var head = RecordReader(bytes, from: Self.magic.count, to: start)
            guard try head.fingerprint() == sum else { return nil }
            var reader = RecordReader(bytes, from: start, to: bytes.count)
            identity = try reader.fingerprint()
            variables = try reader.list { reader throws(RecordReader.Foreign) in
                Variable(name: try reader.text(), value: try reader.optional())
            }
            listings = try reader.list { reader throws(RecordReader.Foreign) in
                Listing(
                    folder: try reader.text(),
                    kind: try reader.listingKind(),
                    names: try reader.list { reader throws(RecordReader.Foreign) in try reader.text() }
                )
            }
            files = try reader.list { reader throws(RecordReader.Foreign) in
                File(path: try reader.text(), stamp: try reader.stamp(), fingerprint: try reader.fingerprint())
            }
            manifest = try reader.stamp()
            metadata = try reader.list { reader throws(RecordReader.Foreign) in try reader.range() }
            nodes = try reader.list { reader throws(RecordReader.Foreign) in try reader.node() }
            recordsCalls = try reader.number() == 1
            warnings = try reader.list { reader throws(RecordReader.Foreign) in try reader.diagnostic() }
            counts = try reader.counts()
        } catch {
            return nil
        }
    }
}

extension RecordWriter {
    fileprivate mutating func range(_ range: Range<Int>) {
        number(range.lowerBound)
        number(range.upperBound)
    }

    fileprivate mutating func node(_ node: ParseRecord.NodePlaces) {
        text(node.path)
        text(node.name)
        text(node.package)
        text(node.kind.rawValue)
        number(node.isKnownByPath ? 1 : 0)
        fingerprint(node.recording)
        fingerprint(node.skeleton)
        range(node.checksum)
        range(node.createdAt)
        range(node.code)
    }

    fileprivate mutating func diagnostic(_ diagnostic: Diagnostic) {
        text(diagnostic.message)
        optional(diagnostic.hint)
        optional(diagnostic.location?.file)
        for number in [diagnostic.location?.line, diagnostic.location?.column, diagnostic.location?.length] {
            self.number(number ?? 0)
        }
    }

    fileprivate mutating func counts(_ counts: ParseCounts) {
        list(counts.nodes.sorted { $0.key.rawValue < $1.key.rawValue }) { writer, count in
            writer.text(count.key.rawValue)
            writer.number(count.value)
        }
        number(counts.sources)
        number(counts.unitTests)
    }
}

extension RecordReader {
    fileprivate mutating func range() throws(Foreign) -> Range<Int> {
        let (start, end) = (try number(), try number())
        guard start >= 0, start <= end else { throw Foreign() }
        return start..<end
    }

    fileprivate mutating func listingKind() throws(Foreign) -> ParseRecord.Listing.Kind {
        guard let kind = ParseRecord.Listing.Kind(rawValue: try number()) else { throw Foreign() }
        return kind
    }

    fileprivate mutating func kind() throws(Foreign) -> ResourceKind {
        guard let kind = ResourceKind(rawValue: try text()) else { throw Foreign() }
        return kind
    }

    fileprivate mutating func node() throws(Foreign) -> ParseRecord.NodePlaces {
        ParseRecord.NodePlaces(
            path: try text(),
            name: try text(),
            package: try text(),
            kind: try kind(),
            isKnownByPath: try number() == 1,
            recording: try fingerprint(),
            skeleton: try fingerprint(),
            checksum: try range(),
            createdAt: try range(),
            code: try range()
        )
    }

    fileprivate mutating func diagnostic() throws(Foreign) -> Diagnostic {
        let (message, hint, file) = (try text(), try optional(), try optional())
        let (line, column, length) = (try number(), try number(), try number())
        let location = file.map { SourceLocation(file: $0, line: line, column: column, length: length) }
        return Diagnostic(message, at: location, hint: hint, severity: .warning)
    }

    fileprivate mutating func counts() throws(Foreign) -> ParseCounts {
        var counts = ParseCounts()
        let all = try list { reader throws(Foreign) in (try reader.kind(), try reader.number()) }
        for (kind, count) in all { counts.nodes[kind] = count }
        counts.sources = try number()
        counts.unitTests = try number()
        return counts
    }
}

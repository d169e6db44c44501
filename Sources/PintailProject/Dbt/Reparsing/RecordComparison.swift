/// Compares a project's files with what was noted when they were read.
struct RecordComparison {
    /// The record with what is known of the files now.
    private(set) var record: ParseRecord
    private let folder: String
    private let options: DbtProject.Options
    private let template: EditedTemplate
    private let started: Int64

    init(
        _ record: ParseRecord,
        _ folder: String,
        _ options: DbtProject.Options,
        _ asked: AskedNames,
        _ started: Int64
    ) {
        self.record = record
        self.folder = folder
        self.options = options
        self.started = started
        template = EditedTemplate(root: folder, options: options, recordsCalls: record.recordsCalls, asked: asked)
    }

    /// What becomes of the manifest; nil where more has changed than a manifest's entries can take.
    mutating func patch() -> ManifestPatch? {
        guard record.variables.allSatisfy({ options.environment[$0.name] == $0.value }),
            record.listings.allSatisfy({ ProjectSurroundings.listing($0.kind, $0.folder) == $0 })
        else { return nil }
        var patch = ManifestPatch()
        var nodes: [String: Int]?
        for place in record.files.indices {
            // Looked at before it is read: what changes afterwards is seen the next time.
            let stamp = FileStamp(of: record.files[place].path)
            guard stamp != record.files[place].stamp else { continue }
            record.files[place].stamp = stamp.isSettled(before: started) ? stamp : .none
            let known = nodes ?? Dictionary(record.nodes.indices.map { (record.nodes[$0].path, $0) }) { $1 }
            nodes = known
            if let node = known[record.files[place].path] {
                guard take(record.nodes[node], &patch) else { return nil }
            } else {
                let file = record.files[place]
                guard file.fingerprint != .none, Fingerprint.ofText(at: file.path) == file.fingerprint else {
                    return nil
                }
            }
        }
        return patch
    }

    /// Takes an edited file over, where its node stays what it is.
    private func take(_ node: ParseRecord.NodePlaces, _ patch: inout ManifestPatch) -> Bool {
        // A place in it that is told of may be another one now.
        let shown = ProjectFiles(root: folder).shown(node.path)
        guard !record.warnings.contains(where: { $0.location?.file == shown }) else { return false }
        return node.kind == .seed ? takeSeed(node, &patch) : takeTemplate(node, &patch)
    }

    private func takeSeed(_ node: ParseRecord.NodePlaces, _ patch: inout ManifestPatch) -> Bool {
        guard (FileBytes.size(of: node.path) > SeedChecksum.largest) == node.isKnownByPath else { return false }
        if node.isKnownByPath { return true }
        guard let checksum = SeedChecksum.of(node.path) else { return false }
        patch.replace(node.checksum, with: .string(checksum))
        patch.replace(node.createdAt, with: .double(options.now))
        return true
    }

    private func takeTemplate(_ node: ParseRecord.NodePlaces, _ patch: inout ManifestPatch) -> Bool {
        guard let file = try? ProjectFiles(root: folder).read(node.path) else { return false }
        let code = String(decoding: file.bytes, as: UTF8.self).trimmed
        guard node.kind == .model || !code.isEmpty, asksForTheSame(code, node) else { return false }
        patch.replace(node.checksum, with: .string(Digest.sha256(code.utf8)))
        patch.replace(node.createdAt, with: .double(options.now))
        patch.replace(node.code, with: .string(code))
        return true
    }

    /// Where the tags are the same, so is what they ask for: what else could answer otherwise has not changed.
    private func asksForTheSame(_ code: String, _ node: ParseRecord.NodePlaces) -> Bool {
        let skeleton = Fingerprint(skeletonOf: code)
        if skeleton != .none, skeleton == node.skeleton { return true }
        guard let recording = try? template.recording(of: code, node) else { return false }
        return Fingerprint(recording) == node.recording
    }
}

extension ParseRecord {
    /// Moves all places to where they are once the manifest is changed.
    mutating func move(by patch: ManifestPatch) {
        var moves = patch.moves
        for place in metadata.indices { metadata[place] = moves.moved(metadata[place]) }
        for place in nodes.indices {
            nodes[place].checksum = moves.moved(nodes[place].checksum)
            nodes[place].createdAt = moves.moved(nodes[place].createdAt)
            nodes[place].code = moves.moved(nodes[place].code)
        }
    }
}

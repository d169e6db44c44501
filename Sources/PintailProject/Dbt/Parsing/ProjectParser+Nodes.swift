import Jinja

/// What is known of a node before its template is rendered.
struct NodeDraft {
    let kind: ResourceKind
    let name: String
    let package: DbtPackage
    let path: String
    let original: String
    let fqn: [String]
    let uniqueID: String
    let code: String
    /// Where the code begins in its file.
    var codeStart = TextStart()
    /// The file as it is shown in messages.
    let shown: String
    var checksum: String?
    var isKnownByPath = false
    /// `sql` or `python`.
    var language = "sql"
    var version: ModelVersion?
    var patch: PropertyPatch?
    /// Configurations that are stronger than property files and weaker than the template.
    var configs: [ConfigObject] = []
    var location: SourceLocation { SourceLocation(file: shown, line: 1, column: 1) }
}

extension ProjectParser {
    /// Reads the models, seeds, snapshots, analyses and singular tests of a package.
    func readNodes(of package: DbtPackage) {
        let versions = versionedFiles(of: package)
        for found in list(package.modelPaths, of: package, endings: [".sql", ".py"]) {
            readModel(found, package, versions)
        }
        for found in list(package.seedPaths, of: package, endings: [".csv"]) { readSeed(found, package) }
        for found in list(package.snapshotPaths, of: package, endings: [".sql"]) { readSnapshots(found, package) }
        for found in list(package.analysisPaths, of: package, endings: [".sql"]) {
            readFile(.analysis, found, package, folder: "analysis")
        }
        for found in list(package.testPaths, of: package, endings: [".sql"])
        where !found.isOfKind("generic", "fixtures") {
            readFile(.test, found, package, folder: nil)
        }
    }

    private func versionedFiles(of package: DbtPackage) -> [String: ModelVersion] {
        var files: [String: ModelVersion] = [:]
        for (key, patch) in patches where key.section == "models" && key.package == package.name {
            for version in ModelVersion.all(of: patch) {
                let stem = version.entry["defined_in"]?.string ?? "\(key.name)_v\(version.number.plainText)"
                files[stem] = version
                if version.number.plainText == version.latest.plainText, files[key.name] == nil {
                    files[key.name] = version
                }
            }
        }
        return files
    }

    private func readModel(_ found: FoundFile, _ package: DbtPackage, _ versions: [String: ModelVersion]) {
        guard let file = read(found.original, of: package) else { return }
        let version = versions[found.stem]
        let name = version?.patch.name ?? found.stem
        let suffix = version.map { ".v" + $0.number.plainText } ?? ""
        let code = String(decoding: file.bytes, as: UTF8.self).trimmed
        var draft = NodeDraft(
            kind: .model,
            name: name,
            package: package,
            path: found.path,
            original: found.original,
            fqn: [package.name] + found.folders + [name] + (version.map { ["v" + $0.number.plainText] } ?? []),
            uniqueID: "model.\(package.name).\(name)\(suffix)",
            code: code,
            shown: file.path
        )
        draft.codeStart = file.startOfText
        draft.version = version
        draft.patch = version?.patch ?? takePatch("models", package, name)
        if let version {
            usedPatches.insert(PatchKey(section: "models", package: package.name, name: version.patch.name))
        }
        draft.checksum = Digest.sha256(code.utf8)
        if found.path.hasSuffix(".py") { draft.language = "python" }
        add(draft)
    }

    private func readSeed(_ found: FoundFile, _ package: DbtPackage) {
        var draft = NodeDraft(
            kind: .seed,
            name: found.stem,
            package: package,
            path: found.path,
            original: found.original,
            fqn: [package.name] + found.folders + [found.stem],
            uniqueID: "seed.\(package.name).\(found.stem)",
            code: "",
            shown: shown(found.original, of: package)
        )
        draft.patch = takePatch("seeds", package, found.stem)
        let path = package.directory + "/" + found.original
        draft.isKnownByPath = FileBytes.size(of: path) > SeedChecksum.largest
        draft.checksum = draft.isKnownByPath ? found.original : SeedChecksum.of(path)
        add(draft)
    }

    private func readSnapshots(_ found: FoundFile, _ package: DbtPackage) {
        guard let file = read(found.original, of: package) else { return }
        for block in TextBlocks.blocks("snapshot", in: file) {
            let code = block.text
            var draft = NodeDraft(
                kind: .snapshot,
                name: block.name,
                package: package,
                path: found.path,
                original: found.original,
                fqn: [package.name] + found.folders + [found.stem, block.name],
                uniqueID: "snapshot.\(package.name).\(block.name)",
                code: code,
                shown: file.path
            )
            draft.codeStart = block.start
            draft.patch = takePatch("snapshots", package, block.name)
            draft.checksum = Digest.sha256(String(decoding: file.bytes, as: UTF8.self).trimmed.utf8)
            add(draft)
        }
    }

    /// A snapshot that stands in a property file alone.
    func declareSnapshot(_ patch: PropertyPatch) {
        guard let package = packages.first(where: { $0.name == patch.package }) else { return }
        let written = patch.node["relation"]
        let relation = rendered(nil, patch).string ?? written?.string ?? ""
        let before = "select * from {{ "
        let code = before + relation + " }}"
        var draft = NodeDraft(
            kind: .snapshot,
            name: patch.name,
            package: package,
            path: patch.file.path + "/" + patch.name + ".sql",
            original: patch.file.original,
            fqn: [package.name] + patch.file.folders + [patch.name],
            uniqueID: "snapshot.\(package.name).\(patch.name)",
            code: code,
            shown: patch.document.file.path
        )
        if let written {
            let place = patch.document.location(of: written)
            draft.codeStart = TextStart(line: place.line, column: place.column - before.count)
        }
        draft.patch = patch
        draft.checksum = Digest.sha256(String(decoding: patch.document.file.bytes, as: UTF8.self).trimmed.utf8)
        add(draft)
    }

    private func readFile(_ kind: ResourceKind, _ found: FoundFile, _ package: DbtPackage, folder: String?) {
        guard let file = read(found.original, of: package) else { return }
        let code = String(decoding: file.bytes, as: UTF8.self).trimmed
        guard !code.isEmpty else { return }
        var draft = NodeDraft(
            kind: kind,
            name: found.stem,
            package: package,
            path: (folder.map { $0 + "/" } ?? "") + found.path,
            original: found.original,
            fqn: [package.name] + (folder.map { [$0] } ?? []) + found.folders + [found.stem],
            uniqueID: "\(kind.rawValue).\(package.name).\(found.stem)",
            code: code,
            shown: file.path
        )
        draft.codeStart = file.startOfText
        draft.patch = takePatch(kind == .analysis ? "analyses" : "data_tests", package, found.stem)
        draft.checksum = Digest.sha256(code.utf8)
        add(draft)
    }

    private func takePatch(_ section: String, _ package: DbtPackage, _ name: String) -> PropertyPatch? {
        let key = PatchKey(section: section, package: package.name, name: name)
        let own = patches[key]
        if own != nil { usedPatches.insert(key) }
        guard let stray = strayPatch(section, name, not: package) else { return own }
        usedPatches.insert(PatchKey(section: section, package: stray.package, name: name))
        if let own { noteDescribedTwice(own, first: stray) }
        return own ?? stray
    }

    /// What another package says under this name though it has nothing of the name itself: then it means this one.
    private func strayPatch(_ section: String, _ name: String, not owner: DbtPackage) -> PropertyPatch? {
        guard packages.count > 1, ["models", "seeds", "snapshots"].contains(section) else { return nil }
        for package in packages.reversed() where package.name != owner.name {
            let key = PatchKey(section: section, package: package.name, name: name)
            guard let patch = patches[key], !usedPatches.contains(key), patch.node["versions"] == nil else { continue }
            if !referableNames(of: package).contains(name) { return patch }
        }
        return nil
    }

    /// Names of a package that `ref` finds, as far as its files tell them.
    private func referableNames(of package: DbtPackage) -> Set<String> {
        if let known = fileNames[package.name] { return known }
        var names = Set(list(package.modelPaths, of: package, endings: [".sql", ".py"]).map(\.stem))
        names.formUnion(list(package.seedPaths, of: package, endings: [".csv"]).map(\.stem))
        for found in list(package.snapshotPaths, of: package, endings: [".sql"]) {
            guard let file = read(found.original, of: package) else { continue }
            names.formUnion(TextBlocks.blocks("snapshot", in: file).map(\.name))
        }
        fileNames[package.name] = names
        return names
    }
}

extension FoundFile {
    /// Whether it lies in one of these folders of `tests`, which hold no singular tests.
    fileprivate func isOfKind(_ names: String...) -> Bool { names.contains { path.hasPrefix($0 + "/") } }
}

/// The fingerprint of a seed's content.
enum SeedChecksum {
    /// Larger files are known by their path, as in dbt.
    static let largest = 1 << 20

    static func of(_ path: String) -> String? {
        guard let bytes = FileBytes.read(path) else { return nil }
        return Digest.sha256(String(decoding: bytes, as: UTF8.self).trimmed.utf8)
    }
}

extension ProjectParser {
    /// Turns names into unique ids, and says which of them lead nowhere.
    func resolve() {
        let index = ReferenceIndex(manifest, root: root.name)
        var (nodes, exposures, models) = (manifest.nodes, manifest.exposures, manifest.semanticModels)
        nodes.updateEach { node in
            node.dependsOnNodes = resolved(node, index)
            // As dbt has it: the test stays in the manifest, and is switched off.
            if node.kind == .test, !index.resolves(all: node) { node.config["enabled"] = false }
        }
        PrimaryKeys.fill(in: &nodes)
        exposures.updateEach { resolve(&$0, index) }
        models.updateEach { resolve(&$0, index) }
        (manifest.nodes, manifest.exposures, manifest.semanticModels) = (nodes, exposures, models)
        resolveSemantics()
        checkAccess()
        checkNames()
        problems += Cycles.find(in: manifest)
    }

    private func resolved(_ node: Node, _ index: ReferenceIndex) -> [String] {
        var found: [String] = []
        let subject =
            node.kind == .test && node.test != nil ? "the test '\(node.name)'" : "\(node.kind.rawValue) '\(node.name)'"
        let isHarmless = node.kind == .test
        // dbt looks sources up before everything else.
        for names in node.sources {
            switch index.resolve(source: names, from: node.package) {
            case .found(let id): found.append(id)
            case .disabled where isHarmless && node.fileKeyName == "sources.\(names[0])": break
            case .disabled:
                noteDangling(
                    subject,
                    "the source '\(names.joined(separator: "."))', which is disabled",
                    node.location,
                    nil,
                    isHarmless
                )
            case .missing:
                noteDangling(
                    subject,
                    "the source '\(names.joined(separator: "."))', which does not exist",
                    place(of: names.last ?? "", in: node),
                    index.nearest(toSource: names),
                    isHarmless
                )
            }
        }
        for ref in node.refs {
            switch index.resolve(ref, from: node.package) {
            case .found(let id): found.append(id)
            case .disabled where isHarmless && node.fileKeyName?.hasSuffix(".\(ref.name)") == true: break
            case .disabled:
                noteDangling(subject, "'\(ref.name)', which is disabled", node.location, nil, isHarmless)
            case .missing:
                noteDangling(
                    subject,
                    "'\(ref.text)', which does not exist",
                    place(of: ref.name, in: node),
                    index.nearest(to: ref),
                    isHarmless
                )
            }
        }
        return Self.unique(found)
    }

    private func resolve(_ resource: inout Resource, _ index: ReferenceIndex) {
        let subject = "\(resource.kind.rawValue) '\(resource.name)'"
        var found: [String] = []
        for names in resource.sources {
            if case .found(let id) = index.resolve(source: names, from: resource.package) {
                found.append(id)
            } else {
                noteDangling(
                    subject,
                    "the source '\(names.joined(separator: "."))', which does not exist",
                    resource.location,
                    index.nearest(toSource: names),
                    false
                )
            }
        }
        for ref in resource.refs {
            if case .found(let id) = index.resolve(ref, from: resource.package) {
                found.append(id)
            } else {
                noteDangling(
                    subject,
                    "'\(ref.text)', which does not exist",
                    resource.location,
                    index.nearest(to: ref),
                    false
                )
            }
        }
        resource.dependsOnNodes = Self.unique(found)
    }

    /// Tests of what is not there are no tests, and everything else goes on without them, as in dbt.
    private func noteDangling(
        _ subject: String,
        _ what: String,
        _ location: SourceLocation,
        _ hint: String?,
        _ isHarmless: Bool
    ) {
        problems.append(
            Diagnostic(
                "\(subject) refers to \(what)",
                at: location,
                hint: hint,
                severity: isHarmless ? .warning : .error
            )
        )
    }

    /// Where a name stands within quotes in a node's file; its beginning where it is made while rendering.
    func place(of name: String, in node: Node) -> SourceLocation {
        guard node.test == nil, node.kind != .operation, node.location.line == 1,
            let file = try? files.read(node.location.file)
        else { return node.location }
        let wanted = Array(name.utf8)
        let quotes: [UInt8] = [UInt8(ascii: "'"), UInt8(ascii: "\"")]
        for place in file.bytes.indices where quotes.contains(file.bytes[place]) {
            let end = place + 1 + wanted.count
            guard end < file.bytes.count, file.bytes[end] == file.bytes[place],
                file.bytes[(place + 1)..<end].elementsEqual(wanted)
            else { continue }
            var location = file.location(offset: place)
            location.length = name.unicodeScalars.count + 2
            return location
        }
        return node.location
    }
}

extension RefCall {
    fileprivate var text: String {
        (package.map { $0 + "." } ?? "") + name + (version.isNull ? "" : " version " + version.plainText)
    }
}

import Jinja

extension ProjectParser {
    /// Reads the macros of a package: its `macros` folders and `tests/generic`.
    func readMacros(of package: DbtPackage) {
        let generic = package.testPaths.map { $0 + "/generic" }
        for found in list(package.macroPaths + generic, of: package, endings: [".sql"]) {
            guard let file = read(found.original, of: package) else { continue }
            do {
                let text = String(decoding: file.bytes, as: UTF8.self)
                let entries = try MacroFile.macros(
                    in: text,
                    path: found.original,
                    shownAs: file.path,
                    package: package.name
                )
                for var entry in entries {
                    entry.createdAt = now
                    if let other = macros.add(entry) { noteDouble(entry, other) }
                }
            } catch {
                note(error, "the macros of '\(package.name)' cannot be read", at: nil)
            }
        }
    }

    private func noteDouble(_ macro: MacroEntry, _ other: MacroEntry) {
        let first = other.definition.location
        problems.append(
            Diagnostic(
                "there are two macros '\(macro.name)' in '\(macro.package)'",
                at: SourceLocation(macro.definition.location),
                hint: "the other is at \(first.template):\(first.line)"
            )
        )
    }

    /// Adds what property files say of macros, and puts them all into the manifest.
    func describeMacros() {
        let tellsArguments = root.flags["validate_macro_args"]?.bool ?? false
        for macro in macros.all {
            var macro = macro
            let key = PatchKey(section: "macros", package: macro.package, name: macro.name)
            if let patch = patches[key] {
                usedPatches.insert(key)
                macro.description = description(of: patch.node, patch)
                let docs = patch.node["config"]?["docs"]?.value.object ?? patch.node["docs"]?.value.object
                macro.docs = macro.docs.merging(docs ?? [:])
                macro.meta = patch.node["meta"]?.value.object ?? patch.node["config"]?["meta"]?.value.object ?? [:]
                macro.patchPath = "\(patch.package)://\(patch.file.original)"
                macro.arguments = (patch.node["arguments"]?.items ?? []).map { argument in
                    [
                        "name": argument["name"]?.value ?? .null, "type": argument["type"]?.value ?? .null,
                        "description": .string(description(of: argument, patch)),
                    ]
                }
            }
            if macro.arguments.isEmpty, tellsArguments { macro.arguments = MacroFile.arguments(of: macro.definition) }
            manifest.macros[macro.uniqueID] = macro
        }
    }

    /// A docs block's text; what stands in braces is filled in, without any names.
    private func rendered(_ block: TextBlocks.Block, of package: DbtPackage) -> String {
        guard DbtTemplates.isTemplate(block.text) else { return block.text }
        do {
            return try Template(block.text, name: block.location.file, in: DbtTemplates.parsing).render(in: [:])
        } catch {
            note(error, "the docs block '\(block.name)'", at: block.location)
            return block.text
        }
    }

    /// Reads a package's Markdown for `docs` blocks.
    func readMarkdown(of package: DbtPackage) {
        for found in list(package.markdownPaths, of: package, endings: [".md"]) {
            guard let file = read(found.original, of: package) else { continue }
            for block in TextBlocks.blocks("docs", in: file) {
                let doc = DocBlock(
                    name: block.name,
                    package: package.name,
                    path: found.path,
                    originalFilePath: found.original,
                    contents: rendered(block, of: package).trimmed
                )
                if let other = manifest.docs[doc.uniqueID] {
                    problems.append(
                        Diagnostic(
                            "there are two docs blocks '\(doc.name)'",
                            at: block.location,
                            hint: "the other is in \(other.originalFilePath)"
                        )
                    )
                } else {
                    manifest.docs[doc.uniqueID] = doc
                }
            }
        }
    }
}

extension String {
    /// Without blanks and line feeds at both ends.
    var trimmed: String {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D]
        let bytes = utf8
        guard let start = bytes.firstIndex(where: { !blanks.contains($0) }),
            let end = bytes.lastIndex(where: { !blanks.contains($0) })
        else { return "" }
        return String(self[start...end])
    }
}

import Jinja

extension ProjectParser {
    /// Adds the tests that a property file asks for, of a node and of its columns.
    func addTests(of node: Node, _ draft: NodeDraft, _ patch: PropertyPatch) {
        guard node.kind != .test, node.kind != .analysis else { return }
        let number = draft.version?.number
        let target = TestTarget(
            name: node.name + (number.map { "_v" + $0.plainText } ?? ""),
            reference: "ref('\(node.name)'" + (number.map { ", version='\($0.plainText)'" } ?? "") + ")",
            ref: RefCall(node.name, version: number ?? .null),
            source: nil,
            // What one package says of another's node is not attached to it.
            attached: node.package == patch.package ? node.uniqueID : nil,
            section: patch.section,
            entry: patch.name,
            group: node.group,
            patch: patch
        )
        // A version may ask for tests of its own, or for none.
        let own = draft.version.flatMap { $0.entry.asksForTests ? $0.entry.tests : nil }
        for test in own ?? patch.node.tests { addTest(test, target, column: nil) }
        for column in draft.version?.testedColumns ?? patch.node["columns"]?.items ?? [] {
            for test in column.tests { addTest(test, target, column: column) }
        }
    }

    /// Adds the tests of what a property file describes though it is not there: dbt keeps them for what else they read.
    func addTests(ofMissing patch: PropertyPatch) {
        // It may be there as a node of another kind.
        let other = manifest.nodes.all.first { $0.isReferable && $0.name == patch.name && $0.package == patch.package }
        let target = TestTarget(
            name: patch.name,
            reference: "ref('\(patch.name)')",
            ref: RefCall(patch.name),
            source: nil,
            attached: other?.uniqueID,
            section: patch.section,
            entry: patch.name,
            group: nil,
            patch: patch
        )
        for test in patch.node.tests { addTest(test, target, column: nil) }
        for column in patch.node["columns"]?.items ?? [] {
            for test in column.tests { addTest(test, target, column: column) }
        }
    }

    /// Adds one generic test.
    func addTest(_ node: PropertyNode, _ target: TestTarget, column: PropertyNode?) {
        do throws(Diagnostic) {
            let declaration = try TestDeclaration(node, in: target.patch.document)
            addTest(declaration, target, column: column)
        } catch {
            problems.append(error)
        }
    }

    private func addTest(_ declaration: TestDeclaration, _ target: TestTarget, column: PropertyNode?) {
        guard let package = packages.first(where: { $0.name == target.patch.package }) else { return }
        let isQuoted = column?["quote"]?.value.bool ?? false
        let columnName = (column?["name"]?.value.plainText).map { isQuoted ? "\"\($0)\"" : $0 }
        var arguments = declaration.arguments
        if let columnName { arguments["column_name"] = .string(columnName) }
        arguments["model"] = .string("{{ get_where_subquery(\(target.reference)) }}")
        let metadata = TestMetadata(name: declaration.name, namespace: declaration.namespace, arguments: arguments)
        var names = TestNames.names(
            declaration.name,
            namespace: declaration.namespace,
            isOfSource: target.source != nil,
            target: target.name,
            arguments: arguments
        )
        if let given = declaration.givenName { names = (given, given) }
        var config = configuration(of: declaration, target)
        if names.short != names.full, config["alias"] == nil { config["alias"] = .string(names.short) }
        let tags = (column?["tags"]?.value.items ?? []) + (column?["config"]?["tags"]?.value.items ?? [])
        // Of the path within the package the first folder is left out, whatever the package's folders of models are.
        let folders = target.patch.file.original.split(separator: "/").dropFirst().dropLast().map(String.init)
        let fqn = [package.name] + folders + [names.full]
        let recording = recording(of: metadata, target, at: declaration.location)
        insertTest(
            names,
            metadata,
            declaration,
            target,
            Layers(
                package: package,
                fqn: fqn,
                config: config,
                recording: recording,
                columnName: columnName,
                columnTags: tags.map(\.plainText)
            )
        )
    }

    private struct Layers {
        let package: DbtPackage
        let fqn: [String]
        let config: ConfigObject
        let recording: Recording
        let columnName: String?
        let columnTags: [String]
    }

    private func insertTest(
        _ names: (full: String, short: String),
        _ metadata: TestMetadata,
        _ declaration: TestDeclaration,
        _ target: TestTarget,
        _ facts: Layers
    ) {
        var config = ConfigDefaults.test
        var layers = ["tests", "data_tests"].flatMap {
            ConfigRules.layers(facts.package.configurations[$0] ?? [:], fqn: facts.fqn)
        }
        // What the wish says stands behind the macro's own call of config.
        layers += facts.recording.configs + [facts.config]
        if facts.package.name != root.name {
            layers += ["tests", "data_tests"].flatMap {
                ConfigRules.layers(root.configurations[$0] ?? [:], fqn: facts.fqn)
            }
        }
        for layer in layers { ConfigRules.lay(layer, over: &config) }
        let fingerprint = TestNames.fingerprint(name: names.full, metadata)
        var node = Node(
            .test,
            uniqueID: "test.\(facts.package.name).\(names.full).\(fingerprint)",
            name: names.full,
            package: facts.package.name,
            path: names.short + ".sql",
            originalFilePath: target.patch.file.original,
            fqn: facts.fqn,
            config: config,
            location: declaration.location
        )
        node.unrenderedConfig = unrenderedConfig(of: declaration, facts)
        node.tags = Self.unique((config["tags"]?.items.map(\.plainText) ?? []) + facts.columnTags + target.tags)
            .sorted()
        node.meta = config["meta"]?.object ?? [:]
        node.group = config["group"]?.string ?? target.group
        node.rawCode = Self.code(of: metadata, facts.config)
        node.refs = facts.recording.refs
        node.sources = facts.recording.sources
        node.dependsOnMacros = facts.recording.macros
        node.test = metadata
        node.columnName = facts.columnName
        node.fileKeyName = "\(target.section).\(target.entry)"
        node.attachedNode = target.attached
        node.createdAt = now
        if let text = declaration.description?.string { node.description = text }
        name(&node)
        guard config["enabled"]?.bool ?? true else {
            manifest.disabledNodes.append(node)
            return
        }
        manifest.nodes[node.uniqueID] = node
    }

    private func unrenderedConfig(of declaration: TestDeclaration, _ facts: Layers) -> ConfigObject {
        let sections = ["tests", "data_tests"]
        var layers = sections.flatMap {
            ConfigRules.layers(facts.package.unrenderedConfigurations[$0] ?? [:], fqn: facts.fqn)
        }
        layers += facts.recording.configs + [facts.config]
        if facts.package.name != root.name {
            layers += sections.flatMap { ConfigRules.layers(root.unrenderedConfigurations[$0] ?? [:], fqn: facts.fqn) }
        }
        var config = ConfigObject()
        for layer in layers { for (key, value) in layer { config[key] = value } }
        return config
    }

    private func configuration(of declaration: TestDeclaration, _ target: TestTarget) -> ConfigObject {
        let renderer = ValueRenderer(globals: context(of: target.patch.package))
        do {
            let value = try renderer.render(.object(declaration.config), name: target.patch.document.file.path)
            // What comes out as nothing says nothing.
            return ConfigObject((value.object ?? [:]).filter { !$0.value.isNull }.map { ($0.key, $0.value) })
        } catch {
            note(error, "the test '\(declaration.name)'", at: declaration.location)
            return declaration.config
        }
    }

    private static func code(of test: TestMetadata, _ config: ConfigObject) -> String {
        let macro = (test.namespace.map { $0 + "." } ?? "") + "test_" + test.name
        let known = TestDeclaration.configKeys.compactMap { key in config[key].map { (key: key, value: $0) } }
        let others = config.filter { !TestDeclaration.configKeys.contains($0.key) }
        let settings = (known + others).map {
            "\($0.key)=\($0.value.string.map { "\"\($0)\"" } ?? $0.value.pythonText)"
        }
        let suffix = settings.isEmpty ? "" : "{{ config(\(settings.joined(separator: ","))) }}"
        return "{{ \(macro)(**_dbt_generic_test_kwargs) }}" + suffix
    }
}

extension ProjectParser {
    /// What a test reads: its arguments are rendered, and its macro where that may read more.
    private func recording(of test: TestMetadata, _ target: TestTarget, at location: SourceLocation) -> Recording {
        let context = context(of: target.patch.package)
        context.begin(RelationStub(database: profile.database, schema: profile.schema, identifier: test.name)) { [:] }
        guard let macro = macro(of: test, target) else {
            noteMissing(test, target, at: location)
            context.recording.refs = target.ref.map { [$0] } ?? []
            context.recording.sources = target.source.map { [$0] } ?? []
            if let subquery = macros.macro("get_where_subquery", from: target.patch.package) {
                context.recording.note(macro: subquery.uniqueID)
            }
            return context.recording
        }
        do {
            context.recording.note(macro: macro.uniqueID)
            // What arguments call does not count as the test's own.
            let known = context.recording.macros
            var target = target
            // What is rendered names its version by a text; what dbt knows without rendering has it as it is written.
            if !Self.readsNothing.contains(macro.uniqueID), let version = target.ref?.version, !version.isNull {
                target.ref?.version = .string(version.plainText)
            }
            let values = try rendered(test.arguments, context, target)
            context.recording.macros = known
            let subquery = macros.macro("get_where_subquery", from: target.patch.package)
            if let subquery, !Self.readsNothing.contains(macro.uniqueID) {
                context.recording.note(macro: subquery.uniqueID)
            }
            if !Self.readsNothingMore.contains(macro.uniqueID) {
                let interpreter = Interpreter(DbtTemplates.parsing)
                let arguments = Arguments([], keyword: values)
                if case .object(let callable) = context.callable(macro) {
                    _ = try callable.call(arguments, in: interpreter)
                }
            }
        } catch {
            note(error, "the test '\(test.name)' of '\(target.name)'", at: location)
        }
        return context.recording
    }

    /// Tests of which dbt notes no macro but themselves.
    private static let readsNothing: Set<String> = ["macro.dbt.test_unique", "macro.dbt.test_not_null"]
    /// Built-in tests read what their arguments name.
    private static let readsNothingMore: Set<String> = [
        "macro.dbt.test_unique", "macro.dbt.test_not_null", "macro.dbt.test_accepted_values",
        "macro.dbt.test_relationships",
    ]

    private func macro(of test: TestMetadata, _ target: TestTarget) -> MacroEntry? {
        let name = "test_" + test.name
        guard let namespace = test.namespace else { return macros.macro(name, from: target.patch.package) }
        if namespace == "dbt" { return MacroIndex.builtIn.lazy.compactMap { self.macros.macro(name, in: $0) }.first }
        return macros.macro(name, in: namespace)
    }

    /// Only a warning: what does not run this test works without it, and the test itself ends as an error.
    private func noteMissing(_ test: TestMetadata, _ target: TestTarget, at location: SourceLocation) {
        // What is switched off may ask for tests of packages that are not there.
        let isOff = manifest.disabledNodes.contains { $0.name == target.entry && $0.package == target.patch.package }
        guard !isOff else { return }
        let packages = test.namespace.map { [$0] } ?? [target.patch.package, root.name] + MacroIndex.builtIn
        let names = packages.flatMap { macros.names(in: $0) }.filter { $0.hasPrefix("test_") }.map {
            String($0.dropFirst(5))
        }
        var hint = didYouMean(test.name, among: names)
        if let namespace = test.namespace, !macros.isNamespace(namespace) {
            hint = "there is no package '\(namespace)': is it in packages.yml and installed?"
        }
        problems.append(
            Diagnostic(
                "the test '\(test.name)' of '\(target.entry)' does not exist, and fails when it runs",
                at: location,
                hint: hint,
                severity: .warning
            )
        )
    }

    private func rendered(
        _ arguments: ConfigObject,
        _ context: ParseContext,
        _ target: TestTarget
    ) throws -> [(name: String, value: Value)] {
        let file = target.patch.document.file.path
        var values: [(name: String, value: Value)] = []
        for (name, value) in arguments {
            if name == "model" {
                // What the argument would record, without rendering it.
                if let ref = target.ref { context.recording.refs.append(ref) }
                if let source = target.source { context.recording.sources.append(source) }
                values.append((name, .object(context.this)))
            } else if name == "column_name" {
                values.append((name, value.templateValue))
            } else {
                let written = value.mappingStrings { text in
                    .string(TestArgument.isCall(text) ? "{{ " + text + " }}" : text)
                }
                if case .string(let text) = written {
                    values.append(
                        (
                            name,
                            DbtTemplates.isTemplate(text)
                                ? try Template(text, name: file, in: DbtTemplates.parsing).renderNative(in: context)
                                : .string(text)
                        )
                    )
                } else {
                    values.append(
                        (
                            name,
                            try ValueRenderer(globals: context, environment: DbtTemplates.parsing).render(
                                written,
                                name: file
                            ).templateValue
                        )
                    )
                }
            }
        }
        return values
    }
}

extension PropertyNode {
    /// The tests that an entry asks for.
    var tests: [PropertyNode] { (self["data_tests"]?.items ?? []) + (self["tests"]?.items ?? []) }
    /// Whether an entry says which tests it asks for, be it none.
    var asksForTests: Bool { self["data_tests"] != nil || self["tests"] != nil }
}

extension ProjectParser {
    /// Adds a unit test, once for each version of its model.
    func declareUnitTest(_ patch: PropertyPatch) {
        guard let package = packages.first(where: { $0.name == patch.package }) else { return }
        let model = rendered(patch.node["model"], patch).plainText
        let models = manifest.nodes.all.filter { $0.kind == .model && $0.name == model }
        let targets =
            models.filter { $0.package == package.name }.isEmpty ? models : models.filter { $0.package == package.name }
        guard !targets.isEmpty else {
            if let disabled = manifest.disabledNodes.first(where: { $0.kind == .model && $0.name == model }) {
                return addDisabled(patch, of: disabled, package)
            }
            problems.append(
                Diagnostic(
                    "the unit test '\(patch.name)' is of the model '\(model)', which does not exist",
                    at: patch.document.location(of: patch.node["model"] ?? patch.node),
                    hint: didYouMean(model, among: manifest.nodes.all.filter { $0.kind == .model }.map(\.name))
                )
            )
            return
        }
        let isEnabled = config(of: patch.node, patch)["enabled"]?.bool ?? true
        if !isEnabled, let target = targets.first { return addDisabled(patch, of: target, package) }
        for target in targets where covers(target, patch.node["versions"]?.value) { add(patch, of: target, package) }
    }

    private func covers(_ model: Node, _ versions: ConfigValue?) -> Bool {
        guard !model.version.isNull, let versions else { return true }
        let number = model.version.plainText
        if let included = versions["include"].list { return included.contains { $0.plainText == number } }
        return !versions["exclude"].items.contains { $0.plainText == number }
    }

    /// A unit test that is switched off, or whose model is: it is of no version, and needs nothing.
    private func addDisabled(_ patch: PropertyPatch, of model: Node, _ package: DbtPackage) {
        var model = model
        model.version = .null
        var test = test(patch, of: model, package)
        test.config["enabled"] = false
        test.dependsOnNodes = []
        test.schema = nil
        test.versions = .null
        manifest.disabledUnitTests.append(test)
    }

    private func add(_ patch: PropertyPatch, of model: Node, _ package: DbtPackage) {
        let test = test(patch, of: model, package)
        if let other = manifest.unitTests[test.uniqueID] {
            noteDouble("unit tests", test.name, at: test.location, other: other.location)
        }
        guard test.config["enabled"]?.bool ?? true else {
            manifest.disabledUnitTests.append(test)
            return
        }
        manifest.unitTests[test.uniqueID] = test
    }

    private func test(_ patch: PropertyPatch, of model: Node, _ package: DbtPackage) -> UnitTestNode {
        let suffix = model.version.isNull ? "" : "_v" + model.version.plainText
        var test = UnitTestNode(
            uniqueID: "unit_test.\(package.name).\(model.name).\(patch.name)\(suffix)",
            name: patch.name,
            model: model.name,
            package: package.name,
            path: patch.file.path,
            originalFilePath: patch.file.original,
            fqn: [package.name] + patch.file.folders + [model.name, patch.name],
            expect: Self.promotingWholeRow(rows(patch.node["expect"], patch, package)),
            location: patch.location
        )
        test.description = patch.node["description"]?.string ?? ""
        test.given = (patch.node["given"]?.items ?? []).map { Self.promotingWholeRow(rows($0, patch, package)) }
        if let overrides = patch.node["overrides"]?.value.object {
            test.overrides = .object(
                (["macros": [:], "vars": [:], "env_vars": [:]] as ConfigObject).merging(overrides)
            )
        }
        var layers = ConfigRules.layers(package.configurations["unit_tests"] ?? [:], fqn: test.fqn)
        layers.append(config(of: patch.node, patch, beside: ["meta", "tags"]))
        if package.name != root.name {
            layers += ConfigRules.layers(root.configurations["unit_tests"] ?? [:], fqn: test.fqn)
        }
        for layer in layers { ConfigRules.lay(layer, over: &test.config) }
        if let versions = patch.node["versions"]?.value {
            test.versions = ["include": versions["include"], "exclude": versions["exclude"]]
        }
        test.version = model.version
        test.schema = model.schema
        test.dependsOnNodes = [model.uniqueID]
        test.checksum = UnitTestChecksum.of(test)
        test.createdAt = now
        return test
    }

    private func rows(_ node: PropertyNode?, _ patch: PropertyPatch, _ package: DbtPackage) -> UnitTestNode.Rows {
        var rows = UnitTestNode.Rows(
            input: node?["input"]?.string,
            format: node?["format"]?.string ?? "dict",
            rows: node?["rows"]?.value ?? .null,
            fixture: node?["fixture"]?.string
        )
        if let written = node?["rows"] {
            let places = Self.places(ofKeysIn: written, patch.document)
            rows.columns = columns(of: rows) { places[$0] ?? patch.document.location(of: written) }
        }
        guard let name = rows.fixture, let node, rows.rows.isNull else { return rows }
        let ending = rows.format == "sql" ? ".sql" : ".csv"
        let fixtures = packages.map { package in (package, list(package.testPaths, of: package, endings: [ending])) }
        let all = fixtures.flatMap { package, found in
            found.filter { $0.path.hasPrefix("fixtures/") }.map { (package, $0) }
        }
        let named = all.filter { $0.1.stem == name }
        if let (owner, found) = named.first(where: { $0.0.name == package.name }) ?? named.first {
            let text = read(found.original, of: owner).map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
            rows.rows = .string(ending == ".sql" ? text.trimmed : text)
            let place = SourceLocation(file: found.original, line: 1, column: 1)
            rows.columns = columns(of: rows) { _ in owner.name == root.name ? place : patch.location }
        } else {
            problems.append(
                Diagnostic(
                    "the unit test '\(patch.name)' names the fixture '\(name)', which does not exist",
                    at: patch.document.location(of: node["fixture"] ?? node),
                    hint: didYouMean(name, among: all.map(\.1.stem)) ?? "it is a file tests/fixtures/\(name)\(ending)"
                )
            )
        }
        return rows
    }

    /// The columns of rows, in their order.
    private func columns(
        of rows: UnitTestNode.Rows,
        at place: (String) -> SourceLocation
    ) -> [UnitTestNode.NamedColumn] {
        guard rows.format != "sql" else { return [] }
        var known: Set<String> = []
        let names = rows.tabular.items.flatMap { $0.object?.keys.map { $0 } ?? [] }
        return names.filter { known.insert($0).inserted }.map {
            UnitTestNode.NamedColumn(name: $0, location: place($0))
        }
    }

    private static func places(ofKeysIn rows: PropertyNode, _ document: PropertyDocument) -> [String: SourceLocation] {
        let entries = (rows.items ?? []).flatMap { $0.entries ?? [] }
        return Dictionary(entries.map { ($0.key, document.location(of: $0)) }) { first, _ in first }
    }

    /// The first row without nulls changes places with the first of all, as in dbt: it tells the columns' types.
    private static func promotingWholeRow(_ given: UnitTestNode.Rows) -> UnitTestNode.Rows {
        guard given.format == "dict", case .list(var rows) = given.rows else { return given }
        let isWhole = { (row: ConfigValue) in row.object?.values.allSatisfy { !$0.isNull } ?? false }
        guard let place = rows.firstIndex(where: isWhole), place > 0 else { return given }
        var promoted = given
        rows.swapAt(0, place)
        promoted.rows = .list(rows)
        return promoted
    }
}

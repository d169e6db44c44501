extension NodeSelection {
    /// The nodes that a criterion names itself, without neighbours and tests.
    func matches(_ criterion: SelectionCriterion) throws(Diagnostic) -> NodeSet {
        switch criterion.method {
        case .state: return try stateMatches(criterion)
        case .result: return try resultMatches(criterion)
        case .sourceStatus: return try fresherSources(criterion)
        default: return graph.nodes(where: claim(of: criterion))
        }
    }

    private func claim(of criterion: SelectionCriterion) -> (SelectableNode) -> Bool {
        let value = criterion.value
        let glob = Glob(value)
        switch criterion.method {
        case .fqn:
            let pattern = NamePattern(value)
            return { $0.kind != .source && pattern.matches($0) }
        case .tag: return { $0.tags.contains { glob.matches($0) } }
        case .group: return { self.group(of: $0).map { glob.matches($0) } ?? false }
        case .access: return { $0.kind == .model && $0.access == value }
        case .path:
            let pattern = PathPattern(value)
            return { pattern.covers($0.originalFilePath) || $0.patchFile.map(pattern.covers) ?? false }
        case .file: return { glob.matches($0.fileName) || glob.matches($0.fileStem) }
        case .package:
            let package = Glob(value == "this" ? graph.project : value)
            return { package.matches($0.package) }
        case .config: return { $0.hasConfig(at: criterion.arguments, value: value) }
        default: return kindClaim(of: criterion, glob: glob)
        }
    }

    private func kindClaim(of criterion: SelectionCriterion, glob: Glob) -> (SelectableNode) -> Bool {
        let value = criterion.value
        switch criterion.method {
        case .testName: return { $0.genericTestName.map { glob.matches($0) } ?? false }
        case .testType:
            let type = TestType(rawValue: value)
            return { type.map($0.isTest) ?? false }
        case .resourceType: return { $0.kind.rawValue == value }
        case .version:
            let claim = VersionClaim(rawValue: value)
            return { claim.map($0.isVersion) ?? false }
        case .source: return sourceClaim(value)
        case .exposure: return nameClaim(value, of: .exposure)
        case .metric: return nameClaim(value, of: .metric)
        case .semanticModel: return nameClaim(value, of: .semanticModel)
        case .savedQuery: return nameClaim(value, of: .savedQuery)
        case .unitTest: return nameClaim(value, of: .unitTest)
        default: preconditionFailure("\(criterion.method) is no claim about a node alone")
        }
    }

    /// Only what a manifest keeps as nodes, and metrics, belong to groups.
    private func group(of node: SelectableNode) -> String? {
        node.kind.isManifestNode || node.kind == .metric ? node.config["group"]?.text : nil
    }

    /// `table` is any where only the source is named.
    private func sourceClaim(_ value: String) -> (SelectableNode) -> Bool {
        let parts = value.split(separator: ".", omittingEmptySubsequences: false).map { Glob($0) }
        let any = Glob("*")
        let package = parts.count == 3 ? parts[0] : any
        let source = parts.count == 3 ? parts[1] : parts[0]
        let table = parts.count == 1 ? any : parts[parts.count - 1]
        return {
            $0.kind == .source && package.matches($0.package) && source.matches($0.sourceName ?? "")
                && table.matches($0.name)
        }
    }

    private func nameClaim(_ value: String, of kind: ResourceKind) -> (SelectableNode) -> Bool {
        let parts = value.split(separator: ".", omittingEmptySubsequences: false).map { Glob($0) }
        let package = parts.count == 2 ? parts[0] : Glob("*")
        let name = parts[parts.count - 1]
        return { $0.kind == kind && package.matches($0.package) && name.matches($0.name) }
    }
}

extension SelectableNode {
    /// The property file without its package.
    var patchFile: String? {
        guard let patchPath else { return nil }
        let parts = patchPath.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].hasSuffix(":") ? String(parts[2]) : patchPath
    }

    /// "orders.sql".
    var fileName: Substring {
        guard let slash = originalFilePath.lastIndex(of: "/") else { return originalFilePath[...] }
        return originalFilePath[slash...].dropFirst()
    }

    /// "orders".
    var fileStem: Substring {
        guard let point = fileName.lastIndex(of: "."), point > fileName.startIndex else { return fileName }
        return fileName[..<point]
    }

    var genericTestName: String? {
        if case .generic(let name, _) = test { name } else { nil }
    }

    func isTest(_ type: TestType) -> Bool {
        switch type {
        case .generic, .schema: genericTestName != nil
        case .singular: test == .singular
        case .data: test != nil
        case .unit: kind == .unitTest
        }
    }

    func isVersion(_ claim: VersionClaim) -> Bool {
        guard kind == .model else { return false }
        guard let version else { return claim == .none }
        guard let latestVersion, claim != .none else { return false }
        switch claim {
        case .latest: return version == latestVersion
        case .prerelease: return Self.isVersion(latestVersion, before: version)
        case .old: return Self.isVersion(version, before: latestVersion)
        case .none: return false
        }
    }

    /// Numbers by their size, everything else as texts.
    private static func isVersion(_ left: String, before right: String) -> Bool {
        if let left = Double(left), let right = Double(right) { return left < right }
        return left < right
    }

    /// Follows the keys into the configuration; a list holds the value when one of its items is it.
    func hasConfig(at keys: [String], value: String) -> Bool {
        guard !keys.isEmpty, kind.isManifestNode || kind == .source else { return false }
        var found = config
        for key in keys {
            guard let next = found[key] else { return false }
            found = next
        }
        switch found {
        case .bool(let isTrue): return value.lowercased() == (isTrue ? "true" : "false")
        // A test's severity is written in either case.
        case .text(let text) where keys == ["severity"]: return text.lowercased() == value.lowercased()
        case .text(let text): return text == value
        case .list(let items): return items.contains { $0.text == value }
        case .null, .integer, .number, .object: return false
        }
    }
}

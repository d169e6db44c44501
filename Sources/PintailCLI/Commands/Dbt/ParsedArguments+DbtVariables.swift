import FoundationEssentials

extension ParsedArguments {
    /// The arguments with what dbt's environment variables say in the place of options that were not given.
    ///
    /// Variables are named like options: `DBT_FULL_REFRESH` stands for `--full-refresh`. Those that name profile,
    /// target and other folders are asked for where their options are.
    func withDbtVariables(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> ParsedArguments {
        guard environment.keys.contains(where: { $0.hasPrefix("DBT_") }) else { return self }
        var all = self
        for option in Self.variableOptions where !has(option) {
            let name = "DBT_" + String(option.name.uppercased().map { $0 == "-" ? "_" : $0 })
            guard let text = environment[name], !text.isEmpty else { continue }
            switch option.kind {
            case .flag: if Self.isTrue(text) { all.add(nil, to: option) }
            case .value: all.add(text, to: option)
            case .list: for word in text.split(separator: " ") { all.add(String(word), to: option) }
            }
        }
        if let text = environment["DBT_VERSION_CHECK"], Self.isFalse(text), !has(DbtOptions.ignoreVersion) {
            all.add(nil, to: DbtOptions.ignoreVersion)
        }
        return all
    }

    private static let variableOptions: [Option] = [
        DbtVerb.fullRefresh, DbtVerb.failFast, DbtVerb.storeFailures, DbtVerb.empty, DbtVerb.warnError,
        DbtVerb.warnErrorOptions, DbtVerb.defers, DbtVerb.favorState, DbtVerb.deferState, DbtVerb.sample,
        DbtVerb.eventStart, DbtVerb.eventEnd, DbtSelection.indirect, DbtSelection.state,
        DbtOptions.projectDirectory,
    ]

    private static func isTrue(_ text: String) -> Bool {
        ["1", "true", "t", "yes", "y", "on"].contains(text.lowercased())
    }

    private static func isFalse(_ text: String) -> Bool {
        ["0", "false", "f", "no", "n", "off"].contains(text.lowercased())
    }
}

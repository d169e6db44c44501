import Jinja

/// A file of macros.
enum MacroFile {
    /// The macros, tests and materializations that a file defines.
    static func macros(in text: String, path: String, shownAs shown: String, package: String) throws(TemplateError)
        -> [MacroEntry]
    {
        let template = try Template(text, name: shown, in: DbtTemplates.parsing)
        return template.definitions.compactMap { definition in
            guard let name = name(of: definition) else { return nil }
            var macro = MacroEntry(
                name: name,
                package: package,
                path: path,
                text: definition.textWithSpace,
                definition: definition
            )
            if definition.kind == "materialization" { macro.supportedLanguages = languages(of: definition) }
            return macro
        }
    }

    /// What a macro or a test takes, as manifests tell it where a project asks for that: without types, as in dbt.
    static func arguments(of definition: Definition) -> [ConfigValue] {
        guard definition.kind != "materialization" else { return [] }
        return definition.parameters.map { ["name": .string($0.name), "type": nil, "description": ""] }
    }

    /// The name that calls it; nil for what is no macro.
    private static func name(of definition: Definition) -> String? {
        switch definition.kind {
        case "macro": definition.name
        case "test", "data_test": "test_" + definition.name
        case "materialization":
            "materialization_\(definition.name)_\(option("adapter", of: definition)?.string ?? "default")"
        default: nil
        }
    }

    private static func languages(of definition: Definition) -> [String] {
        let given = option("supported_languages", of: definition)?.items.compactMap(\.string) ?? []
        return given.isEmpty ? ["sql"] : given
    }

    private static func option(_ name: String, of definition: Definition) -> ConfigValue? {
        definition.options.first { $0.name == name }.flatMap { $0.value.map { ConfigValue($0) } }
    }
}

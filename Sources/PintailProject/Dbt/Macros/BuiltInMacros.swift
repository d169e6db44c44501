import CDbtMacros
package import Jinja

/// The macros that every dbt project can call and override: Pintail's own, under dbt's names.
package enum BuiltInMacros {
    /// The packages of the library, the adapter's first: its macros come before the general ones.
    package static let packages = ["dbt_duckdb", "dbt"]

    /// The library's macros, read once.
    ///
    /// The library is part of the binary: that it can be read is a test's business, what cannot be read is left out.
    package static let all: [MacroEntry] = files.flatMap { file -> [MacroEntry] in
        guard let template = try? Template(file.text, name: file.path, in: DbtEnvironment.sql) else { return [] }
        return MacroEntry.all(in: template, package: file.package, path: file.path)
    }

    /// The files of the library.
    package static let files: [(package: String, path: String, text: String)] = (0..<pintail_macro_file_count())
        .map { place in
            let file = unsafe pintail_macro_file(place).pointee
            let bytes = unsafe UnsafeRawBufferPointer(start: file.text, count: file.length)
            return unsafe (
                String(cString: file.package), String(cString: file.path), String(decoding: bytes, as: UTF8.self)
            )
        }
}

extension MacroEntry {
    /// The macros, generic tests and materializations that a file defines, under the names that find them.
    package static func all(in template: Template, package: String, path: String) -> [MacroEntry] {
        template.definitions.compactMap { definition in
            guard let name = indexedName(of: definition) else { return nil }
            var entry = MacroEntry(
                name: name,
                package: package,
                path: path,
                text: definition.text,
                definition: definition
            )
            entry.supportedLanguages = definition.kind == "materialization" ? ["sql"] : nil
            return entry
        }
    }

    /// `test_unique`, `materialization_table_duckdb`, or the macro's own name; nil for what is no macro.
    private static func indexedName(of definition: Definition) -> String? {
        switch definition.kind {
        case "macro": return definition.name
        case "test", "data_test": return "test_" + definition.name
        case "materialization":
            let adapter = definition.options.first { $0.name == "adapter" }?.value?.asString
            return "materialization_\(definition.name)_\(adapter ?? "default")"
        default: return nil
        }
    }
}

extension SourceNode {
    /// What is read in the place of a table: files, or a call of a function that reads them.
    package var externalText: String? {
        let told = [meta, sourceMeta, config, config["meta"]?.object ?? [:]]
        guard let location = told.lazy.compactMap({ $0["external_location"]?.string }).first else { return nil }
        let names: [String: String] = [
            "name": name, "identifier": identifier, "schema": schema, "database": database ?? "",
            "source_name": sourceName,
        ]
        let filled = Self.filled(location, names)
        return filled.contains("(") || filled.hasPrefix("'") ? filled : "'\(filled)'"
    }

    /// A text with `{name}` and the like filled in.
    private static func filled(_ text: String, _ names: [String: String]) -> String {
        var filled = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            filled += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            filled += names[name] ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }
}

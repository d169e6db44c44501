extension SourceNode {
    /// The file or function call that stands in the table's place (`external_location`), as SQL; nil for tables.
    package var externalText: String? {
        let told = [meta, sourceMeta, config, config["meta"]?.object ?? [:]]
        guard let location = told.lazy.compactMap({ $0["external_location"]?.string }).first else { return nil }
        let filled = Self.filled(
            location,
            [
                "name": name, "identifier": identifier, "schema": schema, "database": database ?? "",
                "source_name": sourceName,
            ]
        )
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

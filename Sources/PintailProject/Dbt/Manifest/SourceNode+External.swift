import Jinja

extension SourceNode {
    /// What is read in the place of a table: files, or a call of a function that reads them.
    package var externalText: String? {
        // What is configured comes before what is noted, and a table before its source.
        let told = [config, meta, config["meta"]?.object ?? [:], sourceMeta]
        guard let location = told.lazy.compactMap({ $0["external_location"]?.string }).first else { return nil }
        let own: ConfigObject = [
            "name": .string(name), "identifier": .string(identifier), "schema": .string(schema),
            "database": .string(database ?? ""), "source_name": .string(sourceName),
        ]
        let names = told.reversed().reduce(own) { $0.merging($1) }
        let filled = Self.filled(location, names, as: names["formatter"]?.string)
        return filled.contains("(") || filled.hasPrefix("'") ? filled : "'\(filled)'"
    }

    /// The text with its fields filled in, in one of Python's three ways; as it is where a field is of no name.
    private static func filled(_ text: String, _ names: ConfigObject, as formatter: String?) -> String {
        if formatter == "template" { return substituted(text, names) }
        let call = formatter == "oldstyle" ? "text % names" : "text.format(**names)"
        let values: [String: Value] = ["text": .string(text), "names": Value.dict(names.templateDict)]
        let template = try? Template("{{ \(call) }}", name: text, in: DbtTemplates.configuration)
        return (try? template?.render(in: values)) ?? text
    }

    /// `$name` and `${name}`.
    private static func substituted(_ text: String, _ names: ConfigObject) -> String {
        var filled = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            filled += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            let isBraced = rest.first == "{"
            let start = isBraced ? rest.dropFirst() : rest
            let name = start.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            guard let value = names[String(name)], !name.isEmpty else {
                filled += "$"
                continue
            }
            filled += value.plainText
            rest = start.dropFirst(name.count)
            if isBraced, rest.first == "}" { rest = rest.dropFirst() }
        }
        return filled + rest
    }
}

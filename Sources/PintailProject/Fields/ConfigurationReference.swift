/// The reference page of the configuration, generated from the declarations that also read it.
package enum ConfigurationReference {
    /// The page, in Markdown.
    package static func markdown() -> String {
        let sections = ConfigurationSchema.components.map(section)
        return introduction + sections.joined(separator: "\n")
    }

    private static let introduction = """
        # Configuration reference

        <!-- Generated from Sources/PintailProject/Specs: PINTAIL_REGENERATE=1 swift test --filter PintailProjectTests -->

        A project is a folder with `pintail.yml`; its pipelines stand in `pipelines/`, a file each. TOML is read as well as
        YAML, with the same keys: `pintail.toml`, `pipelines/articles.toml`. `pintail schema` prints all of this as a JSON
        Schema, for editors.

        - `${NAME}` and `${NAME:-default}` are filled in from the environment, then from `.env` beside the project file. A
          variable that is not set is an error. `$${` stands for `${` itself. Inside `{…}` it needs quotes:
          `{port: "${DB_PORT}"}`.
        - `yes`, `no`, `on` and `off` are texts; `true` and `false` are the booleans.
        - Durations are numbers with a unit: `500ms`, `2s`, `15m`, `1h30m`, `1d`. Sizes too: `500MB`, `1GiB`.
        - Paths start at the project's folder.


        """

    private static func section(_ component: any ComponentDeclaration) -> String {
        let rows = component.fields.map { row($0) }.joined(separator: "\n")
        return """
            ## \(title(component))

            \(component.summary)

            | key | value | default | meaning |
            | --- | --- | --- | --- |
            \(rows)

            ```yaml
            \(component.example)
            ```

            """
    }

    private static func row(_ field: any FieldDeclaration) -> String {
        let links = field.parts.map { "[\(title($0))](#\(anchor($0)))" }
        let value = field.wanted + (links.isEmpty ? "" : ": " + links.joined(separator: ", "))
        let missing = field.isRequired ? "required" : field.defaultText ?? ""
        let example = field.example.map { " As in `\($0)`." } ?? ""
        return "| `\(field.name)` | \(cell(value)) | \(cell(missing)) | \(cell(field.summary + example)) |"
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    private static func title(_ component: any ComponentDeclaration) -> String {
        var words = component.name.split(separator: " ")
        if let first = words.first, ["a", "an", "the"].contains(first) { words.removeFirst() }
        let name = words.joined(separator: " ")
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    private static func anchor(_ component: any ComponentDeclaration) -> String {
        title(component).lowercased().replacing(" ", with: "-")
    }
}

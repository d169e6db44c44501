package import Jinja

/// How dbt reads templates: the tags it adds to the language and what unknown names do.
package enum DbtTemplates {
    /// While the project is parsed: names that are not known yet give themselves and print nothing.
    package static let parsing = Environment(options(.propagating))
    /// Values of YAML files, where an unknown name is a mistake.
    package static let configuration = Environment(options(.strict))

    private static func options(_ undefined: Undefined.Behaviour) -> Environment.Options {
        var options = Environment.Options()
        options.undefined = undefined
        options.isSandboxed = true
        options.bindsMacros = false
        options.hasNativeFilters = true
        options.blockTags = [
            BlockTag("test", .parameters), BlockTag("data_test", .parameters), BlockTag("materialization", .options),
            BlockTag("snapshot"), BlockTag("docs"),
        ]
        return options
    }

    /// Whether a text can be anything but itself.
    package static func isTemplate(_ text: String) -> Bool {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if previous == UInt8(ascii: "{"),
                byte == UInt8(ascii: "{") || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "#")
            {
                return true
            }
            previous = byte
        }
        return false
    }
}

/// Renders the texts of a YAML file to the values that they stand for.
struct ValueRenderer {
    let globals: any Globals
    var environment = DbtTemplates.configuration

    /// The value with all of its texts rendered.
    func render(_ value: ConfigValue, name: String) throws(TemplateError) -> ConfigValue {
        try value.mappingStrings { text throws(TemplateError) in try render(text, name: name) }
    }

    /// What a text stands for; itself where it is no template.
    func render(_ text: String, name: String) throws(TemplateError) -> ConfigValue {
        // Jinja drops the line feed at a template's end, and all texts are templates.
        guard DbtTemplates.isTemplate(text) else {
            return .string(text.utf8.last == 0x0A ? String(text.dropLast()) : text)
        }
        return ConfigValue(try Template(text, name: name, in: environment).renderNative(in: globals))
    }
}

import Testing

@testable import PintailProject

/// What is generated from the declarations of fields, and what they promise.
struct DeclarationTests {
    @Test func `the reference page is what the declarations say`() {
        Golden.expect(
            ConfigurationReference.markdown(),
            in: Golden.repository + "/docs/reference/configuration.md"
        )
    }

    @Test func `the JSON Schema is what the declarations say`() {
        Golden.expect(ConfigurationSchema.json(), in: Golden.repository + "/docs/reference/pintail.schema.json")
    }

    @Test(arguments: ConfigurationSchema.components.map(\.name))
    func `every field's example is accepted by the field`(component: String) throws {
        let declaration = try #require(ConfigurationSchema.components.first { $0.name == component })
        for field in declaration.fields {
            let example = try #require(field.example, "\(component) \(field.name) has no example")
            let root = try YAMLTree.parse(SourceFile(path: field.name, text: "key: \(example)\n")).root
            let reading = Self.reading
            field.check(try #require(root["key"]), reading)
            #expect(reading.problems == [], "\(component) \(field.name): \(example)")
            #expect(field.summary.hasSuffix("."), "\(component) \(field.name)")
        }
    }

    @Test(arguments: ConfigurationSchema.components.map(\.name))
    func `no declared field is passed over in silence`(component: String) throws {
        let declaration = try #require(ConfigurationSchema.components.first { $0.name == component })
        for field in declaration.fields {
            // No field takes a list of lists; the others are there so that nothing ends the reading early.
            let others = declaration.fields.filter { $0.isRequired && $0.name != field.name }
            let lines = others.map { "\($0.name): \($0.example ?? "")\n" } + ["\(field.name): [[{}]]\n"]
            let root = try YAMLTree.parse(SourceFile(path: field.name, text: lines.joined())).root
            let reading = Self.reading
            declaration.check(root, reading)
            #expect(reading.problems.contains { $0.message.contains(field.name) }, "\(component) \(field.name)")
        }
    }

    @Test(arguments: ConfigurationSchema.components.map(\.name))
    func `every component's example is accepted`(component: String) throws {
        let declaration = try #require(ConfigurationSchema.components.first { $0.name == component })
        let root = try YAMLTree.parse(SourceFile(path: component, text: declaration.example + "\n")).root
        let reading = Self.reading
        try Self.check(root, of: declaration, reading)
        #expect(reading.problems == [], "\(declaration.example)")
    }

    private static var reading: Reading {
        let connections: [String: ConnectionSettings] = ["warehouse": .postgres(.init()), "lake": .s3(.init())]
        // An example may name a file that is read.
        let files = ProjectFiles(root: Golden.projects + "/extract_all")
        return Reading(.init(connections: connections, files: files, variables: ["FROM_PROCESS": "process"]))
    }

    /// An example is the component itself, a list of steps, or a key whose value is the component.
    private static func check(_ root: ConfigNode, of component: any ComponentDeclaration, _ reading: Reading) throws {
        guard let entries = root.entries else {
            _ = StepSpec.shape.list().read(root, reading)
            return
        }
        if component.name == MemoryAwareConfig.component.name { return component.check(root, reading) }
        let entry = try #require(entries.first)
        let fields = ConfigurationSchema.components.flatMap(\.fields).filter { $0.name == entry.key }
        if let field = fields.first(where: { $0.parts.contains { $0.name == component.name } }) {
            return field.check(entry.value, reading)
        }
        let names = component.fields.map(\.name)
        if entries.allSatisfy({ names.contains($0.key) }) { return component.check(root, reading) }
        try #require(fields.first).check(entry.value, reading)
    }
}

/// The JSON Schema of the configuration, for editors: generated from the declarations that also read it.
package enum ConfigurationSchema {
    /// The schema of project files, pipeline files and reports, draft 2020-12.
    package static func json() -> String {
        let roots: [(name: String, component: any ComponentDeclaration)] =
            [
                ("project", ProjectSpec.component), ("pipeline", PipelineSpec.component),
                ("report", ReportSpec.component),
            ]
            + zip(StepSpec.keywords, StepSpec.components).map { ($0, $1) }
        let document: JSON = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Pintail configuration",
            "if": ["required": ["pipeline"]],
            "then": ["$ref": "#/$defs/pipeline"],
            "else": [
                "if": ["required": ["charts"]],
                "then": ["$ref": "#/$defs/report"],
                "else": ["$ref": "#/$defs/project"],
            ],
            "$defs": .object(roots.map { JSON.Member(key: $0.name, value: $0.component.schema) }),
        ]
        return document.formatted() + "\n"
    }

    /// Every component, each after the one that names it first.
    static var components: [any ComponentDeclaration] {
        var found: [any ComponentDeclaration] = []
        func visit(_ component: any ComponentDeclaration) {
            guard !found.contains(where: { $0.name == component.name }) else { return }
            found.append(component)
            for field in component.fields { field.parts.forEach(visit) }
        }
        visit(ProjectSpec.component)
        visit(PipelineSpec.component)
        visit(ReportSpec.component)
        visit(MemoryAwareConfig.component)
        return found
    }
}

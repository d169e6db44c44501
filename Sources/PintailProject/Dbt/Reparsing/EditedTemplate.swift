import Jinja

/// Reads one template again, without the project around it where it names nothing but `ref`, `source` and `config`.
struct EditedTemplate {
    let root: String
    let options: DbtProject.Options
    let recordsCalls: Bool
    let asked: AskedNames

    /// The node asked for something that is only known once the whole project is read.
    struct NeedsProject: Error {}

    /// What the template asks for.
    ///
    /// - Throws: whatever is wrong with it: a reading from the beginning tells it better.
    func recording(of code: String, _ node: ParseRecord.NodePlaces) throws -> Recording {
        guard DbtTemplates.isTemplate(code) else { return Recording() }
        let template = try Template(code, name: node.path, in: DbtTemplates.parsing)
        if recordsCalls, template.onlyCalls(ParseContext.recordedNames) {
            let context = ParseContext(package: node.package, surroundings(MacroIndex(root: root)))
            try context.record(template.calls(of: ParseContext.recordedNames))
            return context.recording
        }
        return try rendered(template, node)
    }

    private func rendered(_ template: Template, _ node: ParseRecord.NodePlaces) throws -> Recording {
        let opening = try ProjectOpening(ProjectFiles(root: root), options, asked)
        let parser = DbtProject.parser(of: opening, options, asked)
        guard !parser.hasErrors else { throw NeedsProject() }
        for package in parser.packages { parser.readMacros(of: package) }
        let context = parser.context(of: node.package)
        let own = RelationStub(database: parser.profile.database, schema: parser.profile.schema, identifier: node.name)
        var asksForModel = false
        context.begin(own) {
            asksForModel = true
            return [:]
        }
        _ = try template.render(in: context)
        guard !asksForModel, !parser.hasErrors else { throw NeedsProject() }
        return context.recording
    }

    private func surroundings(_ macros: MacroIndex) -> ParseContext.Surroundings {
        ParseContext.Surroundings(
            macros: macros,
            environment: options.environment,
            target: [:],
            projectName: "",
            vars: VariableScopes(given: [:], root: "", packages: [:]),
            moreNames: { _ in nil },
            asked: asked
        )
    }
}

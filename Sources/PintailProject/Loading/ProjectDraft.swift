/// A project that may have mistakes, and what of it can be looked at further.
package struct ProjectDraft: Sendable {
    /// The project without the steps that something is wrong with.
    package let project: Project
    /// All that is wrong or doubtful in its files.
    package let problems: [Diagnostic]
    /// The names of the steps that are left out, in lower case; `nil` when there may be others.
    package let leftOut: Set<String>?
    /// The pipeline that was named by its file.
    let pipeline: String?
    let environment: [String: String]

    /// Whether nothing is wrong.
    package var isWhole: Bool { !problems.contains { $0.severity == .error } }

    /// The project, of which nothing is left out.
    ///
    /// - Throws: all problems, when one of them is a mistake.
    package func whole() throws(Diagnostics) -> LoadedProject {
        guard isWhole else { throw Diagnostics(problems, in: project.directory) }
        let warnings = Diagnostics(problems).all
        return LoadedProject(project: project, warnings: warnings, pipeline: pipeline, environment: environment)
    }
}

/// A step that cannot be read as it is written.
struct UnsoundStep {
    let place: SourceLocation
    /// What it may be known by, or make; `nil` when that cannot be told.
    let names: Set<String>?
}

extension UnsoundStep {
    init(_ node: ConfigNode, keyword: ConfigEntry?) {
        place = keyword?.value.location ?? node.location
        // Both make what others list.
        let isOpen = keyword == nil || ["extract_all", "build"].contains(keyword?.key)
        let names = PipelineSpec.names(of: node)
        self.names = isOpen || names.isEmpty ? nil : Set(names.map { $0.lowercased() })
    }
}

extension PipelineFile {
    /// The file without the steps that a mistake is in.
    func keepingSound(_ unsound: [UnsoundStep], _ problems: [Diagnostic]) -> PipelineFile {
        let mistakes = problems.filter { $0.severity == .error }
        let wrong = Set((unsound.map(\.place) + mistakes.compactMap(\.location)).map(\.start))
        var file = self
        file.pipeline.steps.removeAll { step in step.locations.places.values.contains { wrong.contains($0.start) } }
        return file
    }
}

extension SourceLocation {
    /// The place, however much of it is underlined.
    fileprivate var start: SourceLocation { SourceLocation(file: file, line: line, column: column) }
}

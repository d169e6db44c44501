/// Finds what is wrong between steps and between pipelines, as far as no query needs to be understood for it.
struct ProjectValidation {
    let pipelines: [PipelineFile]

    /// Every mistake found.
    func problems(isInsideProject: Bool) -> [Diagnostic] {
        var problems = repeatedPipelines() + repeatedTables()
        for file in pipelines {
            problems += repeatedSteps(of: file.pipeline)
            problems += unknownAfter(file.pipeline)
            if isInsideProject { problems += projectKeys(file) }
        }
        return problems
    }

    private func repeatedPipelines() -> [Diagnostic] {
        repeated(pipelines.map { ($0.pipeline.name, $0.pipeline.locations["pipeline"]) }).map { name, place, first in
            Diagnostic("two pipelines are called '\(name)'", at: place, hint: "the other is at \(first.shown)")
        }
    }

    /// Tables of one project live in one database, whatever the pipeline.
    private func repeatedTables() -> [Diagnostic] {
        let makers = pipelines.flatMap(\.pipeline.steps).compactMap { step in
            switch step {
            case .extract(let step): (step.table, step.locations[""])
            case .transform(let step): (step.table, step.locations[""])
            case .check, .build, .load, .command: nil
            }
        }
        return repeated(makers).map { name, place, first in
            Diagnostic("two steps make the table '\(name)'", at: place, hint: "the other is at \(first.shown)")
        }
    }

    private func repeatedSteps(of pipeline: Pipeline) -> [Diagnostic] {
        ["check", "build", "load", "command"].flatMap { keyword in
            let steps = pipeline.steps.filter { $0.keyword == keyword }
            return repeated(steps.map { ($0.name, $0.locations["name"]) }).map { name, place, first in
                let way =
                    keyword == "load"
                    ? "call one otherwise, and say with 'from:' what it delivers" : "give one of them a 'name:'"
                return Diagnostic(
                    "two \(keyword) steps are called '\(name)'",
                    at: place,
                    hint: "\(way); the other is at \(first.shown)"
                )
            }
        }
    }

    private func repeated(
        _ names: [(name: String, place: SourceLocation?)]
    ) -> [(name: String, place: SourceLocation?, first: SourceLocation?)] {
        var first: [String: SourceLocation?] = [:]
        return names.compactMap { name, place in
            // DuckDB's names differ by more than case.
            guard let known = first[name.lowercased()] else {
                first[name.lowercased()] = .some(place)
                return nil
            }
            return (name, place, known)
        }
    }

    private func unknownAfter(_ pipeline: Pipeline) -> [Diagnostic] {
        // A name may be that of a model: which there are is known to the plan.
        guard !pipelines.contains(where: { $0.pipeline.steps.contains { $0.keyword == "build" } }) else { return [] }
        let names = pipelines.reduce(into: Set(pipelines.flatMap(\.pipeline.steps).map(\.name))) {
            $0.formUnion($1.writtenNames)
        }
        return pipeline.steps.flatMap { step in
            step.after.enumerated().compactMap { index, name in
                let place = step.locations.places["after.\(index)"] ?? step.locations["after"]
                if step.after.isEmpty || names.contains(name), name != step.name || step.keyword == "load" {
                    return nil
                }
                if name == step.name { return Diagnostic("the step '\(name)' waits for itself", at: place) }
                return Diagnostic(
                    "no step is called '\(name)'",
                    at: place,
                    hint: didYouMean(name, among: names.subtracting([step.name]))
                )
            }
        }
    }

    private func projectKeys(_ file: PipelineFile) -> [Diagnostic] {
        PipelineSpec.projectKeys.compactMap { key in
            guard let place = file.pipeline.locations.keys[key.name] else { return nil }
            return Diagnostic(
                "'\(key.name)' belongs into the project's own file",
                at: place,
                hint: "move it to pintail.yml; a pipeline has its own only when it is run alone"
            )
        }
    }
}

extension SourceLocation? {
    /// As in "the other is at pipelines/a.yml:3:5".
    fileprivate var shown: String {
        map { "\($0.file):\($0.line):\($0.column)" } ?? "a place that is not known"
    }
}

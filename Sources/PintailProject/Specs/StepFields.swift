/// Keys that steps of more than one kind have.
enum StepFields {
    static let after = Field(
        "after",
        Shape.name.oneOrMany(),
        default: [],
        shown: "none",
        "Steps to wait for beyond those whose tables are read; needed only for side effects.",
        example: "[publications]"
    )
}

/// One step of a pipeline, told by its first key.
enum StepSpec {
    static let components: [any ComponentDeclaration] = [
        ExtractSpec.component, ExtractAllSpec.component, CheckSpec.component, TransformSpec.component,
        BuildSpec.component,
        LoadSpec.component, CommandSpec.component,
    ]

    static let keywords = ["extract", "extract_all", "check", "transform", "build", "load", "command"]

    /// One step, or as many as an entry stands for.
    static let shape = Shape<[Step]>(
        wanted: "a step",
        schema: ["oneOf": .list(keywords.map { ["$ref": .text("#/$defs/\($0)")] })],
        parts: components
    ) { node, reading in
        guard let entries = node.entries else {
            reading.reportMismatch(node, wanted: "a mapping", hint: "as in - extract: raw_articles")
            reading.unsound.append(UnsoundStep(node, keyword: nil))
            return nil
        }
        let before = reading.mistakes
        let keyword = keyword(of: entries, at: node.location, reading)
        defer { if reading.mistakes > before { reading.unsound.append(UnsoundStep(node, keyword: keyword)) } }
        guard let keyword else { return nil }
        let (steps, places) = reading.scoped {
            reading.note(keyword.value, at: "")
            return read(keyword.key, node, reading)
        }
        // The places of what is listed elsewhere are there.
        return keyword.key == "extract_all" ? steps : steps?.map { $0.at(places) }
    }

    private static func read(_ keyword: String, _ node: ConfigNode, _ reading: Reading) -> [Step]? {
        switch keyword {
        case "extract": ExtractSpec.component.read(node, reading).map { [.extract($0)] }
        case "extract_all": ExtractAllSpec.component.read(node, reading).map { $0.map { .extract($0) } }
        case "check": CheckSpec.component.read(node, reading).map { [.check($0)] }
        case "transform": TransformSpec.component.read(node, reading).map { [.transform($0)] }
        case "build": BuildSpec.component.read(node, reading).map { [.build($0)] }
        case "load": LoadSpec.component.read(node, reading).map { [.load($0)] }
        default: CommandSpec.component.read(node, reading).map { [.command($0)] }
        }
    }

    /// The one key that says what the step does.
    private static func keyword(
        of entries: [ConfigEntry],
        at location: SourceLocation,
        _ reading: Reading
    ) -> ConfigEntry? {
        let found = entries.filter { keywords.contains($0.key) }
        if found.count > 1 {
            reading.report(
                "a step does one thing, and this one has '\(found[0].key)' and '\(found[1].key)'",
                at: found[1].keyLocation,
                hint: "begin each with a dash of its own"
            )
        } else if found.isEmpty {
            let first = entries.first
            reading.report(
                "a step needs one of " + keywords.joined(separator: ", "),
                at: first?.keyLocation ?? location,
                hint: first.flatMap { didYouMean($0.key, among: keywords) } ?? "as in - extract: raw_articles"
            )
        }
        return found.count == 1 ? found[0] : nil
    }
}

extension Step {
    /// The step with the places of its fields.
    fileprivate func at(_ places: FieldLocations) -> Step {
        switch self {
        case .extract(var step):
            step.locations = places
            return .extract(step)
        case .check(var step):
            step.locations = places
            return .check(step)
        case .transform(var step):
            step.locations = places
            return .transform(step)
        case .build(var step):
            step.locations = places
            return .build(step)
        case .load(var step):
            step.locations = places
            return .load(step)
        case .command(var step):
            step.locations = places
            return .command(step)
        }
    }
}

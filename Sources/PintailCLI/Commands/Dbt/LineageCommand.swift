import PintailEngine
import PintailOrchestrator
import PintailProject

/// Tells what columns of a dbt project are made of, and what is made of them: `pintail lineage`.
struct LineageCommand: Command {
    static let spec = CommandSpec(
        "lineage",
        .look,
        "Tell what a table's columns are made of and what is made of them, without running anything",
        discussion: [
            "Columns are followed through DuckDB's own bound plans: through common table expressions, joins, unions, aggregates, windows, stars and subqueries, down to sources. 'passed through' is the value as it is, 'converted' the value in another type, 'derived' whatever is computed."
        ],
        arguments: [Argument("NODE[.COLUMN]", "A model, seed, snapshot or SOURCE.TABLE, and one of its columns")],
        options: [.json] + DbtOptions.all + DbtVerb.passed,
        examples: [
            .init("pintail lineage orders", "Shows where each column of a model comes from, and who reads it."),
            .init("pintail lineage orders.amount", "Follows one column up to sources and down to its last reader."),
        ]
    )

    private let wanted: String
    private let options: DbtOptions
    private let asJSON: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        wanted = arguments.words.first ?? ""
        options = try DbtOptions(arguments)
        asJSON = arguments.has(.json)
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try options.load(console)
        let names = LineageNames(project.manifest)
        let (node, column) = try names.found(wanted)
        let settings = BuildOptions(
            .build,
            targetPath: options.artifacts(of: project),
            command: "lineage",
            environment: options.environment
        )
        let lineage = try await ProjectLineage.around([node], in: project, options: settings)
        for unknown in lineage.unknown {
            console.warn("the columns of \(names.name(of: unknown.id)) were not followed: \(unknown.reason)")
        }
        guard let columns = lineage.columns[node] else { return .failure }
        let text = LineageText(lineage, names)
        guard let column else {
            try text.print(node, columns, to: console, asJSON: asJSON)
            return .success
        }
        guard let found = columns.first(where: { $0.name.lowercased() == column.lowercased() }) else {
            throw UsageError(
                .other(
                    "\(names.name(of: node)) has no column '\(column)'",
                    hint: didYouMean(column, among: columns.map(\.name))
                )
            )
        }
        try text.print(ProjectLineage.Column(node, found.name), type: found.type, to: console, asJSON: asJSON)
        return .success
    }
}

/// What nodes and sources are called on the command line.
struct LineageNames {
    private var ids: [String: String] = [:]
    private var names: [String: String] = [:]

    init(_ manifest: Manifest) {
        for source in manifest.sources.all {
            names[source.uniqueID] = "\(source.sourceName).\(source.name)"
            ids["\(source.sourceName).\(source.name)"] = source.uniqueID
        }
        for node in manifest.nodes.all where node.isReferable || node.kind == .analysis {
            let version = node.version.isNull ? "" : ".v\(node.version.plainText)"
            names[node.uniqueID] = node.name + version
            if node.version.isNull || node.version == node.latestVersion { ids[node.name] = node.uniqueID }
            ids[node.name + version] = node.uniqueID
        }
        for id in names.keys { ids[id] = id }
    }

    /// As a person writes it.
    func name(of id: String) -> String { names[id] ?? id }

    /// The node and the column that a word means; the column is nil where the word is a node's name alone.
    func found(_ word: String) throws(UsageError) -> (node: String, column: String?) {
        if let id = ids[word] { return (id, nil) }
        if let dot = word.lastIndex(of: "."), let id = ids[String(word[..<dot])] {
            return (id, String(word[word.index(after: dot)...]))
        }
        let node = word.split(separator: ".").first.map(String.init) ?? word
        throw UsageError(
            .other("there is no model, seed, snapshot or source '\(word)'", hint: didYouMean(node, among: names.values))
        )
    }
}

/// Lineage as a person or a program reads it.
struct LineageText {
    private let lineage: ProjectLineage
    private let names: LineageNames

    init(_ lineage: ProjectLineage, _ names: LineageNames) {
        self.lineage = lineage
        self.names = names
    }

    // MARK: A node

    /// Prints where each column of a node comes from, and the columns that are made of it.
    func print(
        _ node: String,
        _ columns: [(name: String, type: String)],
        to console: Console,
        asJSON: Bool
    ) throws {
        let all = columns.map { ($0, ProjectLineage.Column(node, $0.name)) }
        if asJSON {
            let facts = all.map { column, key in
                ColumnFacts(column, self, direct(lineage.upstream(of: key)), direct(lineage.downstream(of: key)))
            }
            return try console.print(jsonText(NodeFacts(node: names.name(of: node), id: node, columns: facts)))
        }
        let width = min(32, columns.map(\.name.displayWidth).max() ?? 0)
        for (column, key) in all {
            var line = StyledLine(column.name.padded(to: width), .bold)
            let origins = direct(lineage.upstream(of: key))
            line.add(column: origins.isEmpty ? "-" : origins.map { phrase($0.link, $0.link.from) }.joined(separator: ", "))
            let readers = direct(lineage.downstream(of: key)).map { written($0.link.to) }
            if !readers.isEmpty { line.add(column: "read by " + readers.joined(separator: ", "), .dim) }
            try console.print(line.text(console.output.palette, width: nil))
        }
    }

    private func direct(_ steps: [ProjectLineage.Step]) -> [ProjectLineage.Step] { steps.filter { $0.depth == 0 } }

    // MARK: A column

    /// Prints all that a column is made of, and all that is made of it.
    func print(_ column: ProjectLineage.Column, type: String, to console: Console, asJSON: Bool) throws {
        let (up, down) = (lineage.upstream(of: column), lineage.downstream(of: column))
        if asJSON { return try console.print(jsonText(ColumnFacts((column.name, type), self, up, down))) }
        try console.print("\(written(column))  \(type)")
        try print("made of", up, \.from, to: console)
        try print("read by", down, \.to, to: console)
    }

    private func print(
        _ title: String,
        _ steps: [ProjectLineage.Step],
        _ end: KeyPath<ProjectLineage.Link, ProjectLineage.Column>,
        to console: Console
    ) throws {
        try console.print(steps.isEmpty ? "\(title): nothing" : "\(title):")
        for step in steps {
            let margin = String(repeating: "  ", count: step.depth + 1)
            try console.print("\(margin)\(written(step.link[keyPath: end]))  (\(step.link.manner.rawValue))")
        }
    }

    private func phrase(_ link: ProjectLineage.Link, _ column: ProjectLineage.Column) -> String {
        link.manner == .passed ? written(column) : "\(link.manner.rawValue) from \(written(column))"
    }

    fileprivate func written(_ column: ProjectLineage.Column) -> String { "\(names.name(of: column.node)).\(column.name)" }

    fileprivate func name(of id: String) -> String { names.name(of: id) }
}

/// What `lineage NODE --json` prints.
private struct NodeFacts: Encodable {
    let node: String
    let id: String
    let columns: [ColumnFacts]
}

/// What `lineage NODE.COLUMN --json` prints.
private struct ColumnFacts: Encodable {
    let column: String
    let type: String
    let upstream: [LinkFacts]
    let downstream: [LinkFacts]

    init(
        _ column: (name: String, type: String),
        _ text: LineageText,
        _ up: [ProjectLineage.Step],
        _ down: [ProjectLineage.Step]
    ) {
        self.column = column.name
        type = column.type
        upstream = up.map { LinkFacts($0.link, text) }
        downstream = down.map { LinkFacts($0.link, text) }
    }
}

private struct LinkFacts: Encodable {
    struct End: Encodable {
        let node: String
        let id: String
        let column: String
    }

    let from: End
    let to: End
    let how: String

    init(_ link: ProjectLineage.Link, _ text: LineageText) {
        from = End(node: text.name(of: link.from.node), id: link.from.node, column: link.from.name)
        to = End(node: text.name(of: link.to.node), id: link.to.node, column: link.to.name)
        how = link.manner.rawValue
    }
}

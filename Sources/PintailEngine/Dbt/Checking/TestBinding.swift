import DuckDB
import Jinja
import PintailProject

/// The binding of one test.
struct TestBinding {
    private let project: ProjectBinding
    private let node: Node

    init(_ project: ProjectBinding, _ node: Node) {
        self.project = project
        self.node = node
    }

    /// Tells what is wrong with a test whose tables are known.
    func run() throws {
        for id in node.dependsOnNodes {
            let known = project.knowledge[id] ?? .nothing
            if known == .nothing || known == .stored { return project.note(node, .reads(id)) }
        }
        if let column = node.columnName, let problem = missing(column) { return project.report(problem) }
        if isPlain { return project.countTest() }
        let compiled: TracedSQL
        do {
            compiled = try compile()
        } catch {
            try rethrowInterruption(error)
            if error.askedData != nil { return project.note(node, .asksData) }
            if (error as? TemplateError)?.message.hasPrefix("there is no model") ?? false {
                return project.note(node, .refersToNothing)
            }
            return project.report(problem(error, nil))
        }
        var mending = Mending(compiled.text, in: project.scratch)
        _ = try mending.run()
        let isGuessing = node.dependsOnNodes.contains { project.knowledge[$0] == .mended }
        for mistake in mending.mistakes where !isGuessing || mistake.isAboutNames {
            project.report(problem(mistake, compiled))
        }
        project.countTest()
    }

    private func compile() throws -> TracedSQL {
        let warehouse = project.scratch.warehouse
        let compilation = NodeCompilation(world: project.world, node: node, warehouse: warehouse)
        let (context, names) = try compilation.context()
        defer { context.close() }
        defer { do { try warehouse.commit() } catch { warehouse.rollback() } }
        for source in node.dependsOnNodes {
            guard let source = project.project.manifest.sources[source] else { continue }
            names.substitutes[source.uniqueID] = try ProjectBinding.relation(of: source)
        }
        return try compilation.traced(context)
    }

    /// A generic test is told of where it is declared: its SQL is a macro's.
    private func problem(_ error: any Error, _ compiled: TracedSQL?) -> Diagnostic {
        let problem = project.diagnostic(of: error, node, compiled)
        guard let test = node.test else { return problem }
        var told = problem
        told.location = node.location
        told.message = problem.message.replacingFirst("test '\(node.name)'", with: "test '\(test.name)' of \(subject)")
        return told
    }

    private var subject: String { project.title(of: node.attachedNode ?? node.dependsOnNodes.last ?? "") }

    // MARK: Columns

    /// One of the four tests that need no more than their columns, not overridden and without conditions.
    private var isPlain: Bool {
        guard let test = node.test, test.namespace == nil, node.config["where"]?.string == nil,
            ["not_null", "unique", "accepted_values", "relationships"].contains(test.name),
            project.isBuiltIn(test: test.name), node.columnName != nil
        else { return false }
        return test.name != "relationships" || isKnown(field: test.arguments["field"]?.string)
    }

    private func isKnown(field: String?) -> Bool {
        guard let field, let to = node.dependsOnNodes.first(where: { $0 != node.attachedNode }) else { return false }
        return names(of: to)?.contains { $0.lowercased() == field.lowercased() } ?? false
    }

    private func names(of id: String) -> [String]? { project.columns[id]?.map(\.name) }

    /// A column test about a column that is not there.
    private func missing(_ column: String) -> Diagnostic? {
        let bare = column.filter { $0 != "\"" }
        guard Self.isName(bare), let id = node.attachedNode ?? node.dependsOnNodes.last, let names = names(of: id),
            !names.contains(where: { $0.lowercased() == bare.lowercased() }), let test = node.test
        else { return nil }
        return Diagnostic(
            "test '\(test.name)' is about column '\(bare)', which \(project.title(of: id)) does not have",
            at: node.location,
            hint: didYouMean(bare, among: names)
        )
    }

    /// Whether a text is a name and not an expression.
    private static func isName(_ text: String) -> Bool {
        text.utf8.allSatisfy { (97...122).contains($0 | 0x20) || (48...57).contains($0) || $0 == 95 || $0 >= 128 }
    }
}

extension String {
    fileprivate func replacingFirst(_ part: String, with other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return self[..<range.lowerBound] + other + self[range.upperBound...]
    }
}

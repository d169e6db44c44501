import PintailOrchestrator
package import PintailProject

/// How one node of a dbt project ended, in dbt's words.
package struct DbtResult: Sendable {
    /// dbt's words for how nodes end.
    package enum Status: String, Sendable {
        case success, error, skipped, pass, fail, warn
        case noOp = "no-op"
        case partialSuccess = "partial success"
    }

    /// A step of a node's life with its times.
    package struct Timing: Sendable {
        let name: String
        let started: Timestamp
        let completed: Timestamp
    }

    /// Spans of time of a microbatch model, by how they ended; each with its start and end.
    package struct Batches: Sendable {
        var successful: [[String]] = []
        var failed: [[String]] = []
    }

    /// The node.
    package let uniqueID: String
    /// How it ended.
    package var status: Status
    /// The steps of its life that have begun.
    package var timings: [Timing] = []
    /// How long it took, in seconds.
    package var seconds: Double = 0
    /// What is said of how it ended.
    package var message: String?
    /// How many rows a test found.
    package var failures: Int?
    /// What the adapter said.
    package var response: ConfigObject = [:]
    /// The SQL that was made of its template.
    package var compiled: String?
    /// The ephemeral models that were put in front of it.
    var expressions: [CommonTableExpressions.Expression] = []
    /// The relation that it made, as SQL.
    package var relationName: String?
    /// What became of each span of time; microbatch models only.
    package var batches: Batches?
    /// Where the compiled SQL was written, from the project's folder on.
    package var compiledPath: String?
    /// Where the statement that ran was written.
    package var buildPath: String?

    /// Whether there is a template to compile: there is none in a seed and what is only told of.
    var hasCode: Bool {
        let kinds = ["model.", "test.", "snapshot.", "analysis.", "operation.", "macro."]
        return kinds.contains { uniqueID.hasPrefix($0) }
    }

    /// A node that ended.
    package init(_ uniqueID: String, _ status: Status, message: String? = nil) {
        self.uniqueID = uniqueID
        self.status = status
        self.message = message
    }
}

extension Node.Compilation {
    /// What a run made of a node's template.
    init(of result: DbtResult) {
        self.init(
            code: result.compiled,
            path: result.compiledPath,
            buildPath: result.buildPath,
            expressions: result.expressions.map { (id: $0.id, sql: " \($0.name) as (\n\($0.sql)\n)") }
        )
    }
}

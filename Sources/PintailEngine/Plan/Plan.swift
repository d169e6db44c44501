package import PintailOrchestrator
package import PintailProject

/// What a run would do: its nodes, what each reads and makes, and what it waits for.
package struct Plan: Hashable, Sendable {
    /// One step of a pipeline, with its place in the DAG.
    package struct Node: Hashable, Sendable {
        /// What the node is called in runs and selections.
        package let id: NodeID
        /// What the node does.
        package var step: Step
        /// The pipeline the step is part of.
        package let pipeline: String
        /// Tables the step reads, as its queries name them.
        package var reads: [TableReference]
        /// The nodes that must have succeeded before it starts.
        package var after: [NodeID]
        /// Whether the table is published when this node is done: the node that makes it, or its last check.
        package var publishes: String?

        /// The node of the dbt project, by unique id, that a `build:` step has made a node of the plan.
        package var model: String?
        /// What kind of node it is.
        package var kind: NodeKind

        /// The connections whose tables the step's queries read.
        package var connections: [String]
        /// Further loads that are one transaction with the node's own.
        package var companions: [Load] = []

        /// The loads of the node, in the order in which they were written.
        package var loads: [Load] {
            guard case .load(let load) = step else { return [] }
            return [load] + companions
        }
    }

    /// In the order they were written; what runs first is told by ``Node/after``.
    package var nodes: [Node]
    /// How nodes of each pipeline are tried.
    package let retries: [String: Retries]
    /// How long each pipeline's run may take.
    package let timeouts: [String: Duration]
    /// The models among the nodes; nil where no step builds any.
    package var models: PipelineModels?

    /// What is known to stand against the plan's loads before any row is moved.
    package func objections(in project: Project) -> [Diagnostic] {
        nodes.compactMap { node in
            guard case .load(let load) = node.step else { return nil }
            return LoadStep.objection(to: load, in: project)
        }
    }

    /// The node of a name.
    package subscript(id: NodeID) -> Node? { nodes.first { $0.id == id } }
}

extension Step {
    /// What kind of node the step becomes.
    package var kind: NodeKind {
        switch self {
        case .extract: .extract
        case .check: .check
        case .transform: .transform
        case .load: .load
        case .build: .model
        case .command: .command
        }
    }

    /// The table the step makes, if it makes one.
    package var makes: String? {
        switch self {
        case .extract(let step): step.table
        case .transform(let step): step.table
        case .check, .build, .load, .command: nil
        }
    }
}

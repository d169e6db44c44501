import PintailOrchestrator
package import PintailProject

/// A plan in which something may be wrong, with all that is.
package struct PlanSurvey: Sendable {
    /// The plan of all steps, those too that cannot be run as they are.
    package let plan: Plan
    /// What is wrong with it.
    package let problems: [Diagnostic]
    /// The nodes whose queries cannot be read.
    private let unsound: Set<NodeID>

    init(plan: Plan, problems: [Diagnostic], unsound: Set<NodeID>) {
        self.plan = plan
        self.problems = problems
        self.unsound = unsound
    }

    /// All mistakes of the plan, and of the queries that can be bound all the same.
    package func allProblems(of project: Project) async throws -> [Diagnostic] {
        // Steps that wait for each other have no order to be bound in.
        guard (try? DAG(plan.nodes.map { ($0.id, $0.after) })) != nil else { return problems }
        return try await problems + Binder(project, plan: plan, except: unsound).problems()
    }
}

/// Does the work of nodes; the executor knows when, the runner knows how.
package protocol NodeRunner: Sendable {
    /// Does the work of one node, once, and tells how it went.
    ///
    /// Called on the cooperative pool, for several nodes at once; a call that blocks must be made elsewhere. When the task
    /// is cancelled the runner interrupts its engine, undoes what is half done and throws within a second; when the work is
    /// already committed it returns the result, and the node counts as succeeded.
    /// - Parameter attempt: counts from 1.
    /// - Throws: any error; a ``NodeError`` says whether another try can help.
    func run(_ node: NodeID, attempt: Int, reporting reporter: NodeReporter) async throws -> NodeResult
}

import Dispatch

/// Runs an actor's work on one dispatch queue, where blocking harms nobody.
package final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Makes a queue; the label shows in debuggers.
    package init(label: String) { queue = DispatchQueue(label: label) }

    /// Called by the Swift runtime with each piece of the actor's work.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = unsafe asUnownedSerialExecutor()
        queue.async { unsafe job.runSynchronously(on: executor) }
    }
}

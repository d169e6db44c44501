import Dispatch

/// Does two things that block at the same time, on two threads, and returns when both have ended.
///
/// - Throws: What the first has thrown, else what the second has.
func both<First, Second>(
    _ first: () throws -> First,
    and second: () throws -> Second
) throws -> (First, Second) {
    // Used by one thread alone until both have ended.
    nonisolated(unsafe) var one: Result<First, any Error>?
    // As the first is.
    nonisolated(unsafe) var other: Result<Second, any Error>?
    withoutActuallyEscaping(first) { first in
        withoutActuallyEscaping(second) { second in
            // Each is called by one of the two threads, and neither is called when this returns.
            nonisolated(unsafe) let (first, second) = (first, second)
            DispatchQueue.concurrentPerform(iterations: 2) { number in
                if number == 0 {
                    unsafe one = Result(catching: first)
                } else {
                    unsafe other = Result(catching: second)
                }
            }
        }
    }
    guard let one = unsafe one, let other = unsafe other else {
        preconditionFailure("each of the two is done once")
    }
    return (try one.get(), try other.get())
}

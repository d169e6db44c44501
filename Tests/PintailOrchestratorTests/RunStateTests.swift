import Testing

@testable import PintailOrchestrator

/// Each test is a transcript: what happened, and what is done about it.
@Suite struct RunStateTests {
    private let lost = NodeFailure(message: "connection lost", isTransient: true)
    private let wrong = NodeFailure(message: "no such table")

    private func state(
        _ nodes: KeyValuePairs<NodeID, [NodeID]>,
        limit: Int = 8,
        attempts: Int = 1
    ) throws -> RunState {
        let policy = RetryPolicy(attempts: attempts, initial: .seconds(1), jitter: 0)
        return RunState(try DAG(nodes.map { ($0.key, $0.value) }), limit: limit) { _ in policy }
    }

    @Test func `a run without nodes has succeeded`() throws {
        var state = try state([:])
        #expect(state.begin() == [.end(.succeeded)])
    }

    @Test func `a node starts when the last of its dependencies is done`() throws {
        var state = try state(["a": [], "b": [], "c": ["a", "b"]])
        #expect(state.begin() == [.start("a", attempt: 1), .start("b", attempt: 1)])
        #expect(state.nodeSucceeded("b") == [.finish("b", .succeeded, attempts: 1)])
        #expect(state.nodeSucceeded("a") == [.finish("a", .succeeded, attempts: 1), .start("c", attempt: 1)])
        #expect(state.nodeSucceeded("c") == [.finish("c", .succeeded, attempts: 1), .end(.succeeded)])
    }

    @Test func `no more than the limit run at once, in the order of declaration`() throws {
        var state = try state(["a": [], "b": ["a"], "c": [], "d": []], limit: 2)
        #expect(state.begin() == [.start("a", attempt: 1), .start("c", attempt: 1)])
        #expect(state.nodeSucceeded("a") == [.finish("a", .succeeded, attempts: 1), .start("b", attempt: 1)])
        #expect(state.nodeSucceeded("c") == [.finish("c", .succeeded, attempts: 1), .start("d", attempt: 1)])
    }

    @Test func `a failed node is retried until its attempts are used up`() throws {
        var state = try state(["a": []], attempts: 3)
        #expect(state.begin() == [.start("a", attempt: 1)])
        #expect(state.nodeFailed("a", lost, random: 0) == [.backOff("a", attempt: 1, after: .seconds(1), lost)])
        #expect(state.backoffElapsed("a") == [.start("a", attempt: 2)])
        #expect(state.nodeFailed("a", lost, random: 0) == [.backOff("a", attempt: 2, after: .seconds(2), lost)])
        #expect(state.backoffElapsed("a") == [.start("a", attempt: 3)])
        #expect(state.nodeFailed("a", lost, random: 0) == [.finish("a", .failed(lost), attempts: 3), .end(.failed)])
    }

    @Test func `a node that waits for its next attempt leaves its place to another`() throws {
        var state = try state(["a": [], "b": []], limit: 1, attempts: 2)
        #expect(state.begin() == [.start("a", attempt: 1)])
        let failed = state.nodeFailed("a", lost, random: 0)
        #expect(failed == [.backOff("a", attempt: 1, after: .seconds(1), lost), .start("b", attempt: 1)])
        #expect(state.backoffElapsed("a") == [])
        #expect(state.nodeSucceeded("b") == [.finish("b", .succeeded, attempts: 1), .start("a", attempt: 2)])
        #expect(state.nodeSucceeded("a") == [.finish("a", .succeeded, attempts: 2), .end(.succeeded)])
    }

    @Test func `a failed node skips all that depends on it, and everything else goes on`() throws {
        var state = try state(["a": [], "b": ["a"], "c": ["b", "x"], "x": [], "y": ["x"]], limit: 1)
        #expect(state.begin() == [.start("a", attempt: 1)])
        #expect(
            state.nodeFailed("a", wrong, random: 0) == [
                .finish("a", .failed(wrong), attempts: 1), .skip("b", .upstreamFailed("a")),
                .skip("c", .upstreamFailed("a")), .start("x", attempt: 1),
            ]
        )
        #expect(state.nodeSucceeded("x") == [.finish("x", .succeeded, attempts: 1), .start("y", attempt: 1)])
        #expect(state.nodeSucceeded("y") == [.finish("y", .succeeded, attempts: 1), .end(.failed)])
    }

    @Test func `a node with two failed ancestors is skipped once`() throws {
        var state = try state(["a": [], "b": [], "c": ["a", "b"]])
        _ = state.begin()
        #expect(
            state.nodeFailed("a", wrong, random: 0) == [
                .finish("a", .failed(wrong), attempts: 1), .skip("c", .upstreamFailed("a")),
            ]
        )
        #expect(state.nodeFailed("b", wrong, random: 0) == [.finish("b", .failed(wrong), attempts: 1), .end(.failed)])
    }

    @Test func `cancelling ends what waits at once and what runs when it reports`() throws {
        var state = try state(["a": [], "b": [], "c": ["a"], "d": []], limit: 2)
        _ = state.begin()
        #expect(
            state.cancel() == [
                .stopEverything, .finish("c", .cancelled, attempts: 0), .finish("d", .cancelled, attempts: 0),
            ]
        )
        #expect(state.cancel() == [])
        #expect(state.nodeStopped("a") == [.finish("a", .cancelled, attempts: 1)])
        #expect(state.nodeStopped("b") == [.finish("b", .cancelled, attempts: 1), .end(.cancelled)])
    }

    @Test func `work that was done before the stop arrived stays done`() throws {
        var state = try state(["a": [], "b": ["a"]])
        _ = state.begin()
        #expect(state.cancel() == [.stopEverything, .finish("b", .cancelled, attempts: 0)])
        #expect(state.nodeSucceeded("a") == [.finish("a", .succeeded, attempts: 1), .end(.cancelled)])
    }

    @Test func `a stop ends the wait for another attempt`() throws {
        var state = try state(["a": []], attempts: 3)
        _ = state.begin()
        _ = state.nodeFailed("a", lost, random: 0)
        #expect(state.cancel() == [.stopEverything, .finish("a", .cancelled, attempts: 1), .end(.cancelled)])
        #expect(state.backoffElapsed("a") == [])
    }

    @Test func `nothing is tried again after a stop`() throws {
        var state = try state(["a": []], attempts: 3)
        _ = state.begin()
        _ = state.cancel()
        #expect(state.nodeFailed("a", lost, random: 0) == [.finish("a", .failed(lost), attempts: 1), .end(.cancelled)])
    }

    @Test func `when the time of the run is up, what waits is skipped and what was tried has failed`() throws {
        let late = NodeFailure(message: "timed out after 1h")
        var state = try state(["a": [], "b": [], "c": ["a"]], attempts: 2)
        _ = state.begin()
        _ = state.nodeFailed("b", lost, random: 0)
        #expect(
            state.timeUp(late) == [
                .stopEverything, .finish("b", .failed(late), attempts: 1), .skip("c", .runTimedOut),
            ]
        )
        #expect(state.cancel() == [])
        #expect(state.nodeFailed("a", late, random: 0) == [.finish("a", .failed(late), attempts: 1), .end(.failed)])
    }

    @Test func `what is refused before the run holds back its pipeline and what depends on it`() throws {
        var state = try state([
            "extract": [], "load": ["extract"], "file": ["extract"], "after": ["file"], "free": [],
        ])
        let failure = NodeFailure(message: "it exists already")
        let refusals = Refusals(
            failures: ["load": failure],
            heldBack: ["extract": "load", "load": "load", "file": "load"]
        )
        #expect(
            state.refuse(refusals) == [
                .refuse("load", failure), .skip("extract", .otherRefused("load")), .skip("file", .otherRefused("load")),
                .skip("after", .upstreamFailed("extract")),
            ]
        )
        #expect(state.begin() == [.start("free", attempt: 1)])
        #expect(state.nodeSucceeded("free") == [.finish("free", .succeeded, attempts: 1), .end(.failed)])
    }
}

import PintailEngine
import PintailOrchestrator
import PintailProject
import Testing

/// The choice by numbers, by wish and by what a source rules out; the sentences are those that users see.
@Suite struct LoadStrategyTests {
    @Test(
        arguments: [
            (0, "eager: needs about 0 B of 1.0 GB that are safe to use (ratio 0.00)"),
            (312_000_000, "eager: needs about 312 MB of 1.0 GB that are safe to use (ratio 0.31)"),
            (650_000_000, "eager: needs about 650 MB of 1.0 GB that are safe to use (ratio 0.65)"),
            (651_000_000, "lazy: needs about 651 MB of 1.0 GB that are safe to use (ratio 0.65)"),
            (2_000_000_000, "lazy: needs about 2.0 GB of 1.0 GB that are safe to use (ratio 2.00)"),
            (2_010_000_000, "streaming: needs about 2.0 GB of 1.0 GB that are safe to use (ratio 2.01)"),
            (Int64.max, "streaming: needs about 9.2 EB of 1.0 GB that are safe to use (ratio over 1000000000)"),
        ] as [(Int64, String)]
    )
    func `the ratio of needed to safe memory decides`(needed: Int64, sentence: String) {
        #expect(LoadStrategy.choose(needed: Bytes(needed), safe: 1_000_000_000).description == sentence)
    }

    @Test func `a strategy that was asked for is taken, and the record says so`() {
        let decision = LoadStrategy.choose(needed: 10_000_000, safe: 1_000_000_000, asked: .streaming)
        #expect(
            decision.description
                == "streaming: asked for; needs about 10.0 MB of 1.0 GB that are safe to use (ratio 0.01)"
        )
        #expect(decision.warning == nil)
    }

    @Test func `a strategy that the source rules out gives way to the next that asks less of memory`() {
        let once: [LoadStrategy: String] = [.lazy: "standard input can be read only once"]
        let decision = LoadStrategy.choose(needed: 900_000_000, safe: 1_000_000_000, excluded: once)
        #expect(
            decision.description == """
                streaming: needs about 900 MB of 1.0 GB that are safe to use (ratio 0.90); \
                not lazy: standard input can be read only once
                """
        )
        let asked = LoadStrategy.choose(needed: 1000, safe: 1_000_000, asked: .lazy, excluded: once)
        #expect(asked.strategy == .streaming)
        #expect(
            asked.warning
                == "strategy 'lazy' cannot be used: standard input can be read only once; 'streaming' is used instead"
        )
        let neither = once.merging([.streaming: "the table is appended to"]) { $1 }
        #expect(LoadStrategy.choose(needed: 9_000_000, safe: 1_000_000, excluded: neither).strategy == .eager)
    }

    @Test func `what is read once is not stored for it`() {
        let small = LoadStrategy.choose(needed: 312, safe: 1000, isReadOnce: true)
        #expect(
            small.description == "lazy: read once; needs about 312 B of 1.0 kB that are safe to use (ratio 0.31)"
        )
        #expect(LoadStrategy.choose(needed: 3000, safe: 1000, isReadOnce: true).strategy == .streaming)
        let eager = LoadStrategy.choose(needed: 312, safe: 1000, asked: .eager, isReadOnce: true)
        #expect(eager.strategy == .eager)
        let fetched: [LoadStrategy: String] = [.lazy: "it is fetched", .streaming: "it is fetched"]
        #expect(LoadStrategy.choose(needed: 312, safe: 1000, isReadOnce: true, excluded: fetched).strategy == .eager)
    }

    @Test func `what a strategy needs that was asked for is not looked at`() {
        let asked = LoadStrategy.choose(needed: nil, safe: 1_000_000_000, asked: .lazy)
        #expect(asked.description == "lazy: asked for; 1.0 GB are safe to use")
    }

    @Test func `a source of unknown size is lazy`() {
        let decision = LoadStrategy.choose(needed: nil, safe: 1_000_000_000)
        #expect(decision.description == "lazy: how much it needs cannot be told; 1.0 GB are safe to use")
    }

    @Test func `the decision is recorded with its numbers`() {
        let decision = LoadStrategy.choose(needed: 500, safe: 1000)
        #expect(
            decision.fact == [
                "name": "eager", "reason": "needs about 500 B of 1.0 kB that are safe to use (ratio 0.50)",
                "needed": 500, "available": 1000, "ratio": 0.5,
            ]
        )
    }

    @Test func `a machine with no memory to spare streams rather than divides by zero`() {
        #expect(LoadStrategy.choose(needed: 1000, safe: 0).strategy == .streaming)
    }
}

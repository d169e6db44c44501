import Testing

@testable import PintailOrchestrator

@Suite struct VocabularyTests {
    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1234, "1.2 kB"), (99_949, "99.9 kB"), (99_950, "100 kB"),
            (999_499, "999 kB"), (999_500, "1.0 MB"), (390_000_000, "390 MB"), (1_200_000_000, "1.2 GB"),
            (-2500, "-2.5 kB"),
            (.max, "9.2 EB"), (.min, "-9.2 EB"),
        ] as [(Int64, String)]
    )
    func `bytes read as people say them`(count: Int64, text: String) {
        #expect(Bytes(count).description == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (336_776, "336,776"), (-1_234_567, "-1,234,567")])
    func `rows are set apart by thousands`(count: Int, text: String) {
        #expect(RowCount(count).description == text)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400_001, "2100-03-01T00:00:00.001Z"), (1_795_251_912_345, "2026-11-21T09:05:12.345Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)]
    )
    func `a moment and its text are the same`(milliseconds: Int64, text: String) {
        let moment = Timestamp(millisecondsSince1970: milliseconds)
        #expect(moment.description == text)
        #expect(Timestamp(text) == moment)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21 09:05:12.345Z", "2026-13-21T09:05:12.345Z", "2026-11-21T24:05:12.345Z",
    ])
    func `other text is no moment`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `a run is named after its start, in order`() {
        var zeros = Fixed(value: 0x7f3a)
        let first = RunID(startingAt: someTime, using: &zeros)
        #expect(first == "20261121-090512-7f3a")
        var low = Fixed(value: 0x000b)
        #expect(RunID(startingAt: someTime, using: &low).name == "20261121-090512-000b")
        let later = Timestamp(millisecondsSince1970: someTime.millisecondsSince1970 + 1000)
        #expect(first < RunID(startingAt: later, using: &low))
    }

    @Test(
        arguments: [
            (.milliseconds(250), "250ms"), (.milliseconds(1500), "1.5s"), (.seconds(90), "90s"), (.seconds(900), "15m"),
            (.seconds(7200), "2h"), (.zero, "0ms"),
        ] as [(Duration, String)]
    )
    func `times read as project files write them`(duration: Duration, text: String) {
        #expect(duration.brief == text)
    }

    @Test func `a failure tells the whole chain, and keeps what the layers below knew`() {
        struct Layer: NodeError {
            var message: String
            var isTransient = true
            var cause: (any Error)?
        }
        struct Bottom: NodeError {
            var message = "deadlock detected"
            var isTransient: Bool { true }
            var hint: String? { "try again" }
            var dataState: String? { "rolled back" }
        }
        let failure = NodeFailure(Layer(message: "load articles", cause: Layer(message: "COPY", cause: Bottom())))
        #expect(failure.message == "load articles: COPY: deadlock detected")
        #expect(failure.causes == ["COPY", "deadlock detected"])
        #expect(failure.hint == "try again")
        #expect(failure.dataState == "rolled back")
        #expect(failure.isTransient)
    }
}

/// The same number again and again.
private struct Fixed: RandomNumberGenerator {
    let value: UInt64
    // The first digits of a random number are the ones that a small integer is made of, and the last ones as well.
    mutating func next() -> UInt64 { value << 48 | value }
}

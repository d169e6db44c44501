import Testing

@testable import PintailOrchestrator

@Suite struct UsageMeterTests {
    private static let size = 256_000_000

    /// Uses memory for a moment only, and returns a number so that the compiler cannot leave it out.
    @inline(never) private func useMemory() -> Int {
        let bytes = [UInt8](repeating: 1, count: Self.size)
        return stride(from: 0, to: bytes.count, by: 4096).reduce(0) { $0 + Int(bytes[$1]) }
    }

    @Test func `memory that was held for a moment is found`() {
        let meter = UsageMeter()
        meter.begin("a")
        #expect(useMemory() == Self.size / 4096)
        let reading = meter.end("a")
        #expect(reading?.peakMemory ?? 0 >= Bytes(Self.size))
        #expect(reading?.cpu ?? .zero > .zero)
    }

    @Test func `nodes that ran beside each other know it, and the run shares with none`() {
        let meter = UsageMeter()
        meter.begin(nil)
        meter.begin("a")
        meter.begin("b")
        #expect(meter.end("b")?.isShared == true)
        #expect(meter.end("a")?.isShared == true)
        meter.begin("c")
        #expect(meter.end("c")?.isShared == false)
        #expect(meter.end(nil)?.isShared == false)
        #expect(meter.end("never") == nil)
    }
}

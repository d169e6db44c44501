import Testing

@testable import PintailEngine

/// Hashes that may come again, found in a few bits each.
@Suite struct RepeatedHashesTests {
    private func hashes(_ count: Int) -> [Int64] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in Int64.random(in: 0...Int64.max, using: &generator) }
    }

    @Test(arguments: [0, 1, 1000, 200_000]) func `what comes again is named, and of the rest one in thirty`(
        _ count: Int
    ) {
        var filter = RepeatedHashes(expecting: count)
        let hashes = hashes(count)
        let named = hashes.count { filter.note($0) }
        #expect(named <= count / 20)
        #expect(hashes.allSatisfy { filter.note($0) })
    }

    @Test func `more hashes than were expected are none missed`() {
        var filter = RepeatedHashes(expecting: 10)
        let hashes = hashes(100_000)
        for hash in hashes { _ = filter.note(hash) }
        #expect(hashes.allSatisfy { filter.note($0) })
    }

    @Test func `the least hash and the largest have their places`() {
        var filter = RepeatedHashes(expecting: 3)
        #expect([0, Int64.max, 1 << 62].map { filter.note($0) } == [false, false, false])
        #expect([0, Int64.max, 1 << 62].map { filter.note($0) } == [true, true, true])
    }
}

import Dispatch
import DuckDB
import Synchronization
import Testing

@testable import Postgres

/// Rows on their way to several connections; no server is needed to take them.
@Suite struct CopyFeedTests {
    @Test(arguments: [1, 2, 5], [Int.max, 1000, 1])
    func `every row is handed out once, and those that were committed are not`(takers: Int, rowsOfLoad: Int) throws {
        let rows = rowsOfLoad == 1 ? 3000 : 200_000
        let committed = RangeSet([11..<21, 2040..<2060])
        let query: SQL = "SELECT range AS id FROM range(\(literal: rows))"
        let source = ChunkSource(try Self.rows(query, threads: takers), committed: committed)
        let feed = try Self.feed(source, streams: takers, rowsOfLoad: rowsOfLoad)
        let taken = try feed.run { Self.take(from: feed, takers: takers) }
        #expect(taken.numbers == RangeSet(1..<rows + 1).subtracting(committed))
        #expect(taken.count == rows - 30)
        #expect(taken.largest <= rowsOfLoad)
    }

    @Test func `a source that fails ends the feed for all, and says why once`() throws {
        let failing: SQL = "SELECT CASE range WHEN 250_000 THEN error('no') ELSE range END AS id FROM range(300_000)"
        let feed = try Self.feed(ChunkSource(try Self.rows(failing)), streams: 3)
        #expect {
            try feed.run { Self.take(from: feed, takers: 3) }
        } throws: { error in
            "\(error)".contains("no") && !"\(error)".contains("Interrupt")
        }
    }

    @Test func `who cannot go on stops the source and the others`() throws {
        struct LineCut: Error {}
        let endless = ChunkSource(try Self.rows("SELECT range AS id FROM range(1_000_000_000_000)"))
        let feed = try Self.feed(endless, streams: 3)
        #expect(throws: LineCut.self) {
            try feed.run {
                let group = DispatchGroup()
                for _ in 0..<2 {
                    DispatchQueue(label: "taker").async(group: group) {
                        while let load = feed.take() { feed.giveBack(load) }
                    }
                }
                for _ in 0..<10 { if let load = feed.take() { feed.giveBack(load) } }
                feed.stop()
                group.wait()
                throw LineCut()
            }
        }
    }

    @Test func `a source without rows has none to hand out`() throws {
        let feed = try Self.feed(ChunkSource(try Self.rows("SELECT range AS id FROM range(0)")), streams: 2)
        #expect(try feed.run { feed.take() == nil && feed.take() == nil })
    }

    private static func rows(_ query: SQL, threads: Int = 1) throws -> PreparedQuery {
        try Database(options: .init(threads: threads)).connect().prepare(query)
    }

    private static func feed(_ source: ChunkSource, streams: Int, rowsOfLoad: Int = .max) throws -> CopyFeed {
        let column = try Database().connect().describe("SELECT 1::BIGINT AS id")
        let target = CopyTarget(TableName("t"), columns: [.init("id", .bigint)])
        return try CopyPump(column, into: target).feed(source, streams: streams, rowsOfLoad: rowsOfLoad)
    }

    private struct Taken {
        var numbers = RangeSet<Int>()
        var count = 0
        var largest = 0
    }

    /// Takes all rows on so many threads.
    private static func take(from feed: CopyFeed, takers: Int) -> Taken {
        let taken = Mutex(Taken())
        let group = DispatchGroup()
        for _ in 0..<takers {
            DispatchQueue(label: "taker").async(group: group) {
                while let load = feed.take() {
                    taken.withLock { taken in
                        taken.numbers.formUnion(load.rows)
                        taken.count += load.rows.count
                        taken.largest = max(taken.largest, load.rows.count)
                    }
                    feed.giveBack(load)
                }
            }
        }
        group.wait()
        return taken.withLock(\.self)
    }
}

import Testing

@testable import PintailEngine

/// The spans of time of microbatch models.
@Suite struct BatchWindowTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let size: String
        let now: String
        var begin: String?
        var isIncremental = false
        var lookback = 1
        var from: String?
        let expected: [String]
        var testDescription: String { "\(size) at \(now)" }
    }

    static let cases = [
        Case(
            size: "day",
            now: "2024-03-03 10:00:00",
            begin: "2024-03-01",
            expected: ["2024-03-01", "2024-03-02", "2024-03-03"]
        ),
        Case(size: "day", now: "2024-03-03 00:00:00", begin: "2024-03-01", expected: ["2024-03-01", "2024-03-02"]),
        Case(size: "day", now: "2024-03-03 10:00:00", isIncremental: true, expected: ["2024-03-02", "2024-03-03"]),
        Case(
            size: "day",
            now: "2024-03-01 10:00:00",
            isIncremental: true,
            lookback: 2,
            expected: ["2024-02-28", "2024-02-29", "2024-03-01"]
        ),
        Case(size: "month", now: "2024-01-15", begin: "2023-11-20", expected: ["2023-11", "2023-12", "2024-01"]),
        Case(size: "year", now: "2024-06-01", begin: "2023-03-01", expected: ["2023", "2024"]),
        Case(
            size: "hour",
            now: "2024-03-01 01:30:00",
            isIncremental: true,
            expected: ["2024-03-01T00", "2024-03-01T01"]
        ),
        Case(
            size: "day",
            now: "2024-03-03 10:00:00",
            from: "2024-03-02 12:00:00",
            expected: ["2024-03-02", "2024-03-03"]
        ),
    ]

    @Test(arguments: cases) func `they cover the time up to now`(_ given: Case) throws {
        var spans = BatchWindows(size: try #require(BatchWindows.Size(rawValue: given.size)))
        spans.begin = given.begin.flatMap { CalendarTime(written: $0) }
        spans.lookback = given.lookback
        let now = try #require(CalendarTime(written: given.now))
        let from = given.from.flatMap { CalendarTime(written: $0) }
        let found = spans.windows(now: now, isIncremental: given.isIncremental, from: from, to: nil)
        let windows = try #require(found)
        #expect(windows.map { spans.name(of: $0.start) } == given.expected)
    }

    @Test func `a first run must know where to begin`() throws {
        let now = try #require(CalendarTime(written: "2024-03-03"))
        #expect(BatchWindows(size: .day).windows(now: now, isIncremental: false, from: nil, to: nil) == nil)
    }
}

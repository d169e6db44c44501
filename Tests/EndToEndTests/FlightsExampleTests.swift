import Foundation
import TestSupport
import Testing

/// `Examples/flights` on its real data: 336,776 rows of a zipped CSV and four smaller files.
@Suite struct `The flights example` {
    static let tables = [
        "raw_flights": 336_776, "airports": 1_458, "planes": 3_322, "weather": 26_115, "airlines": 16,
        "flights": 336_776, "carriers": 16, "wind": 3,
    ]

    @Test func `runs to the end, and a second run gives the same`() async throws {
        let fetched = ["flights.csv.zip", "airports.csv", "planes.csv", "weather.csv", "airlines.csv"]
        let project = try await TestProject(example: "flights", fetched: fetched)

        let first = try await project.pintail("run")
        try #require(first.exitCode == 0, "\(first.standardError)")
        #expect(first.standardError.contains("succeeded"))
        #expect(first.standardOutput == "")
        let counts = try await rowCounts(of: project)
        #expect(counts == Self.tables)
        let carriers = try project.read("out/carriers.csv")
        #expect(carriers.hasPrefix("airline;flights;cancelled_percent;minutes_late;aircraft_age\r\n"))
        #expect(carriers.contains("\r\nUnited Air Lines Inc.;58665;1.2;3.6;13.2\r\n"))
        let byOrigin = try await project.rows(
            "SELECT origin, count(*) FROM 'out/flights/**/*.parquet' GROUP BY 1 ORDER BY 1"
        )
        #expect(byOrigin == ["EWR,120835", "JFK,111279", "LGA,104662"])

        let second = try await project.pintail("run", "--json")
        #expect(second.exitCode == 0)
        for line in second.standardOutput.split(separator: "\n") { _ = try json(String(line)) }
        #expect(try await rowCounts(of: project) == Self.tables)
        #expect(try project.read("out/carriers.csv") == carriers)
        #expect(try project.files().filter { $0.hasPrefix("out/") }.count == 4)
        #expect(try project.leftovers() == [])
    }

    private func rowCounts(of project: TestProject) async throws -> [String: Int] {
        let sql = Self.tables.keys.map { "SELECT '\($0)', count(*) FROM \($0)" }.joined(separator: " UNION ALL ")
        let pairs = try await project.rows(sql).map { $0.split(separator: ",") }
        return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), Int($0[1]) ?? -1) })
    }
}

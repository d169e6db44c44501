import Foundation
import TestSupport
import Testing

/// `Examples/csv-steps`: an extract step, SQL steps between tables, a writer step.
@Suite struct `The CSV steps example` {
    @Test func `writes delimiter, encoding, header, line ends and sorted columns as asked`() async throws {
        let project = try await TestProject(example: "csv-steps")
        let result = try await project.pintail("run")
        try #require(result.exitCode == 0, "\(result.standardError)")
        let text = "amount;city;orders\r\n8.05;Málaga;2\r\n20.00;Zürich;2\r\n101.10;Århus;1\r\n"
        #expect(try project.bytes("out/by_city.csv") == Array(try #require(text.data(using: .isoLatin1))))
        #expect(result.standardError.contains("6 rows in"))
        #expect(try await project.tables() == ["main.by_city", "main.orders", "main.paid"])
    }

    @Test func `names the table that no step makes, and where it is read`() async throws {
        let project = try await TestProject(example: "csv-steps")
        let pipeline = try project.read("pipelines/orders.yml")
        try project.write(
            pipeline.replacing("FROM orders WHERE", with: "FROM ordres WHERE"),
            to: "pipelines/orders.yml"
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == 2)
        #expect(result.standardError.contains("ordres"), "\(result.standardError)")
        #expect(result.standardError.contains("did you mean 'orders'"), "\(result.standardError)")
        #expect(result.standardError.contains("pipelines/orders.yml:"))
    }

    @Test func `names the file that is not there`() async throws {
        let project = try await TestProject(example: "csv-steps")
        try await mustRun("rm", ["\(project.path)/data/orders.csv.gz"])
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("there is no file 'data/orders.csv.gz'"), "\(result.standardError)")
        #expect(!project.exists("out"))
    }

    @Test func `names the step that lacks its path or its query`() async throws {
        let project = try TestProject(
            """
            - extract: orders
            - transform: paid
            - load: paid
            """
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == 2)
        for key in ["'from'", "'sql'", "'into'"] {
            #expect(result.standardError.contains(key), "\(result.standardError)")
        }
    }
}

import Foundation
import TestSupport
import Testing

/// `Examples/energy`: eight inputs, a master table, five analytics models, tests on all, and charts.
@Suite struct `The energy example` {
    private static let small = ["--vars", "ENERGY_METERS=36", "ENERGY_DAYS=62"]
    private static let inputs = [
        "calendar", "customers", "load_forecasts", "meter_readings", "outages", "spot_prices", "tariffs", "weather",
    ]
    private static let models = [
        "daily_profile", "demand_price_elasticity", "forecast_accuracy", "price_elasticity", "tariff_revenue",
        "weather_sensitivity",
    ]

    private func project() async throws -> TestProject {
        let project = try await TestProject(example: "energy")
        // What somebody has made in the checkout is not the example.
        try await mustRun(
            "sh",
            ["-c", "cd '\(project.path)' && rm -rf target *.duckdb* data/*.parquet data/meter_readings"]
        )
        return project
    }

    private func run(_ words: String..., in project: TestProject) async throws -> RunResult {
        let result = try await TestSupport.run(PintailBinary.path, words + Self.small, currentDirectory: project.path)
        try #require(result.exitCode == 0, "\(result.standardError)")
        return result
    }

    /// What the last run of a pipeline tells of a step: `rows`, `note`.
    private func rowsRead(_ result: RunResult) throws -> [String: Int] {
        var rows: [String: Int] = [:]
        for line in result.standardOutput.split(separator: "\n") {
            let event = try json(String(line)) as? [String: Any]
            guard let node = event?["node"] as? String, let outcome = event?["result"] as? [String: Any] else {
                continue
            }
            rows[node] = outcome["rows"] as? Int
        }
        return rows
    }

    @Test func `runs whole: inputs, master table, models, and the elasticities that customers have`() async throws {
        let project = try await project()
        let whole = try await run("run", in: project)
        // Every model and every test is a node of its own.
        for name in Self.models { #expect(whole.standardError.contains("✓ \(name) "), "\(name)") }
        #expect(whole.standardError.contains("✓ one_row_an_hour "))
        let built = try await project.pintail("build")
        #expect(built.exitCode == 0, "\(built.standardError)")
        let tables = Set(try await project.tables())
        for name in Self.inputs + Self.models { #expect(tables.contains("main.\(name)")) }
        let results = try json(project.read("target/run_results.json")) as? [String: Any]
        let statuses = (results?["results"] as? [[String: Any]] ?? []).compactMap { $0["status"] as? String }
        #expect(statuses.count == 55)
        #expect(Set(statuses) == ["pass", "success"])
        // Homes were made with -0.30, shops with -0.15, plants with -0.50.
        let found = try await project.rows("SELECT segment, elasticity FROM price_elasticity ORDER BY segment")
        let elasticities = found.compactMap { Double($0.split(separator: ",")[1]) }
        try #require(elasticities.count == 3)
        for (value, made) in zip(elasticities, [-0.15, -0.50, -0.30]) { #expect(abs(value - made) < 0.1, "\(found)") }
    }

    @Test func `a second run reads nothing again, and a third only what has changed`() async throws {
        let project = try await project()
        _ = try await run("run", in: project)
        let count = "SELECT count(*) FROM meter_readings"
        let before = try await project.rows(count)
        let second = try await run("run", "energy", "--json", in: project)
        #expect(second.standardOutput.contains("nothing new: 3 files are as they were"))
        #expect(second.standardOutput.components(separatedBy: "nothing new").count - 1 >= Self.inputs.count)
        #expect(try await project.rows(count) == before)

        let files = try project.files().filter { $0.hasPrefix("data/meter_readings/") }
        try await mustRun("rm", ["\(project.path)/\(files[0])"])
        let removed = try await run("run", "energy", "--json", in: project)
        #expect(removed.standardOutput.contains("and the rows of 1 that are gone went"))
        #expect(try await project.rows(count) != before)
        #expect(try await project.rows("SELECT DISTINCT _source_file FROM meter_readings").count == files.count - 1)
    }

    @Test func `a list that is wrong is told with its places before anything runs`() async throws {
        let project = try await project()
        try project.write(
            "{\n  \"weather\": \"data/wether.parquet\",\n  \"tariffs\": 5\n}\n",
            to: "data/table_info.json"
        )
        let wrong = try await project.pintail("validate")
        #expect(wrong.exitCode == 2)
        #expect(wrong.standardError.contains("--> data/table_info.json:3:14"), "\(wrong.standardError)")
        try project.write("{\"weather\": \"data/wether.parquet\"}\n", to: "data/table_info.json")
        try project.write(
            "pipeline: energy\nsteps:\n  - extract_all: data/table_info.json\n",
            to: "pipelines/energy.yml"
        )
        let missing = try await project.pintail("run", "energy")
        #expect(missing.exitCode == 1)
        #expect(missing.standardError.contains("it is named at data/table_info.json:1:14"), "\(missing.standardError)")
    }

    @Test func `its charts are drawn, and a browser finds nothing wrong with them`() async throws {
        let project = try await project()
        _ = try await run("run", in: project)
        let result = try await project.pintail("report", "--svg")
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(try project.files().filter { $0.hasPrefix("out/reports/") }.count == 6)
        let browser = try await Browser()
        try await browser.open("file://\(project.path)/out/reports/demand.html")
        #expect(try await browser.title == "Demand and prices")
        #expect(try await browser.value("document.querySelectorAll('svg.chart').length") as? Int == 5)
        #expect(try await browser.value("document.documentElement.scrollWidth <= innerWidth") as? Bool == true)
        // No text lies outside of its picture.
        let outside = """
            [...document.querySelectorAll('svg text')].filter(text => {
              const a = text.getBoundingClientRect(), b = text.closest('svg').getBoundingClientRect();
              return a.left < b.left - 1 || a.right > b.right + 1 || a.bottom > b.bottom + 1;
            }).map(text => text.textContent).join(';')
            """
        #expect(try await browser.text("(\(outside))") == "")
        #expect(try await browser.complaints == [])
    }
}

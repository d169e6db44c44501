import PintailEngine

/// A pipeline written in Swift: the same values that a YAML file is decoded into.
@main
struct Airports {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: Airports FOLDER   (a folder with airports.csv)")
            return
        }
        let pipeline = Pipeline("airports") {
            Extract("raw_airports", from: "airports.csv", rename: .lower, types: ["alt": "int32"])
            Check(
                "raw_airports",
                columns: [
                    ColumnChecks("faa", [.notNull, .unique, .length(min: 3, max: 3)]),
                    ColumnChecks("lat", [.range(min: -90.0, max: 90.0)]),
                ]
            )
            Transform("mountains", sql: "SELECT faa, name, alt FROM raw_airports WHERE alt >= 7000 ORDER BY alt DESC")
            Load("mountains", into: "mountains.csv")
        }

        let summary = try await pipeline.run(in: CommandLine.arguments[1])

        for node in summary.nodes {
            print("\(node.node): \(node.status.word), \(node.result?.rows.map { "\($0) rows" } ?? "no rows")")
            for check in node.checks { print("  \(check.status): \(check.message)") }
        }
        print("\(summary.status)")
    }
}

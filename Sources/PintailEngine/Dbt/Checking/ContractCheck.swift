import DuckDB
import PintailProject

/// Compares the columns that a model promises with those that its SQL gives.
struct ContractCheck {
    private let project: ProjectBinding
    private let node: Node

    init(_ project: ProjectBinding, _ node: Node) {
        self.project = project
        self.node = node
    }

    /// Tells every column that is missing, not promised, or of another type.
    func run() throws {
        guard node.config["contract"]?["enforced"].bool == true, project.knowledge[node.uniqueID] == .exact,
            let columns = project.columns[node.uniqueID]
        else { return }
        for promised in node.columns {
            guard let found = columns.first(where: { $0.name.lowercased() == promised.name.lowercased() }) else {
                report(
                    "promises column '\(promised.name)', which its SQL does not give",
                    at: promised.location,
                    hint: didYouMean(promised.name, among: columns.map(\.name))
                )
                continue
            }
            guard let type = promised.dataType else {
                report(
                    "promises column '\(promised.name)' without a type",
                    at: promised.location,
                    hint: "write data_type: \(found.type)"
                )
                continue
            }
            try compare(promised, type, found.type)
        }
        let promised = Set(node.columns.map { $0.name.lowercased() })
        for column in columns where !promised.contains(column.name.lowercased()) {
            report(
                "gives column '\(column.name)', which its contract does not name",
                hint: "add it to the model's columns: {name: \(column.name), data_type: \(column.type)}"
            )
        }
    }

    private func compare(_ column: ColumnEntry, _ promised: String, _ found: LogicalType) throws {
        do {
            let wanted = try project.scratch.warehouse.columns(of: "SELECT CAST(NULL AS \(promised))").first?.type
            guard let wanted, Self.name(of: wanted) != Self.name(of: found) else { return }
            report("promises column '\(column.name)' as \(promised), and its SQL gives \(found)", at: column.location)
        } catch {
            report(
                "promises column '\(column.name)' as '\(promised)', which is no type of DuckDB",
                at: column.location,
                hint: error.hint
            )
        }
    }

    /// Sizes are no part of the promise, as in dbt.
    private static func name(of type: LogicalType) -> String {
        if case .decimal = type { "DECIMAL" } else { type.description }
    }

    /// - Parameter place: where the promise is written; the model itself where it is none.
    private func report(_ text: String, at place: SourceLocation? = nil, hint: String? = nil) {
        project.report(Diagnostic("model '\(node.name)' \(text)", at: place ?? node.location, hint: hint))
    }
}

import DuckDB
import FoundationEssentials

/// What DuckDB's plan tells of a query before it runs.
struct SourceScan: Hashable, Sendable {
    /// How many rows there will be, as far as DuckDB can guess.
    let estimatedRows: Int?
    /// Whether every run gives the rows in the same order: each row of a scan becomes one row or none.
    let isOrdered: Bool

    /// Has DuckDB plan a query.
    init(of query: SQL, _ connection: borrowing Connection) throws {
        let text = try connection.rows("EXPLAIN (FORMAT json) \(query)").first?.last?.text ?? ""
        let plan = try? JSONDecoder().decode([PlanNode].self, from: Data(text.utf8)).first
        estimatedRows = plan?.estimate
        let keepsOrder = try connection.value("SELECT current_setting('preserve_insertion_order')")
        isOrdered = keepsOrder == .boolean(true) && plan?.isOrdered == true
    }
}

/// An operator of DuckDB's plan.
private struct PlanNode: Decodable {
    let name: String
    let children: [PlanNode]
    let facts: [String: Fact]?

    enum CodingKeys: String, CodingKey {
        case name, children
        case facts = "extra_info"
    }

    /// One text or several.
    enum Fact: Decodable {
        case text(String)
        case other

        init(from decoder: any Decoder) throws {
            self = (try? decoder.singleValueContainer().decode(String.self)).map(Fact.text) ?? .other
        }
    }

    /// The operators that hand rows on in the order they come.
    private static let ordered: Set<String> = ["PROJECTION", "FILTER", "UNNEST", "UNION"]

    /// The scans whose order is that of the files or the table.
    private static let scans: Set<String> = [
        "SEQ_SCAN", "TABLE_SCAN", "PARQUET_SCAN", "READ_PARQUET", "READ_CSV", "READ_CSV_AUTO",
        "READ_JSON", "READ_JSON_AUTO", "READ_NDJSON", "READ_NDJSON_AUTO", "READ_XLSX", "RANGE",
    ]

    var isOrdered: Bool {
        let name = name.trimmingSpaces
        return children.isEmpty
            ? Self.scans.contains(name) : Self.ordered.contains(name) && children.allSatisfy(\.isOrdered)
    }

    var estimate: Int? {
        if case .text(let text)? = facts?["Estimated Cardinality"] { return Int(text) }
        return children.count == 1 ? children[0].estimate : nil
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

import DuckDB
import FoundationEssentials
import PintailOrchestrator
import Postgres

/// A query that a Postgres server answers, and what the server says of it beforehand.
struct ServerQuery {
    /// What the user asked for, or every column of the table.
    let text: SQL
    /// The columns of the answer.
    let columns: [PostgresConnection.AnswerColumn]
    /// Which rows are wanted, by the names of ``numbered``; `nil` for all.
    private(set) var condition: SQL?

    /// Has the server describe a query; nothing is run.
    init(_ text: SQL, over server: borrowing PostgresConnection) throws(PostgresError) {
        self.text = text
        columns = try server.columns(of: text)
    }

    /// The rows as they stand after FROM, every column called by its place: names may be there twice.
    var numbered: SQL {
        let all: SQL = "(\n\(text)\n) AS pintail (\(list: columns.indices.map(Self.name)))"
        return condition.map { "(SELECT * FROM \(all) WHERE \($0)) AS pintail" } ?? all
    }

    // https://www.postgresql.org/docs/current/catalog-pg-type.html: fixed in pg_type.dat.
    private static let comparable: Set<UInt32> = [20, 21, 23, 1082, 1114, 1184, 1700]

    /// Leaves out rows up to a value, where server and DuckDB agree on what is greater: numbers, dates and times.
    mutating func skip(upTo value: String, column index: Int) {
        guard columns.indices.contains(index), Self.comparable.contains(columns[index].typeOID) else { return }
        condition = "\(Self.name(index)) > \(literal: value)"
    }

    /// What a column is called in ``numbered``.
    static func name(_ index: Int) -> SQL { "\(identifier: "c\(index)")" }

    /// Rows and bytes per row, as the server's planner guesses from its statistics; `nil` when it does not say.
    ///
    /// https://www.postgresql.org/docs/current/row-estimation-examples.html
    func estimate(over server: borrowing PostgresConnection) throws(PostgresError) -> (rows: RowCount, width: Bytes)? {
        let answer =
            try server.querySingle("EXPLAIN (FORMAT JSON) SELECT * FROM \(numbered)").first?.values.first ?? nil
        guard let answer, let plans = try? JSONDecoder().decode([Explained].self, from: Data(answer.utf8)),
            let plan = plans.first?.plan
        else { return nil }
        return (RowCount(Int64(min(plan.rows, 9e18))), Bytes(plan.width))
    }

    // https://www.postgresql.org/docs/current/sql-explain.html
    private struct Explained: Decodable {
        struct Plan: Decodable {
            let rows: Double
            let width: Int64

            enum CodingKeys: String, CodingKey {
                case rows = "Plan Rows"
                case width = "Plan Width"
            }
        }

        let plan: Plan

        enum CodingKeys: String, CodingKey { case plan = "Plan" }
    }
}

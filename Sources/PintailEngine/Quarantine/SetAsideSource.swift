import DuckDB
import PintailOrchestrator
import PintailProject

/// Records that were put aside, in a temporary table of texts, as a source that an extract's settings apply to.
struct SetAsideSource: RowSource {
    let name: String
    let rows: SQL
    let columns: [ResultColumn]
    var warnings: [String] { [] }
    var facts: [String: JSONValue] { [:] }
    var estimatedSize: EstimatedSource.Size? { nil }

    func explain(_ error: DuckDBError, _ connection: borrowing Connection) -> any Error { error }

    /// Converts the records into rows of a table with these columns; those that do not fit are noted as broken.
    func take(_ extract: Extract, _ table: [ResultColumn], _ connection: borrowing Connection) throws {
        let extract = try extract.converting(columns.map(\.name), to: table)
        let plan = try ColumnPlan(extract, self, connection)
        if let misfits = misfits(plan.columns.map(\.conversion), in: rows, keeping: AsideRows.number) {
            try note(misfits, plan, extract.types, connection)
        }
        let known = Set(table.map { $0.name.lowercased() })
        let values = zip(plan.columns, plan.expressions(readIn: nil)).filter { known.contains($0.0.name.lowercased()) }
        let fitting: SQL =
            plan.misfits.isEmpty ? "" : " WHERE \(plan.misfits.map { "NOT \($0)" as SQL }, separator: " AND ")"
        try connection.execute(
            """
            INSERT INTO \(AsideRows.typed) BY NAME
            SELECT \(list: [AsideRows.number] + values.map(\.1)) FROM \(rows)\(fitting)
            """
        )
    }

    private func note(
        _ misfits: SQL,
        _ plan: ColumnPlan,
        _ types: [String: ColumnType],
        _ connection: borrowing Connection
    ) throws(DuckDBError) {
        func choice(_ text: (ColumnPlan.Column) -> String) -> SQL {
            let cases = plan.columns.enumerated().map { "WHEN \(literal: $0) THEN \(literal: text($1))" as SQL }
            return "CASE pintail_column \(cases, separator: " ") END"
        }
        let broken = BrokenRule(
            column: choice(\.name),
            rule: "'type'",
            value: "pintail_value",
            reason:
                "'''' || left(pintail_value, 100) || ''' is no ' || \(choice { types[$0.name]?.name ?? $0.type.description })"
        )
        try connection.execute(
            "INSERT INTO \(AsideRows.broken) SELECT pintail_kept, [\(broken.sql)], NULL, NULL FROM (\(misfits))"
        )
    }
}

extension Extract {
    /// The extract with the types that the table has: what is added to it may have no others.
    fileprivate func converting(_ source: [String], to table: [ResultColumn]) throws -> Extract {
        let names = try ColumnNames.renamed(source, by: rename, at: locations)
        var extract = self
        extract.types = [:]
        for column in table {
            guard let name = names.first(where: { $0.lowercased() == column.name.lowercased() }) else { continue }
            guard column.type != .varchar else { continue }
            let type = column.type.description
            let given = types.first { $0.key.lowercased() == name.lowercased() }?.value
            extract.types[name] = given?.sql == type ? given : ColumnType(type)
        }
        return extract
    }
}

/// Reads records again that are kept as JSON: those of sources that have no lines.
struct AsideRecords {
    let extract: Extract
    /// The table's columns.
    let columns: [ResultColumn]

    /// Makes a column of each key, all of them texts.
    func read(_ connection: borrowing Connection) throws {
        let those: SQL = "\(AsideRows.picked) WHERE raw_form = 'record'"
        let keys = try connection.texts(
            "SELECT DISTINCT unnest(json_keys(raw)) AS name FROM \(those) ORDER BY 1"
        )
        guard !keys.isEmpty else { return }
        let texts = keys.map { "\(RawRow.text(of: $0, in: "raw")) AS \(identifier: $0)" as SQL }
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(identifier: "pintail: records") AS
            SELECT \(list: [AsideRows.number] + texts) FROM \(those)
            """
        )
        let source = SetAsideSource(
            name: extract.table,
            rows: "temp.main.\(identifier: "pintail: records")",
            columns: keys.map { ResultColumn(name: $0, type: .varchar) }
        )
        try source.take(extract, columns, connection)
        try connection.execute("DROP TABLE temp.main.\(identifier: "pintail: records")")
    }
}

import DuckDB
import PintailOrchestrator
import Postgres

/// A load's rows on DuckDB's side: numbered, with the keys that they refer to, less those that are put aside or outdone.
struct LinkedRows {
    let plan: LinkedPlan
    /// Tells the temporary tables of one load from those of another in the same transaction.
    let place: Int
    /// The rows behind FROM, each with its number.
    let numbered: SQL
    /// Whether the numbers are those that DuckDB gives to the rows of the table that is loaded.
    let isNumberedByTable: Bool
    /// How many there may be, where that is known before they are counted.
    let estimatedRows: Int?

    /// Rows that stay away, by the column that decides.
    enum Choice {
        /// Neither put aside nor outdone.
        case taken
        case aside
    }

    /// Rows that come in another order each time, or with other values, are stored first.
    init(
        _ relation: LoadRelation,
        _ scan: SourceScan,
        _ plan: LinkedPlan,
        place: Int,
        _ connection: borrowing Connection
    ) throws {
        self.plan = plan
        self.place = place
        estimatedRows = scan.estimatedRows
        let query: SQL = "SELECT row_number() OVER () AS pintail_row, * FROM \(relation.derivedTable)"
        let table = relation.columns.contains { $0.name.equalsIgnoringCase("rowid") } ? nil : relation.table
        isNumberedByTable = table != nil
        if let table {
            // DuckDB numbers a table's rows itself; counting them goes on one thread.
            let names = relation.columns.map(\.name)
            numbered = "(SELECT rowid AS pintail_row, \(identifiers: names) FROM \(table: table))"
        } else if scan.isOrdered, try !Self.isVolatile(relation.query, connection) {
            numbered = "(\(query))"
        } else {
            let table: SQL = "\(identifier: "pintail: source \(place)")"
            try connection.execute("CREATE OR REPLACE TEMP TABLE \(table) AS \(query)")
            numbered = "temp.main.\(table)"
        }
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(identifier: asideName) (
                pintail_row BIGINT, column_name VARCHAR, rule VARCHAR, value VARCHAR, reason VARCHAR);
            CREATE OR REPLACE TEMP TABLE \(identifier: outdoneName) (pintail_row BIGINT)
            """
        )
    }

    private var asideName: String { "pintail: aside \(place)" }
    private var outdoneName: String { "pintail: outdone \(place)" }
    var aside: SQL { "temp.main.\(identifier: asideName)" }
    var outdone: SQL { "temp.main.\(identifier: outdoneName)" }
    func map(_ number: Int) -> SQL { "temp.main.\(identifier: "pintail: map \(place) \(number)")" }

    /// Whether a second look could show other values.
    private static func isVolatile(_ query: SQL, _ connection: borrowing Connection) throws -> Bool {
        let plan = try connection.rows("EXPLAIN \(query)").flatMap { $0 }.compactMap(\.text).joined().lowercased()
        let volatile = try connection.texts(
            "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE stability = 'VOLATILE'"
        )
        return volatile.contains { plan.contains($0 + "(") }
    }

    // MARK: Rows

    /// The rows as they are copied, in the columns of a target.
    ///
    /// - Parameter known: a table with the hashes of rows that are not needed.
    func query(for fill: LinkedTable.Fill, without known: SQL? = nil) -> SQL {
        let names = columns(for: fill).map(\.name)
        guard let known else { return "SELECT \(identifiers: names) FROM (\(projection(of: .taken)))" }
        return """
            SELECT \(identifiers: names) FROM (SELECT *, \(hash) AS pintail_hash FROM (\(projection(of: .taken))))
            ANTI JOIN \(known) USING (pintail_hash)
            """
    }

    /// What a row comes to, keys that are made anew each time left out.
    private var hash: SQL {
        let names = plan.load.projectedColumns.map(\.name).filter { !plan.generated.contains($0) }
        return "hash(\(identifiers: names))"
    }

    /// The hashes of all rows that are taken.
    var hashes: SQL { "SELECT \(hash) AS pintail_hash FROM (\(projection(of: .taken)))" }

    /// What the source's rows come to, before anything is looked up or left out.
    ///
    /// - Parameter isOrdered: whether the same rows in another order come to something else.
    func fingerprint(isOrdered: Bool, _ connection: borrowing Connection) throws -> String {
        let values: SQL = isOrdered ? "*COLUMNS(*)" : "*COLUMNS(* EXCLUDE pintail_row)"
        return try connection.value("SELECT concat_ws(' ', count(*), sum(hash(\(values)))) FROM \(numbered)").text ?? ""
    }

    /// The columns of that query.
    func columns(for fill: LinkedTable.Fill) -> [ResultColumn] {
        guard fill.merge != nil else { return plan.load.projectedColumns }
        let parents = plan.inward?.terms.enumerated().map {
            ResultColumn(name: "pintail_parent_\($0)", type: $1.conversion.result(of: $1.source.type))
        }
        return plan.load.projectedColumns + [ResultColumn(name: "pintail_row", type: .bigint)] + (parents ?? [])
    }

    /// The keys of rows that were put aside; rows without one have no part in it.
    var keysAside: SQL {
        let keys = plan.keyColumns.map(\.name)
        let present = keys.map { "\(identifier: $0) IS NOT NULL" as SQL }
        return """
            SELECT \(identifiers: keys) FROM (\(projection(of: .aside))) WHERE \(present, separator: " AND ")
            """
    }

    /// - Parameter names: the columns that are needed; without those of other tables nothing is joined.
    func projection(of choice: Choice, only names: Set<String>? = nil) -> SQL {
        let columns = plan.load.columns.filter { names?.contains($0.source.name) ?? true }
            .map { $0.conversion.expression(for: $0.source.name) }
        let parents = (names == nil ? plan.inward?.terms ?? [] : []).enumerated().map {
            $1.conversion.expression(for: "pintail_parent_\($0)")
        }
        return "SELECT \(list: columns + ["pintail_row"] + parents) FROM (\(relation(choice, only: names)))"
    }

    private func relation(_ choice: Choice, only names: Set<String>?) -> SQL {
        var columns = plan.kept.map { "r.\(identifier: $0.name)" as SQL }
        var joins: [SQL] = []
        for (number, reference) in plan.outward.enumerated() where names?.contains(reference.column) ?? true {
            columns.append("m\(literal: number).key AS \(identifier: reference.column)")
            let same = reference.terms.enumerated().map {
                "r.\(identifier: $1.source.name) = m\(literal: number).\(identifier: "k\($0)")" as SQL
            }
            joins.append("LEFT JOIN \(map(number)) m\(literal: number) ON \(same, separator: " AND ")")
        }
        if let inward = plan.inward {
            columns.append("CAST(NULL AS \(SQL(verbatim: inward.carrier.description))) AS \(identifier: inward.column)")
            columns += inward.terms.enumerated().map {
                "r.\(identifier: $1.source.name) AS \(identifier: "pintail_parent_\($0)")"
            }
        }
        columns += plan.generated.map { "uuidv7() AS \(identifier: $0)" }
        columns.append("r.pintail_row")
        let rows: SQL =
            switch choice {
            case .taken:
                """
                (FROM \(numbered) ANTI JOIN \(aside) USING (pintail_row) ANTI JOIN \(outdone) USING (pintail_row))
                """
            case .aside: "(FROM \(numbered) SEMI JOIN \(aside) USING (pintail_row))"
            }
        return "SELECT \(list: columns) FROM \(rows) r \(joins, separator: " ")"
    }

    // MARK: Rows put aside

    /// Puts rows aside that the server found without a parent among the others.
    func putAside(_ rows: [Int], _ reference: ResolvedReference, _ connection: borrowing Connection) throws {
        let from = reference.reference.from.joined(separator: ", ")
        for start in stride(from: 0, to: rows.count, by: 5000) {
            let numbers = rows[start..<min(rows.count, start + 5000)].map { "\(literal: $0)" as SQL }
            try connection.execute(
                """
                INSERT INTO \(aside) SELECT unnest([\(list: numbers)]), \(literal: from),
                    \(literal: "references \(reference.title)"), NULL,
                    \(literal: "\(from) is neither in \(reference.parent.name) nor among the rows")
                """
            )
        }
        guard !rows.isEmpty else { return }
        let names = reference.reference.from.map { "CAST(r.\(identifier: $0) AS VARCHAR)" as SQL }
        try connection.execute(
            """
            UPDATE \(aside) AS a SET value = concat_ws(', ', \(list: names)) FROM \(numbered) AS r
            WHERE r.pintail_row = a.pintail_row AND a.rule = \(literal: "references \(reference.title)")
            """
        )
    }

    /// Moves rows that were put aside to the quarantine, and counts them.
    func quarantine(
        as table: String,
        run: RunID,
        columns: [ResultColumn],
        places: AsidePlaces?,
        _ connection: borrowing Connection
    ) throws -> Int {
        guard try hasAside(connection) else { return 0 }
        let placed = try AsidePlaces.table(aside, isNumberedByTable ? places : nil, connection)
        let broken = BrokenRule(column: "column_name", rule: "rule", value: "value", reason: "reason")
        let count = try Quarantine.insert(
            """
            SELECT p.file, p.line, p.row_number, a.broken, \(RawRow.json(columns, of: "r")) FROM (
                SELECT pintail_row, list(\(broken.sql)) AS broken FROM \(aside) GROUP BY pintail_row) a
            JOIN \(numbered) r USING (pintail_row) LEFT JOIN \(placed) p USING (pintail_row) ORDER BY pintail_row
            """,
            as: .row,
            table: table,
            by: "load:" + table,
            run: run,
            isStaged: false,
            connection
        )
        try AsidePlaces.drop(connection)
        return count
    }

    /// Whether any row was put aside.
    func hasAside(_ connection: borrowing Connection) throws -> Bool { try asideCount(connection) > 0 }

    /// How many rows were put aside, each once.
    func asideCount(_ connection: borrowing Connection) throws -> Int {
        try connection.value("SELECT count(*) FROM \(aside)").integer ?? 0
    }
}

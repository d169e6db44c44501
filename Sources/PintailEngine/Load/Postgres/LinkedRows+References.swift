import DuckDB
import Postgres

/// Keys for the names that rows hold: looked up on the server, once for each name.
extension LinkedRows {
    /// Finds the keys for every reference, on the server, and puts aside or refuses what has none.
    ///
    /// Names that would be created come last: rows that are put aside make nothing.
    /// - Returns: How many rows were made in which table, and what was found out here while the server was asked.
    func resolve(
        _ connection: borrowing Connection,
        _ server: borrowing PostgresConnection,
        in workspace: Workspace
    ) throws -> (created: [String: Int], survey: KeySurvey?) {
        var created: [String: Int] = [:]
        var survey: KeySurvey?
        var missing: [MissingParents.Names] = []
        let numbers = plan.outward.indices.sorted {
            !plan.outward[$0].creates && plan.outward[$1].creates
        }
        for number in numbers {
            let reference = plan.outward[number]
            let made = try resolve(reference, number, connection, server) { connection in
                guard survey == nil else { return }
                survey = try surveyEarly(connection, workspace.budget)
            }
            if made > 0 { created[reference.parent.name.description, default: 0] += made }
            if let names = try settle(reference, number, connection) { missing.append(names) }
        }
        guard missing.isEmpty else { throw MissingParents(references: missing) }
        return (created, survey)
    }

    private func resolve(
        _ reference: ResolvedReference,
        _ number: Int,
        _ connection: borrowing Connection,
        _ server: borrowing PostgresConnection,
        meanwhile: (borrowing Connection) throws -> Void
    ) throws -> Int {
        let resolution = KeyResolution(reference, place: number)
        let names = reference.terms.indices.map { "k\($0)" }
        let parts = zip(names, reference.terms).map { "\(identifier: $1.source.name) AS \(identifier: $0)" as SQL }
        let present = names.map { "\(identifier: $0) IS NOT NULL" as SQL }
        let keys: SQL = "temp.main.\(identifier: "pintail: keys")"
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE "pintail: keys" AS
            SELECT row_number() OVER (ORDER BY pintail_first) AS pintail_n, \(identifiers: names) FROM (
                SELECT \(list: parts), min(pintail_row) AS pintail_first
                FROM \(numbered) ANTI JOIN \(aside) USING (pintail_row)
                GROUP BY \(identifiers: names) HAVING \(present, separator: " AND "))
            """
        )
        var columns = [ResultColumn(name: "pintail_n", type: .bigint)]
        var values: [SQL] = ["pintail_n"]
        for (name, term) in zip(names, reference.terms) {
            columns.append(ResultColumn(name: name, type: term.conversion.result(of: term.source.type)))
            values.append(term.conversion.expression(for: name))
        }
        if reference.makesKeys {
            columns.append(ResultColumn(name: "pintail_new", type: .uuid))
            values.append("uuidv7() AS pintail_new")
        }
        try resolution.begin(on: server)
        let pump = try CopyPump(columns, into: resolution.target)
        _ = try pump.copy(connection.prepare("SELECT \(list: values) FROM \(keys) ORDER BY pintail_n"), over: server)
        let made = try both {
            try meanwhile(connection)
        } and: {
            try resolution.resolve(on: server)
        }.1
        try connection.execute("CREATE OR REPLACE TEMP TABLE \"pintail: ids\" (pintail_n BIGINT, key VARCHAR)")
        try resolution.forEachBatch(on: server) { batch in
            let rows = batch.lazy.map { [Value($0.number), Value($0.key)] }
            try connection.append(rows, to: TableName("pintail: ids", schema: "main", catalog: "temp"))
        }
        let type = SQL(verbatim: reference.carrier.description)
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(identifier: "pintail: map \(place) \(number)") AS
            SELECT k.*, CAST(i.key AS \(type)) AS key, i.pintail_n IS NULL AS is_missing
            FROM \(keys) k LEFT JOIN temp.main."pintail: ids" i USING (pintail_n)
            """
        )
        return made
    }

    /// What becomes of rows whose names were not found, or that name nothing where something is needed.
    private func settle(
        _ reference: ResolvedReference,
        _ number: Int,
        _ connection: borrowing Connection
    ) throws -> MissingParents.Names? {
        let from = reference.reference.from.joined(separator: ", ")
        let isAside = reference.reference.missing == .quarantine
        let rule = "references \(reference.title)"
        let shown = reference.terms.indices.map { "CAST(m.\(identifier: "k\($0)") AS VARCHAR)" as SQL }
        let name: SQL = "concat_ws(', ', \(list: shown))"
        let joined: SQL = """
            \(numbered) r ANTI JOIN \(aside) USING (pintail_row) JOIN \(map(number)) m ON \(sameNames(reference))
            """
        if isAside {
            try connection.execute(
                """
                INSERT INTO \(aside) SELECT r.pintail_row, \(literal: from), \(literal: rule), \(name),
                    \(literal: "\(from) is not in \(reference.parent.name): ") || left(\(name), 100)
                FROM \(joined) WHERE m.is_missing
                """
            )
        }
        if !reference.isNullable { try settleNameless(reference, number, from, rule, connection) }
        guard reference.reference.missing != .null, !isAside else { return nil }
        let missing = try connection.rows(
            """
            SELECT \(name), sum(count(*)) OVER (), count(*) OVER () FROM \(joined) WHERE m.is_missing
            GROUP BY m.pintail_n, 1 ORDER BY m.pintail_n LIMIT 10
            """
        )
        guard let first = missing.first else { return nil }
        return MissingParents.Names(
            from: reference.reference.from,
            title: reference.title,
            names: missing.map { $0[0].text ?? "" },
            count: first[2].integer ?? 0,
            rows: first[1].integer ?? 0
        )
    }

    /// Rows that name nothing, where the column takes no NULL.
    private func settleNameless(
        _ reference: ResolvedReference,
        _ number: Int,
        _ from: String,
        _ rule: String,
        _ connection: borrowing Connection
    ) throws {
        // A name that the server's expressions make nothing of was settled without a key. There is hardly one, and without
        // them no row is joined with anything.
        let absent = reference.terms.map { "r.\(identifier: $0.source.name) IS NULL" as SQL }
        let rows: SQL = """
            FROM (
                SELECT pintail_row FROM \(numbered) r WHERE \(absent, separator: " OR ")
                UNION ALL
                SELECT pintail_row FROM \(numbered) r
                JOIN (FROM \(map(number)) WHERE key IS NULL AND NOT is_missing) m ON \(sameNames(reference))
            ) r ANTI JOIN \(aside) USING (pintail_row)
            """
        if reference.reference.missing == .quarantine {
            try connection.execute(
                """
                INSERT INTO \(aside) SELECT r.pintail_row, \(literal: from), \(literal: rule), NULL, \(literal: "\(from) is empty") \(rows)
                """
            )
        } else {
            let count = try connection.value("SELECT count(*) \(rows)").integer ?? 0
            if count > 0 {
                throw MissingNames(column: reference.column, from: reference.reference.from, rows: count)
            }
        }
    }

    private func sameNames(_ reference: ResolvedReference) -> SQL {
        let same = reference.terms.enumerated().map {
            "r.\(identifier: $1.source.name) = m.\(identifier: "k\($0)")" as SQL
        }
        return "\(same, separator: " AND ")"
    }
}

extension ResolvedReference {
    fileprivate var creates: Bool { reference.missing == .create }
}

import DuckDB

/// A temporary table that rows pass through, where the server takes none by COPY: row-level security wants INSERT.
struct Passage {
    private let plan: LoadPlan
    private let table = TableName("pintail_passing", schema: "pg_temp")

    init(_ plan: LoadPlan) { self.plan = plan }

    /// Whether policies decide which rows of a table the user may write.
    static func isNeeded(
        for table: TableDescription?,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> Bool {
        guard let table else { return false }
        return try connection.value("SELECT row_security_active(\(literal: Int(table.oid))::oid)") == "t"
    }

    /// Where the rows are copied to.
    var target: CopyTarget { CopyTarget(table, columns: plan.targets) }

    func begin(on connection: borrowing PostgresConnection) throws(PostgresError) {
        let columns = plan.targets.map { "\(identifier: $0.name) \($0.type.sql)" as SQL }
        try connection.execute(
            """
            SET LOCAL client_min_messages = warning; DROP TABLE IF EXISTS \(table: table);
            CREATE TEMPORARY TABLE \(identifier: table.name) (\(list: columns)) ON COMMIT DROP
            """
        )
    }

    /// Hands the rows on, each judged by the policies.
    func finish(on connection: borrowing PostgresConnection) throws(PostgresError) {
        let names = plan.targets.map(\.name)
        try connection.execute(
            """
            INSERT INTO \(table: plan.table) (\(identifiers: names)) OVERRIDING SYSTEM VALUE
            SELECT \(identifiers: names) FROM \(table: table);
            DROP TABLE \(table: table)
            """
        )
    }
}

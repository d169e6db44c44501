import DuckDB

/// Deletes or marks the table's rows that are not among the new ones.
struct MissingRowsSweep {
    let merge: Merge

    /// - Throws: ``EverythingMissing`` when there is no new row at all: that is a source that failed, far more likely than
    ///   a table that was meant to be emptied.
    func run(on connection: borrowing PostgresConnection) throws -> Int {
        guard merge.rules.missingRows != .keep else { return 0 }
        let isEmpty: SQL = """
            SELECT NOT EXISTS (SELECT FROM \(table: merge.rows)) AND NOT EXISTS (SELECT FROM \(table: merge.aside))
                AND EXISTS (SELECT FROM \(table: merge.load.table))
            """
        if try connection.value(isEmpty) == "t" { throw EverythingMissing() }
        return try connection.execute(statement)
    }

    private var statement: SQL {
        let table = merge.load.table
        if case .history = merge.load.mode {
            let history = merge.rules.history
            return """
                UPDATE \(table: table) old SET \(identifier: history.validTo) = now(), \(identifier: history.isCurrent) = false
                WHERE \(identifier: history.isCurrent) AND \(isMissing)
                """
        }
        guard case .softDelete(let column) = merge.rules.missingRows else {
            return "DELETE FROM \(table: table) old WHERE \(isMissing)"
        }
        let mark = SoftDelete(column, in: merge.load)
        return """
            UPDATE \(table: table) old SET \(identifier: column) = \(mark.present) WHERE NOT (\(mark.isMarked)) AND \(isMissing)
            """
    }

    private var isMissing: SQL {
        """
        NOT EXISTS (SELECT FROM \(table: merge.rows) r WHERE \(merge.sameKey(as: "r")))
        AND NOT EXISTS (SELECT FROM \(table: merge.aside) a WHERE \(merge.sameKey(as: "a")))
        """
    }
}

/// A column that says that a row is gone: a time, or true.
struct SoftDelete {
    let column: String
    private let isFlag: Bool

    init(_ column: String, in plan: LoadPlan) {
        self.column = column
        isFlag = plan.existing?.columns.first { $0.name == column }?.type == .boolean
    }

    var present: SQL { isFlag ? "true" : "now()" }

    var absent: SQL { isFlag ? "false" : "NULL" }

    var isMarked: SQL { isFlag ? "old.\(identifier: column) IS TRUE" : "old.\(identifier: column) IS NOT NULL" }
}

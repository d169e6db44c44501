import CPQ
package import DuckDB

/// Questions about a query that somebody else wrote: it is one statement, whatever it holds.
extension PostgresConnection {
    /// A column of a query's answer, as the server describes it before anything is read.
    package struct AnswerColumn: Hashable, Sendable {
        /// The column's name; two columns may share one.
        package let name: String
        /// The number of its type in `pg_type`; for a domain that of the type it stands on.
        package let typeOID: UInt32
        /// What is added to the type, as precision and scale; -1 when nothing is.
        package let modifier: Int
    }

    /// The columns that a query will answer with; the query is not run.
    package borrowing func columns(of query: SQL) throws(PostgresError) -> [AnswerColumn] {
        try canceller.check(query)
        return try onOneSession { () throws(PostgresError) in
            let prepared = unsafe PostgresResult(PQprepare(handle, "", query.text, 0, nil))
            if let error = unsafe prepared.error(on: handle, sql: query) { throw error }
            let described = unsafe PostgresResult(PQdescribePrepared(handle, ""))
            if let error = unsafe described.error(on: handle, sql: query) { throw error }
            return described.columns
        }
    }

    /// The rows of a query with a small answer; refused when it is more than one statement.
    package borrowing func querySingle(_ sql: SQL) throws(PostgresError) -> [PostgresRow] {
        try canceller.check(sql)
        let result = unsafe PostgresResult(PQexecParams(handle, sql.text, 0, nil, nil, nil, nil, 0))
        if let error = unsafe result.error(on: handle, sql: sql) { throw error }
        return result.rows
    }
}

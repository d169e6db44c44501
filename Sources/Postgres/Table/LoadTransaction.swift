import DuckDB

extension PostgresConnection {
    /// Runs `body` in a transaction whose end is known even when the connection breaks while it is committed.
    ///
    /// - Throws: ``CommitUnknown`` only if the server cannot be asked any more.
    borrowing func certainTransaction<Result>(
        _ parameters: ConnectionParameters,
        _ body: (borrowing PostgresConnection) throws -> Result
    ) throws -> Result {
        try execute("BEGIN")
        do {
            let result = try body(self)
            try commit(parameters)
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Commits, and asks the server when the answer is lost.
    borrowing func commit(_ parameters: ConnectionParameters) throws {
        let transaction = try value("SELECT pg_current_xact_id_if_assigned()")
        do {
            try execute("COMMIT")
        } catch {
            guard error.connectionFailure != nil || error.sqlState?.hasPrefix("57P") == true, let transaction else {
                throw error
            }
            guard try Self.isCommitted(transaction, parameters, lost: error) else { throw error }
        }
    }

    /// Asks the server, over a new connection, what became of a transaction.
    private static func isCommitted(
        _ transaction: String,
        _ parameters: ConnectionParameters,
        lost: PostgresError
    ) throws -> Bool {
        for attempt in 1...10 {
            do {
                let connection = try PostgresConnection(parameters)
                switch try connection.value("SELECT pg_xact_status(\(literal: transaction)::xid8)") {
                case "committed": return true
                case "aborted": return false
                default: try connection.canceller.sleep(.milliseconds(300))
                }
            } catch {
                guard attempt < 10, error.isTransient else { break }
                try unsafe PostgresCanceller(nil).sleep(.milliseconds(300))
            }
        }
        throw CommitUnknown(cause: lost)
    }
}

/// The connection broke while a transaction was committed, and the server could not be asked how it ended.
package struct CommitUnknown: Error, Hashable, Sendable {
    /// How the connection broke.
    package let cause: PostgresError
}

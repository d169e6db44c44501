import DuckDB
import Synchronization

/// The published tables whose rows are those of files, for steps that put such rows aside later in the same run.
package final class PublishedOrigins: Sendable {
    private let origins = Mutex<[String: RowOrigin]>([:])

    /// Notes what a table was published as; rows that were added to others have other numbers than they were stored with.
    func note(_ staged: StagedTable) {
        let origin = staged.publication == .replace ? staged.origin : nil
        origins.withLock { $0[staged.table.lowercased()] = origin }
    }

    /// Where the rows of a table come from, as far as it is known.
    func origin(of table: String) -> RowOrigin? { origins.withLock { $0[table.lowercased()] } }
}

extension RowOrigin {
    /// Whether a table's rows still have the numbers with which they were stored: DuckDB counts anew when it has cleared
    /// away what was deleted.
    func numbers(_ table: TableName, _ connection: borrowing Connection) throws(DuckDBError) -> Bool {
        guard let stored else { return false }
        return try connection.value("SELECT max(rowid) + 1 FROM \(table: table)").integer == stored
    }
}

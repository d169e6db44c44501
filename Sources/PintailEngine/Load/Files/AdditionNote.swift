import DuckDB

/// What is noted here of rows that a replay adds to a file or folder, so that one which is killed does not add them again.
///
/// A rename is no part of a transaction. So the draft's identity is noted before the draft takes the target's name: when
/// the target has that identity, the rename has been. Who writes the target next asks first, as its own draft is another.
struct AdditionNote {
    private let target: FileTarget
    private let rows: SourceFingerprint

    /// Says which rows are added where; those that wait for a replay differ from all others.
    init(of relation: LoadRelation, to target: FileTarget, _ connection: borrowing Connection) throws {
        self.target = target
        rows = try SourceFingerprint(relation.query, connection, inAnyOrder: true)
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS \(Self.notes) (path VARCHAR PRIMARY KEY, fingerprint VARCHAR NOT NULL,
                identity VARCHAR NOT NULL, row_count BIGINT NOT NULL, is_there BOOLEAN NOT NULL)
            """
        )
    }

    private static let notes: SQL = "_pintail.added_to_files"

    /// Remembers that the last replay's rows are in the target, if they are, before the target becomes another file.
    static func settle(_ target: FileTarget, _ connection: borrowing Connection) throws(DuckDBError) {
        guard let identity = target.identity,
            try StagedTable.kind(of: TableName("added_to_files", schema: "_pintail"), connection) != nil
        else { return }
        try connection.execute(
            """
            UPDATE \(notes) SET is_there = true
            WHERE path = \(literal: target.path) AND identity = \(literal: identity.text)
            """
        )
    }

    /// How many rows were added already, by a replay that was killed then; `nil` when they were not.
    func delivered(_ connection: borrowing Connection) throws(DuckDBError) -> Int? {
        try connection.rows(
            """
            SELECT row_count FROM \(Self.notes) WHERE is_there
            AND path = \(literal: target.path) AND fingerprint = \(literal: rows.text)
            """
        ).first?[0].integer
    }

    /// Notes the draft that is about to take the target's name.
    func write(_ draft: FileTarget.Identity, rows count: Int, _ connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute(
            """
            INSERT OR REPLACE INTO \(Self.notes)
            VALUES (\(literal: target.path), \(literal: rows.text), \(literal: draft.text), \(literal: count), false)
            """
        )
    }
}

extension FileTarget.Identity {
    fileprivate var text: String { "\(device) \(inode) \(size) \(seconds) \(nanoseconds)" }
}

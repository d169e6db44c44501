/// How rows meet those that are in a server's table with the same key.
public struct MergeRules: Hashable, Sendable {
    /// Which of two rows with one key stays: the one in the table and the new one.
    public enum Conflict: Hashable, Sendable {
        /// The new one.
        case update
        /// The one that is there.
        case ignore
        /// The one with the greater value in a column; the one that is there when they are equal.
        case newest(String)
    }

    /// Which of the new rows with one key is taken.
    public enum Duplicates: Hashable, Sendable {
        /// The last one.
        case last
        /// The one with the greatest value in a column; the last of those.
        case newest(String)
    }

    /// What becomes of the table's rows whose key no new row has.
    public enum MissingRows: Hashable, Sendable {
        /// They stay.
        case keep
        /// They are deleted.
        case delete
        /// A column says that they are gone: a time, or true.
        case softDelete(String)
    }

    /// The columns that tell since when, until when and whether a version of a row holds.
    public struct History: Hashable, Sendable {
        /// Since when the version holds.
        public var validFrom: String
        /// Until when it held; empty for the one that holds now.
        public var validTo: String
        /// Whether it holds now.
        public var isCurrent: String

        /// Names the columns.
        public init(
            validFrom: String = "valid_from",
            validTo: String = "valid_to",
            isCurrent: String = "is_current"
        ) {
            self.validFrom = validFrom
            self.validTo = validTo
            self.isCurrent = isCurrent
        }
    }

    /// The columns that an update writes; all but the key unless given.
    public var update: [String]
    /// Which of two rows with one key stays.
    public var onConflict: Conflict
    /// Which of the new rows with one key is taken.
    public var duplicates: Duplicates
    /// What becomes of rows that are missing among the new ones.
    public var missingRows: MissingRows
    /// How versions are told, for ``LoadMode/history``.
    public var history: History

    /// New rows win, the last one first, and nothing goes, unless told otherwise.
    public init(
        update: [String] = [],
        onConflict: Conflict = .update,
        duplicates: Duplicates = .last,
        missingRows: MissingRows = .keep,
        history: History = History()
    ) {
        self.update = update
        self.onConflict = onConflict
        self.duplicates = duplicates
        self.missingRows = missingRows
        self.history = history
    }
}

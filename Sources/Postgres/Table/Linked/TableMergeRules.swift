/// How new rows meet those of the table, for upserts and histories, in the table's own columns.
///
/// What the project file says of it is the project's `MergeRules`, which knows no server.
package struct TableMergeRules: Hashable, Sendable {
    /// Which of two rows with one key stays.
    package enum Conflict: Hashable, Sendable {
        case update, ignore
        /// The one with the greater value in this column.
        case newest(String)
    }

    /// What becomes of the table's rows that are not among the new ones.
    package enum MissingRows: Hashable, Sendable {
        case keep, delete
        /// This column says that they are gone.
        case softDelete(String)
    }

    /// The columns that tell the versions of a row apart.
    package struct History: Hashable, Sendable {
        /// Since when a version holds, until when, and whether it holds now.
        package var validFrom, validTo, isCurrent: String

        /// Names the columns.
        package init(
            validFrom: String = "valid_from",
            validTo: String = "valid_to",
            isCurrent: String = "is_current"
        ) {
            self.validFrom = validFrom
            self.validTo = validTo
            self.isCurrent = isCurrent
        }

        var names: [String] { [validFrom, validTo, isCurrent] }
    }

    /// The columns that an update writes; all but the key when it is empty.
    package var update: [String]
    /// Which of two rows with one key stays.
    package var onConflict: Conflict
    /// Of new rows with one key the one with the greatest value here is taken; the last one when there is no such column.
    package var newestOfDuplicates: String?
    /// What becomes of the table's rows that are not among the new ones.
    package var missingRows: MissingRows
    /// How versions are told apart.
    package var history: History

    /// New rows win, the last one first, and nothing goes, unless told otherwise.
    package init(
        update: [String] = [],
        onConflict: Conflict = .update,
        newestOfDuplicates: String? = nil,
        missingRows: MissingRows = .keep,
        history: History = History()
    ) {
        self.update = update
        self.onConflict = onConflict
        self.newestOfDuplicates = newestOfDuplicates
        self.missingRows = missingRows
        self.history = history
    }
}

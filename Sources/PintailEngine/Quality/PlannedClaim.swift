import DuckDB
import PintailProject

/// A claim made ready to be judged by a query.
struct PlannedClaim: Hashable, Sendable {
    /// How a claim is judged.
    enum Judgement: Hashable, Sendable {
        /// Rows for which a condition is true break it; NULL does not.
        case rows(SQL)
        /// Rows whose value stands in an earlier row break it; NULLs do not.
        case repeats(of: SQL)
        /// The column's declared type has decided it.
        case settled(holds: Bool)

        /// What a failure can mean: a column of the wrong type is no reason to put every row aside.
        func possible(_ wish: FailureAction) -> FailureAction {
            if case .settled = self, wish == .quarantine { .fail } else { wish }
        }
    }

    /// The column as its table spells it; `nil` for a claim that is not about one.
    let column: String?
    /// The columns that a condition on rows names.
    var rowColumns: [String] = []
    /// The claim's name: `not_null`, or the name of a query.
    let name: String
    let action: FailureAction
    let judgement: Judgement
    /// What is wrong with a row that breaks it.
    let breach: Breach
    /// The broken value as text, for messages; `nil` where it says nothing, as NULL does.
    let value: SQL?
}

/// What is wrong with rows, said of one and of many.
struct Breach: Hashable, Sendable {
    let ofOne: String
    let ofMany: String

    /// "is NULL", "are NULL".
    static func be(_ rest: String) -> Breach { Breach(ofOne: "is " + rest, ofMany: "are " + rest) }
    /// "has no match", "have no match".
    static func have(_ rest: String) -> Breach { Breach(ofOne: "has " + rest, ofMany: "have " + rest) }
    /// "does not match", "do not match".
    static func doNot(_ rest: String) -> Breach { Breach(ofOne: "does not " + rest, ofMany: "do not " + rest) }
}

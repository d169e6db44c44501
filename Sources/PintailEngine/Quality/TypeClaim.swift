import DuckDB
import PintailProject

extension ColumnClaim.Kind {
    /// Whether every value is of a type, or is written so that nothing is lost when it is read as that type.
    ///
    /// A column that is to be text must be text: a postcode that has become a number has lost its zeros already.
    static func type(_ type: ColumnType, _ subject: ClaimSubject) -> (PlannedClaim.Judgement, Breach) {
        let breach = Breach(ofOne: "cannot be read as \(type.name)", ofMany: "cannot be read as \(type.name)")
        guard let claimed = subject.claimedType else {
            return (.settled(holds: false), .be("\(subject.column.type), not \(type.name)"))
        }
        if claimed == subject.column.type { return (.settled(holds: true), breach) }
        let natures = (subject.column.type.nature, claimed.nature)
        if natures.0 != natures.1, natures.1 == .text || natures.0.isNested || natures.1.isNested {
            return (.settled(holds: false), .be("\(subject.column.type), not \(type.name)"))
        }
        return (.rows("\(subject.name) IS NOT NULL AND (\(misfit(claimed, subject)))"), breach)
    }

    /// Whether a value that is not NULL would lose something, or all, as another type: text is read as `types:` reads it.
    private static func misfit(_ type: LogicalType, _ subject: ClaimSubject) -> SQL {
        guard subject.column.type.nature == .text else {
            let cast: SQL = "TRY_CAST(\(subject.name) AS \(SQL(verbatim: type.description)))"
            return
                "TRY_CAST(\(cast) AS \(SQL(verbatim: subject.column.type.description))) IS DISTINCT FROM \(subject.name)"
        }
        return "\(SafeCast.fromText(subject.text, to: type)) IS NULL"
    }
}

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

    /// Whether a value that is not NULL would lose something, or all, as another type.
    private static func misfit(_ type: LogicalType, _ subject: ClaimSubject) -> SQL {
        let cast = cast(subject.name, type)
        guard subject.column.type.nature == .text else {
            return "\(Self.cast(cast, subject.column.type)) IS DISTINCT FROM \(subject.name)"
        }
        let failed: SQL = "\(cast) IS NULL"
        // DuckDB rounds '12.5' to 13 and cuts the time off '2024-01-31 12:30' without a word.
        switch type {
        case _ where type.isInteger:
            return "\(failed) OR NOT regexp_full_match(\(subject.text), '[+-]?[0-9]+')"
        case .decimal(let width, let scale):
            let exact = LogicalType.decimal(width: 38, scale: 38 - (width - scale))
            return "\(failed) OR \(Self.cast(subject.name, exact)) IS DISTINCT FROM \(cast)"
        case .date:
            return "\(failed) OR TRY_CAST(\(subject.name) AS TIMESTAMP) IS DISTINCT FROM CAST(\(cast) AS TIMESTAMP)"
        default: return failed
        }
    }

    private static func cast(_ value: SQL, _ type: LogicalType) -> SQL {
        "TRY_CAST(\(value) AS \(SQL(verbatim: type.description)))"
    }
}

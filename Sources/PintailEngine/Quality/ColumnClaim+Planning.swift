import DuckDB
import PintailProject

/// What a claim's condition is built from, beside the claim itself.
struct ClaimSubject {
    let column: ResultColumn
    /// What DuckDB makes of the type that a `type` claim names.
    var claimedType: LogicalType?
    /// The column that tells whether a `references` claim found its match.
    var matchFlag: String?

    /// The column's name, quoted.
    var name: SQL { "\(identifier: column.name)" }

    /// The values as text.
    var text: SQL { column.type == .varchar ? name : "CAST(\(name) AS VARCHAR)" }
}

extension ColumnClaim.Kind {
    /// The claim's word in project files.
    var name: String {
        switch self {
        case .notNull: "not_null"
        case .unique: "unique"
        case .acceptedValues: "accepted_values"
        case .range: "range"
        case .length: "length"
        case .regex: "regex"
        case .format: "format"
        case .type: "type"
        case .references: "references"
        }
    }

    /// How the claim is judged on a column of this type, and what breaking it is called.
    func plan(
        _ subject: ClaimSubject,
        _ probes: inout [Probe]
    ) throws(ClaimProblem) -> (PlannedClaim.Judgement, Breach) {
        switch self {
        case .notNull: (.rows("\(subject.name) IS NULL"), .be("NULL"))
        case .unique:
            (.repeats(of: subject.name), Breach(ofOne: "repeats an earlier value", ofMany: "repeat an earlier value"))
        case .acceptedValues(let values): try Self.accepted(values, subject, &probes)
        case .range(let bounds): try Self.range(bounds, subject, &probes)
        case .length(let bounds): try Self.length(bounds, subject)
        case .regex(let pattern): try Self.matching(pattern, subject, &probes)
        case .format(let format): format.plan(subject, &probes)
        case .type(let type): Self.type(type, subject)
        case .references(let table, let column):
            (
                .rows("\(subject.name) IS NOT NULL AND NOT \(identifier: subject.matchFlag ?? "")"),
                .have("no match in \(table).\(column)")
            )
        }
    }

    private static func accepted(
        _ values: [Scalar],
        _ subject: ClaimSubject,
        _ probes: inout [Probe]
    ) throws(ClaimProblem) -> (PlannedClaim.Judgement, Breach) {
        var literals: [SQL] = []
        for value in values { literals.append(try value.literal(for: subject.column.type, &probes)) }
        let isText = subject.column.type.nature == .text
        let condition: SQL =
            literals.isEmpty
            ? "\(subject.name) IS NOT NULL" : "\(isText ? subject.text : subject.name) NOT IN (\(list: literals))"
        return (.rows(condition), .be(values.isEmpty ? "not accepted: no value is" : "none of " + brief(values)))
    }

    /// A few of the values, and how many there are.
    private static func brief(_ values: [Scalar]) -> String {
        let shown = values.prefix(5).map(\.shown).joined(separator: ", ")
        return values.count > 5 ? "\(shown), … (\(values.count) values)" : shown
    }

    private static func range(
        _ bounds: ScalarBounds,
        _ subject: ClaimSubject,
        _ probes: inout [Probe]
    ) throws(ClaimProblem) -> (PlannedClaim.Judgement, Breach) {
        let type = subject.column.type
        let breach = breach(of: bounds.min?.shown, bounds.max?.shown)
        let given = [bounds.min, bounds.max].compactMap(\.self)
        guard !given.isEmpty else { return (.settled(holds: true), breach) }
        // Numbers that came as text are read as numbers; a text that is none breaks the claim.
        let isNumberInText = type.nature == .text && given.allSatisfy(\.isNumber)
        guard isNumberInText || [.text, .number, .temporal].contains(type.nature) else {
            throw ClaimProblem("a \(type) has no order that a range could bound")
        }
        let compared = isNumberInText ? LogicalType.double : type
        let value: SQL =
            isNumberInText
            ? "TRY_CAST(\(subject.text) AS DOUBLE)" : type.nature == .text ? subject.text : subject.name
        var conditions: [SQL] = []
        if let min = bounds.min { conditions.append("\(value) < \(try min.literal(for: compared, &probes))") }
        if let max = bounds.max { conditions.append("\(value) > \(try max.literal(for: compared, &probes))") }
        // DuckDB sorts NaN above everything, so that a lower bound alone would let it pass.
        if compared.isFloating { conditions.append("isnan(\(value))") }
        if isNumberInText { conditions.append("\(value) IS NULL AND \(subject.name) IS NOT NULL") }
        return (.rows("\(conditions, separator: " OR ")"), breach)
    }

    private static func breach(of min: String?, _ max: String?) -> Breach {
        switch (min, max) {
        case (let min?, let max?): .be("not between \(min) and \(max)")
        case (let min?, nil): .be("not \(min) or more")
        case (nil, let max?): .be("not \(max) or less")
        case (nil, nil): .be("out of range")
        }
    }

    private static func length(
        _ bounds: Bounds,
        _ subject: ClaimSubject
    ) throws(ClaimProblem) -> (PlannedClaim.Judgement, Breach) {
        let nature = subject.column.type.nature
        let length: SQL
        let unit: String
        switch nature {
        case .structure: throw ClaimProblem("a \(subject.column.type) has no length")
        case .list: (length, unit) = ("len(\(subject.name))", "elements")
        case .map: (length, unit) = ("cardinality(\(subject.name))", "entries")
        case .binary: (length, unit) = ("octet_length(\(subject.name))", "bytes")
        default: (length, unit) = ("length(\(subject.text))", "characters")
        }
        var conditions: [SQL] = []
        if let min = bounds.min { conditions.append("\(length) < \(literal: min)") }
        if let max = bounds.max { conditions.append("\(length) > \(literal: max)") }
        let breach: Breach =
            switch (bounds.min, bounds.max) {
            case (let min?, let max?): .have("not between \(min) and \(max) \(unit)")
            case (let min?, nil): .have("fewer than \(min) \(unit)")
            case (nil, let max?): .have("more than \(max) \(unit)")
            case (nil, nil): .have("a wrong length")
            }
        return (conditions.isEmpty ? .settled(holds: true) : .rows("\(conditions, separator: " OR ")"), breach)
    }

    private static func matching(
        _ pattern: String,
        _ subject: ClaimSubject,
        _ probes: inout [Probe]
    ) throws(ClaimProblem) -> (PlannedClaim.Judgement, Breach) {
        switch subject.column.type.nature {
        case .binary, .list, .map, .structure: throw ClaimProblem("a \(subject.column.type) is no text to match")
        default: break
        }
        probes.append(.pattern(pattern))
        return (.rows("NOT regexp_full_match(\(subject.text), \(literal: pattern))"), .doNot("match \(pattern)"))
    }
}

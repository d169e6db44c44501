import DuckDB
import PintailProject

/// What must be asked of DuckDB before a claim can be judged.
enum Probe: Hashable, Sendable {
    /// A text must be castable to a type.
    case cast(String, to: LogicalType)
    /// A pattern must be RE2's.
    case pattern(String)
    /// A pattern must be one of `strptime`.
    case dateForm(String)
}

/// Why a claim cannot be judged at all: a sentence about what the user wrote.
struct ClaimProblem: Error, Hashable {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}

extension Scalar {
    /// The value as text, as it is compared with columns of text and shown in messages.
    var text: String {
        switch self {
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .text(let value): value
        case .boolean(let value): String(value)
        }
    }

    /// The value as messages show it: texts in quotes.
    var shown: String {
        if case .text(let value) = self { "'\(value)'" } else { text }
    }

    /// The value as a number: what was written as one, or a text that reads as one.
    private var number: Scalar? {
        switch self {
        case .integer, .number: self
        case .text(let text): Int64(text).map { .integer($0) } ?? Double(text).map { .number($0) }
        case .boolean: nil
        }
    }

    var isNumber: Bool {
        switch self {
        case .integer, .number: true
        case .text, .boolean: false
        }
    }

    /// The value as SQL that compares exactly with a column of a type.
    ///
    /// Notes in `probes` what only DuckDB can tell.
    func literal(for type: LogicalType, _ probes: inout [Probe]) throws(ClaimProblem) -> SQL {
        switch type.nature {
        case .text: return "\(literal: text)"
        case .number:
            guard let number else { break }
            return number.numberLiteral(for: type)
        case .boolean:
            switch text.lowercased() {
            case "true": return "true"
            case "false": return "false"
            default: break
            }
        case .temporal, .other:
            guard case .text(let text) = self else { break }
            probes.append(.cast(text, to: type))
            return "CAST(\(literal: text) AS \(SQL(verbatim: type.description)))"
        case .binary, .list, .map, .structure: break
        }
        throw ClaimProblem("\(shown) is no \(type)")
    }

    /// Decimals stay as they are written, so that 0.1 is a tenth; floats are compared in the column's own precision.
    private func numberLiteral(for type: LogicalType) -> SQL {
        let literal: SQL =
            switch self {
            case .integer(let value): "\(literal: value)"
            case .number(let value): "\(literal: value)"
            case .text, .boolean: "NULL"
            }
        return type.isFloating ? "CAST(\(literal) AS \(SQL(verbatim: type.description)))" : literal
    }
}

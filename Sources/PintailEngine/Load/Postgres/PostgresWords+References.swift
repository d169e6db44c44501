import DuckDB
import PintailOrchestrator
import PintailProject
import Postgres

/// Says what is wrong with a load's references and rules, and what was not found.
extension LoadRefusal.ReferenceProblem {
    /// What is wrong, and what to do about it.
    func words(_ column: String, _ refusal: LoadRefusal) -> (problem: String, remedy: String?) {
        switch self {
        case .noSource(let name, let known):
            (
                "the reference '\(column)' reads '\(name)', which the rows do not have",
                Self.nearest(name, known, "they have")
            )
        case .isFilled:
            ("the rows have a column '\(column)' of their own, which the reference fills", "leave one of them out")
        case .noColumn(let known):
            ("it has no column '\(column)', which the reference fills", Self.nearest(column, known, "it has"))
        case .noParent(let table):
            (
                "the reference '\(column)' leads to \(table), which does not exist",
                "a migration or an earlier load makes it"
            )
        case .noKey(let name, let table, let known):
            ("\(table) has no column '\(name)' for '\(column)' to hold", Self.nearest(name, known, "it has"))
        case .noSingleKey(let table):
            ("nothing tells which column of \(table) '\(column)' is to hold", "name it with `key:`")
        case .expression(let text, let error):
            ("'\(column)' cannot be matched by \(text): \(error.message)", error.hint)
        case .notOneColumn(let text, let table, let found):
            (
                found.isEmpty
                    ? "'\(text)' names no column of \(table)"
                    : "'\(text)' is over several columns of \(table) (\(found.joined(separator: ", ")))",
                "each item of `match` is a column, or an expression over one, as in lower(trim(name))"
            )
        case .unlike(let source, let from, let named, let to):
            ("'\(source)' is \(from), and \(named) is \(to): they cannot be compared", "cast it in the load's query")
        case .keyType(let key, let named, let type):
            ("'\(column)' is \(type), and \(named) is \(key)", "`key:` names another column, a migration another type")
        case .makesOtherKeys(let type, let named):
            ("`generate: uuid7` makes UUIDs, and \(named) is \(type)", "leave it to the column's default")
        case .noUniqueIndex(let table, let remedy):
            ("nothing keeps two runs from making a row of \(table) twice", remedy.text)
        case .cannotCreate(let table, let columns):
            (
                "rows of \(table) cannot be made: \(columns.joined(separator: ", ")) would have no value",
                "give the column a default, or load \(table) before"
            )
        case .takesNoNull: ("'\(column)' takes no NULL, which the reference may leave there", nil)
        case .missingPrivilege(let what, let table):
            ("the user lacks the privilege \(what) on \(table)", refusal.grant(what, on: table))
        case .selfNeedsUpsert: ("rows that refer to rows of the same table need 'mode: upsert'", nil)
        }
    }

    private static func nearest(_ name: String, _ known: [String], _ words: String) -> String {
        didYouMean(name, among: known) ?? "\(words) \(known.joined(separator: ", "))"
    }
}

extension LoadRefusal.Problem {
    /// The field of the load that the problem is about.
    var field: String {
        switch self {
        case .reference(let column, let field, _):
            field.isEmpty ? "references.\(column)" : "references.\(column).\(field)"
        case .rule(let field, _, _): field
        case .missingKey, .noUniqueIndex: "key"
        case .tableExists: "mode"
        default: "into"
        }
    }
}

extension MissingParents {
    /// The names that were not found, as many as can be read.
    var words: String {
        references.map { reference in
            let more = reference.count - reference.names.count
            let names =
                reference.names.map { "'\($0)'" }.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
            let rows = "\(RowCount(reference.rows)) \(reference.rows == 1 ? "row" : "rows")"
            return """
                \(reference.count) \(reference.count == 1 ? "value" : "values") of \(reference.from.joined(separator: ", ")) \
                in \(rows) \(reference.count == 1 ? "is" : "are") not in \(reference.title): \(names)
                """
        }.joined(separator: "; ")
    }
}

extension AmbiguousParents {
    /// The names that say too little.
    var words: String {
        let names = names.map { "'\($0)'" }.joined(separator: ", ")
        return """
            \(rows) rows of \(parent) are the same for '\(column)', compared by \(title): \(names)\
            \(count > self.names.count ? " and \(count - self.names.count) more" : "")
            """
    }
}

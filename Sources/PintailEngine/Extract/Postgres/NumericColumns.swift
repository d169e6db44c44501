import DuckDB
import Postgres

/// The numbers of a server's answer that DuckDB's reader would change: it reads `numeric` without precision as DOUBLE, and
/// NaN in any `numeric` as 0.
///
/// One reading of those columns, by the server, tells what holds them all: a decimal, or else text.
/// https://duckdb.org/docs/stable/core_extensions/postgres
struct NumericColumns {
    /// How a column is asked for.
    enum Form: Hashable {
        /// With so many digits after the point, and up to 38 in all.
        case decimal(scale: Int)
        /// As the server writes it: it has values that no decimal holds.
        case text
        /// A list of texts, for the same reason.
        case texts
    }

    /// The columns that are not read as they are, by their place.
    let forms: [Int: Form]

    // https://www.postgresql.org/docs/current/catalog-pg-type.html: fixed in pg_type.dat.
    private static let numeric: UInt32 = 1700
    private static let numericArray: UInt32 = 1231
    /// DuckDB's widest decimal.
    private static let mostDigits = 38

    /// Has the server look at the columns in question, if there are any.
    init(_ query: ServerQuery, over server: borrowing PostgresConnection) throws(PostgresError) {
        let asked = query.columns.enumerated().filter { [Self.numeric, Self.numericArray].contains($1.typeOID) }
        guard !asked.isEmpty else {
            forms = [:]
            return
        }
        // Trailing zeros are no digits of a number; older servers count them.
        let scale: SQL = server.serverVersion >= 130_000 ? "min_scale" : "scale"
        let measures = asked.map { Self.measures(ServerQuery.name($0), $1, scale) }
        let answer = try server.querySingle("SELECT \(list: measures.flatMap(\.self)) FROM \(query.numbered)")
        let values = answer.first?.values ?? []
        var forms: [Int: Form] = [:]
        for (place, column) in asked.enumerated() {
            let measured = values[(place * 3)..<(place * 3 + 3)].map { $0 ?? "" }
            forms[column.offset] = Self.form(column.element, measured)
        }
        self.forms = forms
    }

    /// Digits after the point, digits before it, and whether there is a value that is no number.
    private static func measures(
        _ value: SQL,
        _ column: PostgresConnection.AnswerColumn,
        _ scale: SQL
    ) -> [SQL] {
        guard column.typeOID == numeric else {
            return ["0", "0", "coalesce(bool_or('NaN' = ANY (\(value)::text[])), false)"]
        }
        // The scale of NaN and of the infinities is NULL; trunc leaves the others without a point.
        let isNumber: SQL = "scale(\(value)) IS NOT NULL"
        return [
            "coalesce(max(\(scale)(\(value))), 0)",
            "coalesce(max(length(trunc(abs(\(value)))::text)) FILTER (WHERE \(isNumber)), 0)",
            "coalesce(bool_or(\(value) IS NOT NULL AND scale(\(value)) IS NULL), false)",
        ]
    }

    /// `nil` where DuckDB's own way is right.
    private static func form(_ column: PostgresConnection.AnswerColumn, _ measured: [String]) -> Form? {
        let hasOthers = measured[2] == "t"
        let isNarrow = column.isNarrow
        guard column.typeOID == numeric else { return isNarrow && !hasOthers ? nil : .texts }
        if hasOthers { return .text }
        if isNarrow { return nil }
        let (scale, whole) = (Int(measured[0]) ?? 0, Int(measured[1]) ?? 0)
        return scale + whole <= mostDigits ? .decimal(scale: scale) : .text
    }

    /// The query that gives the columns so that nothing of them is lost; `nil` when the server's answer does already.
    ///
    /// Values that come between the look and the reading are not rounded: they stop the reading.
    func query(for query: ServerQuery) -> SQL? {
        guard !forms.isEmpty else { return nil }
        let expressions = query.columns.enumerated().map { index, column in
            "\(expression(index, column.name)) AS \(identifier: column.name)" as SQL
        }
        return "SELECT \(list: expressions) FROM \(query.numbered)"
    }

    /// What marks the server's error for a value that came later and does not fit.
    static let marker = "came after the column was measured"

    private func expression(_ index: Int, _ name: String) -> SQL {
        let value = ServerQuery.name(index)
        switch forms[index] {
        case nil: return value
        case .text: return "\(value)::text"
        case .texts: return "\(value)::text[]"
        case .decimal(let scale):
            let misfit: SQL = "(\(value)::text || \(literal: " in '\(name)' \(Self.marker)"))::int"
            let fits: SQL = "scale(\(value)) IS NOT NULL AND \(value) = round(\(value), \(literal: scale))"
            let checked: SQL = "CASE WHEN \(value) IS NULL OR \(fits) THEN \(value) ELSE \(misfit) END"
            return "(\(checked))::numeric(\(literal: Self.mostDigits), \(literal: scale))"
        }
    }
}

extension PostgresConnection.AnswerColumn {
    /// Whether a decimal of DuckDB has room for every number that the column may hold.
    ///
    /// The modifier is `((precision << 16) | scale) + 4`, the scale in 11 bits with a sign.
    fileprivate var isNarrow: Bool {
        guard modifier >= 4 else { return false }
        let precision = ((modifier - 4) >> 16) & 0xffff
        let scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024
        return precision <= 38 && (0...precision).contains(scale)
    }
}

import DuckDB
import PintailProject

/// What became of keys and values of JSON files otherwise than one would expect.
struct JSONRemarks {
    let columns: [ResultColumn]
    let files: [SourceFile]
    /// DuckDB's name of how objects follow each other.
    let form: String
    /// The bytes that one object may have.
    let largestObject: Int

    /// Rows looked at: enough for what is the rule in a file, and little beside reading it whole.
    private static let sampleRows = 10_000

    /// Columns of more than one kind of value, and keys that differ in nothing but case.
    func warnings(_ connection: borrowing Connection) throws(DuckDBError) -> [String] {
        try mixed(connection) + respelled(connection)
    }

    /// Columns that hold, say, numbers and texts: DuckDB keeps both apart as JSON.
    private func mixed(_ connection: borrowing Connection) throws(DuckDBError) -> [String] {
        let columns = columns.filter { $0.type == .json }.map(\.name)
        guard !columns.isEmpty else { return [] }
        let kinds: [SQL] = columns.map { "list(DISTINCT json_type(\(identifier: $0)))::VARCHAR" }
        // Types that are given are not looked for in the whole file again.
        let given: [SQL] = columns.map { "\(literal: $0): 'JSON'" }
        let found = try connection.rows(
            """
            SELECT \(list: kinds) FROM (
                FROM read_json(\(literals: files.map(\.path)), format = \(literal: form), columns = {\(list: given)},
                    maximum_object_size = \(literal: largestObject))
                LIMIT \(literal: Self.sampleRows))
            """
        )[0]
        return zip(columns, found).compactMap { column, kinds in
            let words = Self.words(for: kinds.text ?? "")
            guard words.count > 1 else { return nil }
            let all = words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
            return "column '\(column)' holds \(all), and so is JSON; 'types:' settles it"
        }
    }

    /// What the kinds of DuckDB's `json_type` are called; NULL is no kind of its own.
    private static func words(for kinds: String) -> [String] {
        let names = [
            "OBJECT": "objects", "ARRAY": "lists", "VARCHAR": "texts", "BOOLEAN": "booleans", "BIGINT": "numbers",
            "UBIGINT": "numbers", "HUGEINT": "numbers", "UHUGEINT": "numbers", "DOUBLE": "numbers",
        ]
        let found = kinds.split { !$0.isLetter }.compactMap { names[String($0)] }
        return Set(found).sorted()
    }

    /// `Id` beside `id`: names of columns do not differ by case, so one of them gets a number.
    private func respelled(_ connection: borrowing Connection) throws(DuckDBError) -> [String] {
        var warnings: [String] = []
        for column in columns.map(\.name) {
            guard let bar = column.lastIndex(of: "_"), column[bar...].dropFirst().allSatisfy(\.isNumber) else {
                continue
            }
            let key = String(column[..<bar])
            let other = columns.first { $0.name.lowercased() == key.lowercased() }?.name
            guard let other, other != key, !key.isEmpty, try !isKey(column, connection) else { continue }
            warnings.append("the keys '\(other)' and '\(key)' differ by case alone; '\(key)' is column '\(column)'")
        }
        return warnings
    }

    private func isKey(_ name: String, _ connection: borrowing Connection) throws(DuckDBError) -> Bool {
        let pointer = "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
        return try connection.value(
            """
            SELECT coalesce(bool_or(json_exists(json, \(literal: pointer))), false) FROM (
                FROM read_json_objects_auto(\(literals: files.map(\.path)), maximum_object_size = \(literal: largestObject))
                LIMIT \(literal: Self.sampleRows))
            """
        ) == .boolean(true)
    }
}

import Jinja

/// Seeds: where their files are and what their columns become.
enum SeedTypes {
    /// The type of a column of CREATE TABLE by what its values are.
    static func sqlType(_ call: AdapterCall) throws -> String {
        guard case .object(let object)? = call.arguments[0, "agate_table"], let table = object as? ResultTable,
            let place = call.arguments[1, "col_idx"]?.asInteger, table.kinds.indices.contains(place)
        else { throw TemplateError(.type, "convert_type() takes a table and the place of a column") }
        switch table.kinds[place] {
        case .integer: return "integer"
        case .number: return hasFractions(table, place) ? "float8" : "bigint"
        case .date: return "date"
        case .dateTime: return "timestamp without time zone"
        case .boolean: return "boolean"
        case .text: return "text"
        }
    }

    private static func hasFractions(_ table: ResultTable, _ place: Int) -> Bool {
        table.rows.contains { row in
            if case .object(let object) = row[place], let number = object as? DecimalNumber { return number.scale > 0 }
            return false
        }
    }

    /// The CSV file of a seed.
    static func path(_ call: AdapterCall) throws -> String {
        guard case .dict(let model)? = call.arguments[0, "model"] else { return "" }
        let root = try model["root_path"].flatMap { $0.isNone ? nil : try $0.text } ?? call.context.world.directory
        return root + "/" + (try model["original_file_path"]?.text ?? "")
    }
}

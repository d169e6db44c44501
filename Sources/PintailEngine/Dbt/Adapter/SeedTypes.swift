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
        case .number: return numberType(table.rows.map { $0[place] })
        case .date: return "date"
        case .dateTime: return "timestamp without time zone"
        case .boolean: return "boolean"
        case .text: return "text"
        }
    }

    /// The smallest of dbt's types that holds the numbers; those beyond 32 bits, which dbt refuses, are let in.
    private static func numberType(_ values: [Value]) -> String {
        var needed = "integer"
        for case .object(let object) in values {
            guard let number = object as? DecimalNumber else { continue }
            if number.scale > 0 { return "float8" }
            if Int32(exactly: number.mantissa) == nil { needed = "bigint" }
        }
        return needed
    }

    /// The CSV file of a seed.
    static func path(_ call: AdapterCall) throws -> String {
        guard case .dict(let model)? = call.arguments[0, "model"] else { return "" }
        let root = try model["root_path"].flatMap { $0.isNone ? nil : try $0.text } ?? call.context.world.directory
        return root + "/" + (try model["original_file_path"]?.text ?? "")
    }
}

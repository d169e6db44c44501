/// A column's type as users name it: `int64`, `float64`, `string`, `datetime`, or any type DuckDB knows.
public struct ColumnType: Hashable, Sendable, ExpressibleByStringLiteral {
    /// As the user wrote it.
    public let name: String
    /// The DuckDB type it stands for, ready to stand in a CAST.
    public let sql: String

    /// The words of pandas, Polars and Arrow that DuckDB does not know itself.
    ///
    /// https://duckdb.org/docs/stable/sql/data_types/overview lists those it does.
    static let aliases: [String: String] = [
        "int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT", "int": "BIGINT",
        "uint8": "UTINYINT", "uint16": "USMALLINT", "uint32": "UINTEGER", "uint64": "UBIGINT",
        "float32": "FLOAT", "float64": "DOUBLE", "float": "DOUBLE", "number": "DOUBLE",
        "string": "VARCHAR", "str": "VARCHAR", "object": "VARCHAR", "text": "VARCHAR", "category": "VARCHAR",
        "bool": "BOOLEAN", "boolean": "BOOLEAN",
        "date": "DATE", "datetime": "TIMESTAMP", "datetime64": "TIMESTAMP", "datetime64[ns]": "TIMESTAMP",
        "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMPTZ", "time": "TIME", "bytes": "BLOB", "binary": "BLOB",
    ]

    /// Takes any spelling; whether DuckDB knows the type is found out when the project is bound.
    public init(_ name: String) {
        self.name = name
        sql = Self.aliases[name.lowercased()] ?? name
    }

    public init(stringLiteral name: String) { self.init(name) }
}

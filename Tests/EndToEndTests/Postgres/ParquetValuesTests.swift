import Foundation
import TestSupport
import Testing

/// Parquet as others write it, through Pintail into Postgres, value by value.
@Suite struct ParquetValuesTests {
    private static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A column: its name, its type in Postgres, and its first two values; the third is NULL everywhere.
    private typealias Column = (name: String, type: String, values: [String])

    private static let pyarrow: [Column] = [
        ("b", "boolean", ["true", "false"]),
        ("i8", "smallint", ["-128", "127"]),
        ("i16", "smallint", ["-32768", "32767"]),
        ("i32", "integer", ["-2147483648", "2147483647"]),
        ("i64", "bigint", ["-9223372036854775808", "9223372036854775807"]),
        ("u8", "smallint", ["0", "255"]),
        ("u16", "integer", ["0", "65535"]),
        ("u32", "bigint", ["0", "4294967295"]),
        ("u64", "numeric(20,0)", ["0", "18446744073709551615"]),
        ("f32", "real", ["-0", "Infinity"]),
        ("f64", "double precision", ["5e-324", "NaN"]),
        ("dec9", "numeric(9,2)", ["-1234567.89", "0.01"]),
        ("dec38", "numeric(38,10)", ["1234567890123456789012345678.0123456789", "-0.0000000001"]),
        ("txt", "text", ["", "ñandú 🦆 'x' \\ \t\n,\""]),
        ("big", "text", ["aaaaa", "\u{1}"]),
        ("bin", "bytea", [#"\x"#, #"\x00ff"#]),
        ("fix", "bytea", [#"\x000102"#, #"\x616263"#]),
        ("date", "date", ["0001-01-01", "9999-12-31"]),
        ("t_us", "time without time zone", ["00:00:00", "23:59:59.999999"]),
        ("t_ms", "time without time zone", ["00:00:00", "23:59:59.999"]),
        ("ts_s", "timestamp without time zone", ["1969-12-31 23:59:59", "2024-02-29 12:00:00"]),
        ("ts_ms", "timestamp without time zone", ["1969-12-31 23:59:59.999", "2024-02-29 12:00:00"]),
        ("ts_us", "timestamp without time zone", ["0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"]),
        ("ts_ns", "timestamp without time zone", ["1970-01-01 00:00:00", "2024-02-29 12:00:00.000001"]),
        ("tz_us", "timestamp with time zone", ["2024-02-29 12:00:00+00", "1900-01-01 00:00:00+00"]),
        ("tz_ms", "timestamp with time zone", ["2024-02-29 12:00:00+00", "1900-01-01 00:00:00+00"]),
        ("list_i", "integer[]", ["{1,NULL,3}", "{}"]),
        ("list_t", "text[]", [#"{"a,b","q\"",""}"#, "{NULL}"]),
        ("list2", "bigint[]", ["{{1,2},{3,4}}", "{{5},{6}}"]),
        ("struct", "jsonb", [#"{"a": 1, "b": ["x", null]}"#, #"{"a": null, "b": []}"#]),
        ("map", "jsonb", [#"{"k": 1, "l": null}"#, "{}"]),
        ("dict", "text", ["red", "blue"]),
    ]

    private static let polars: [Column] = [
        ("i", "bigint", ["1", "-9223372036854775808"]),
        ("u", "numeric(20,0)", ["0", "18446744073709551615"]),
        ("dec", "numeric(10,2)", ["1.50", "-99999999.99"]),
        // Parquet has no durations: Polars writes their microseconds.
        ("dur", "bigint", ["86400000005", "-1000000"]),
        ("ts", "timestamp without time zone", ["2024-02-29 12:00:00.000001", "0001-01-01 00:00:00"]),
        ("tz", "timestamp with time zone", ["2024-02-29 11:00:00+00", "2024-06-30 22:00:00+00"]),
        ("tns", "timestamp without time zone", ["2024-02-29 12:00:00", "2024-07-01 00:00:00"]),
        ("time", "time without time zone", ["00:00:00.000001", "23:59:59"]),
        ("cat", "text", ["a", "b"]),
        ("enum", "text", ["x", "y"]),
        ("bin", "bytea", [#"\x"#, #"\x00ff"#]),
        ("list", "double precision[]", ["{1.5,NULL}", "{}"]),
        ("arr", "integer[]", ["{1,2}", "{3,4}"]),
        ("struct", "jsonb", [#"{"a": 1, "b": {"c": "ñ"}}"#, #"{"a": null, "b": {"c": null}}"#]),
        ("txt", "text", ["", "🦆\\N"]),
    ]

    @Test(arguments: ["pyarrow", "polars"], ["eager", "streaming"])
    func `every type arrives as it was written`(_ writer: String, _ strategy: String) async throws {
        let project = try await PostgresProject()
        let python = Self.checkout.appendingPathComponent(".deps/test-venv/bin/python").path
        let script = Self.checkout.appendingPathComponent("Tests/Golden/Parquet/by-\(writer).py").path
        try await mustRun(python, [script, project.folder.path + "/t.parquet"])
        try await project.mustPintail(
            "copy",
            "t.parquet",
            project.address("public.t"),
            "--mode",
            "replace",
            "--strategy",
            strategy
        )
        let types = try await project.rows(
            """
            SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), E'\\n' ORDER BY attnum)
            FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0
            """
        )
        let columns = writer == "polars" ? Self.polars : Self.pyarrow
        #expect(types.split(separator: "\n").map(String.init) == columns.map { "\($0.name) \($0.type)" })
        for column in columns {
            // As JSON, so that an empty text is not NULL and a line break no new row.
            let found = try await project.rows(
                "SET timezone = 'UTC'; SELECT json_agg(\"\(column.name)\"::text)::text FROM t"
            )
            let values = try JSONDecoder().decode([String?].self, from: Data(found.utf8))
            #expect(values == column.values.map(Optional.some) + [nil], "\(column.name)")
        }
    }
}

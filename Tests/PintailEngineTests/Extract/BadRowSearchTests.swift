import DuckDB
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

/// Rows are put aside as the same ones, whether they are looked for while the others are stored or after that.
@Suite struct BadRowSearchTests {
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("quoted newlines", Array("id,n\n1,\"a\nb\"\n2,5\n3,\"x\n\ny\"\n4,\"6\"\n".utf8)),
        ("CRLF", Array("id,n\r\n1,a\r\n2,5\r\n3,\"x\r\ny\"\r\n4,z\r\n".utf8)),
        ("a byte order mark", [0xEF, 0xBB, 0xBF] + Array("id,n\n1,a\n2,5\n".utf8)),
        ("UTF-16", utf16("id,n\n1,ж\n2,5\n3,b\n")),
        ("a row bad in two columns", Array("id,n\nq,a\n2,5\n".utf8)),
        ("bad first and last rows", Array("id,n\n1,a\n2,5\n3,6\n4,b".utf8)),
        ("no bad row", Array("id,n\n1,4\n2,5\n".utf8)),
        ("bad rows alone", Array("id,n\n1,a\n2,b\n3,c\n".utf8)),
        ("rows that cannot be read between", Array("id,n\n1,a\n2\n3,b\n4,5,6\n5,7\n6,c\n".utf8)),
        ("rows that cannot be read alone", Array("id,n\n1,4\n2\n3,5\n".utf8)),
        ("blank lines", Array("id,n\n\n1,a\n\n2,5\n\n3,b\n".utf8)),
        ("quotes within", Array("id,n\n1,\"a\"\"b\"\n2,c\"d\n3,5\n".utf8)),
        ("a delimiter at the end", Array("id,n\n1,2,\n2,a,\n3,,\n".utf8)),
        ("digits of other scripts", Array("id,n\n1,٣\n2,é\n3,4\n4,１\n".utf8)),
        ("values that fit in other words", Array("id,n\n\"1\",\" 2 \"\n2,+3\n3,007\n4, 5\n5,\"\"\n6,\n7,x\n".utf8)),
        ("one column", Array("n\n1\n\n a\n2\n".utf8)),
        (
            "every type",
            Array(
                """
                id,d,t,x,s,b
                1,2024-02-29,2024-01-01 10:00,1.5,7,true
                2, 2024-01-01 ,2024-01-01T10:00:00,1e3,40000,false
                3,2023-02-29,2024-13-01,nan,-5,
                4,,,,,maybe
                "5","2024-01-01","2024-01-01","2.5","8","true"
                9223372036854775808,2024-01-01 00:00:00,2024-01-01,1.5.5,1 ,f
                7,2024-01-01 00:00:01,"","",-32768,""
                8,2024-1-1,2024-01-01 25:00,1_000,-32769,t

                """.utf8
            )
        ),
        (
            "every type that we can judge",
            Array(
                """
                id,d,t,x,s
                1,2024-02-29,2024-01-01 10:00,1.5,7
                2, 2024-01-01 ,2024-01-01T10:00:00,1e3,40000
                3,2023-02-29,2024-13-01,nan,-5
                4,,,,
                "5","2024-01-01","2024-01-01","2.5","8"
                9223372036854775808,2024-01-01 00:00:00,2024-01-01,1.5.5,1\u{20}
                7,2024-01-01 00:00:01,"","",-32768
                8,2024-1-1,2024-01-01 25:00,1_000,-32769
                9,2024-01-01,2024-01-01,1.5,1

                """.utf8
            )
        ),
        (
            "more bad rows than are kept",
            Array("id,n\n".utf8)
                + (0..<12_000).flatMap { Array("\($0),\(String(repeating: "long ", count: 40))\n".utf8) }
        ),
    ]

    private static func utf16(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xFE]
        for unit in text.utf16 { bytes += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        return bytes
    }

    @Test(arguments: files.map(\.name))
    func `finds the same rows beside the others as alone`(name: String) async throws {
        let bytes = try #require(Self.files.first { $0.name == name }).bytes
        let beside = try await aside(bytes, memory: 1_000_000_000)
        let alone = try await aside(bytes, memory: 130_000_000)
        #expect(beside == alone, "\(name)")
        let judged = try await aside(bytes, memory: 1_000_000_000, byDuckDB: true)
        #expect(beside == judged, "judged by DuckDB alone: \(name)")
        #expect(beside.stored + beside.rows.count > 1)
        #expect(beside.rows.isEmpty == (name == "no bad row"), "\(beside.rows)")
    }

    private struct Outcome: Equatable {
        var stored = 0
        var rows: [[String]] = []
    }

    /// - Parameter byDuckDB: whether digits may stand in groups, so that no value is judged without DuckDB.
    private func aside(_ bytes: [UInt8], memory: Int64, byDuckDB: Bool = false) async throws -> Outcome {
        let bench = try ExtractBench(memory: memory)
        defer { bench.remove() }
        // The same twice: numbers go on over files, lines do not.
        for file in ["a.csv", "b.csv"] { try bench.write(file, bytes) }
        let types: [String: ColumnType] = [
            "id": "int64", "n": "int64", "d": "date", "t": "timestamp", "x": "float64", "s": "int16", "b": "bool",
        ]
        let header = String(
            decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }.filter { $0 > 0 && $0 < 0x7F },
            as: UTF8.self
        )
        let names = Set(header.split(whereSeparator: { $0 == "," || $0.isNewline }).map { String($0) })
        let given = types.filter { names.contains($0.key) }
        let csv = CSVDialect(thousands: byDuckDB ? "^" : nil)
        let extract = Extract("t", from: "*.csv", csv: csv, onBadRows: .quarantine, types: given)
        let result = try await bench.run(extract)
        guard result.quarantinedRows?.count ?? 0 > 0 else { return Outcome(stored: Int(result.rows?.count ?? -1)) }
        let rows = try await bench.rows(
            """
            SELECT file, line, row_number, column_name, rule, value, reason, raw, len(broken) FROM quarantine.t
            ORDER BY file, line, row_number
            """
        )
        #expect(result.quarantinedRows?.count ?? 0 == rows.count)
        return Outcome(stored: Int(result.rows?.count ?? -1), rows: rows)
    }
}

import PintailProject
import Testing

@testable import PintailCLI

@Suite struct `The ends of a copy` {
    private typealias Case = (text: String, place: CopyEnds.Place, address: Secret?)

    private static let cases: [Case] = [
        ("-", .standard, nil),
        ("/data/a.csv", .file("/data/a.csv"), nil),
        ("s3://lake/a/*.parquet", .file("s3://lake/a/*.parquet"), nil),
        ("https://example.org/a.csv", .file("https://example.org/a.csv"), nil),
        (
            "postgres://u@h/db/public.orders", .table(connection: "source", schema: "public", name: "orders"),
            "postgres://u@h/db"
        ),
        (
            "postgres://u:p@h:5433/db/orders", .table(connection: "source", schema: nil, name: "orders"),
            "postgres://u:p@h:5433/db"
        ),
        ("postgresql://h/db", .table(connection: "source", schema: nil, name: nil), "postgresql://h/db"),
        (
            "postgres://h/db/s.t?sslmode=require", .table(connection: "source", schema: "s", name: "t"),
            "postgres://h/db?sslmode=require"
        ),
        ("postgres:///db/t", .table(connection: "source", schema: nil, name: "t"), "postgres:///db"),
    ]

    @Test(arguments: cases)
    func `an end is understood from how it is written`(end: (text: String, place: CopyEnds.Place, address: Secret?))
        throws
    {
        var ends = CopyEnds()
        #expect(try ends.place(end.text, named: "source", Self.console) == end.place)
        guard case .postgres(let settings) = ends.connections["source"] else {
            #expect(end.address == nil)
            return
        }
        #expect(settings.url == end.address)
    }

    @Test(arguments: [
        ("postgres://h", "the source names no database"), ("postgres://h/", "the source names no database"),
        ("postgres://h/db/s/t", "the source names no database"),
    ])
    func `an address that names too little or too much is refused`(text: String, message: String) {
        var ends = CopyEnds()
        let error = #expect(throws: UsageError.self) { try ends.place(text, named: "source", Self.console) }
        #expect(error?.message == message)
    }

    @Test(arguments: [
        ("/data/Orders 2026.csv.gz", "Orders_2026"), ("data/*.csv", nil), ("s3://lake/events-01.parquet", "events_01"),
    ])
    func `the table in between is named after the file`(path: String, name: String?) {
        #expect(CopyEnds.Place.file(path).tableName == name)
    }

    @Test func `a table is not replaced unless that is said`() {
        #expect(CopyEnds.Place.table(connection: "c", schema: nil, name: "t").defaultMode == .fail)
        #expect(CopyEnds.Place.file("a.csv").defaultMode == .replace)
    }

    private static let console = Console(output: TextStream(1), errors: TextStream(2), isQuiet: true)
}

import DuckDB
import TestSupport
import Testing

@testable import PintailEngine

/// Files that DuckDB need not look into before it reads them.
@Suite struct PlainSeedTests {
    @Test(arguments: [
        ("id,day\n1,2024-01-02\n", true),
        ("id,day\n1,2024-01-02", true),
        ("id,day\n1,\n-2,2024-01-02\n", true),
        ("id,day\n", false), ("id,day", false), ("", false),
        ("id,day\n\n1,2024-01-02\n", false),
        ("id,day\n1,2024-01-02\n\n", false),
        ("id,day\n1,2024-1-2\n", false),
        ("id,day\n1,02/01/2024\n", false),
        ("id,day\n1\n", false),
        ("id,day\n1,2024-01-02,3\n", false),
        ("id,day\n$1,2024-01-02\n", false),
        ("id,day\n1e3,2024-01-02\n", false),
        ("id,day\r\n1,2024-01-02\r\n", false),
        ("id,\"day\"\n1,2024-01-02\n", false),
        ("id,day\n# 1,2024-01-02\n", false),
        ("\u{FEFF}id,day\n1,2024-01-02\n", false),
    ])
    func `what could be read in two ways is not plain`(text: String, isPlain: Bool) {
        #expect(PlainSeed.isPlain(Array(text.utf8), ",", [.number, .date]) == isPlain)
    }

    @Test func `bytes that are no text and delimiters of two characters are not plain`() {
        #expect(!PlainSeed.isPlain([0x61, 0x2C, 0x62, 0x0A, 0x31, 0x2C, 0xFF, 0x0A], ",", [.number, .text]))
        #expect(!PlainSeed.isPlain(Array("a||b\n1||2\n".utf8), "||", [.number, .number]))
        #expect(PlainSeed.isPlain(Array("a|b\n1|2\n".utf8), "|", [.number, .number]))
    }

    @Test(arguments: [
        "id,name,day,at,is_new,amount\n1,Ä O,2024-01-02,2024-01-02 03:04:05,true,1.50\n2,,,,,\n-3, x ,2023-12-31,2024-01-02 03:04:05,FALSE,-2\n",
        "id,name\n1,null\n2,NULL\n3,x\n",
    ])
    func `a plain file is loaded as DuckDB reads it after looking into it`(text: String) async throws {
        let shop = try DbtFixture(["seeds/plain.csv": text, "seeds/quoted.csv": quoted(text)])
        let results = try await shop.run(.seed)
        #expect(results.values.allSatisfy { $0.status == .success })
        #expect(try shop.rows("SELECT count(*) FROM plain") != ["0"])
        #expect(try shop.rows("FROM plain EXCEPT ALL FROM quoted") == [])
        #expect(try shop.rows("FROM quoted EXCEPT ALL FROM plain") == [])
        let types = "SELECT column_name || data_type FROM information_schema.columns WHERE table_name"
        #expect(try shop.rows("\(types) = 'plain' ORDER BY 1") == shop.rows("\(types) = 'quoted' ORDER BY 1"))
    }

    /// The same with a quote in the header, which is enough.
    private func quoted(_ text: String) -> String { "\"id\"" + text.dropFirst(2) }
}

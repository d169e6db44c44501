import DuckDB
import Testing

@testable import Postgres

@Suite struct ChunkSourceTests {
    @Test func `only the first who asks hears why a query failed, and for the others it is over`() throws {
        let connection = try Database().connect()
        let failing: SQL = "SELECT CASE range WHEN 250_000 THEN error('no') ELSE 'yes' END AS id FROM range(300_000)"
        let source = ChunkSource(try connection.stream(failing))
        var failures: [String] = []
        for _ in 0..<500 {
            do {
                guard try source.next() != nil else { break }
            } catch {
                failures.append("\(error)")
            }
        }
        #expect(failures.count == 1)
        #expect(failures.first?.contains("Interrupt") == false)
    }
}

import Testing

@testable import PintailEngine

@Suite struct StatementShareTests {
    @Test(arguments: [
        ([0, 0.1, 0.5, 0.9, 1], false),
        // A look at the first rows, and then all of them.
        ([0.02, 0, 0.3, 0.6], false),
        // DuckDB's estimate is corrected.
        ([0.5, 0.45, 0.6], false),
        ([0.5, 0.9, 0.01], true),
        ([0.5, 0.9, 0.01, 0.8], true),
    ])
    func `a second pass over the rows is told from progress that wavers`(shares: [Double], isAnother: Bool) {
        var statement = StatementShare()
        for share in shares { statement.advance(to: share) }
        #expect(statement.isAnother == isAnother)
    }
}

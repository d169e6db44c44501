import Testing

@testable import PintailEngine

/// Ephemeral models in front of a query.
@Suite struct CommonTableExpressionTests {
    @Test(arguments: [
        ("select 1", "with x as (\ns\n) select 1"),
        ("\n  select 1", "\n  with x as (\ns\n) select 1"),
        ("with a as (select 1) select * from a", "with x as (\ns\n), a as (select 1) select * from a"),
        ("-- with\nWITH a as (select 1) from a", "-- with\nWITH x as (\ns\n), a as (select 1) from a"),
        (
            "/* with */ with recursive a as (select 1) from a",
            "/* with */ with recursive x as (\ns\n), a as (select 1) from a"
        ),
        ("withdrawals", "with x as (\ns\n) withdrawals"),
    ])
    func `they stand before a query's own`(query: String, expected: String) {
        let expression = CommonTableExpressions.Expression(name: "x", sql: "s")
        #expect(CommonTableExpressions.adding([expression], to: query) == expected)
    }

    @Test func `a query that reads none stays as it is`() {
        #expect(CommonTableExpressions.adding([], to: " select 1 ") == " select 1 ")
    }
}

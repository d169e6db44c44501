package import DuckDB

/// Which tables of a list refer to which others of it.
package struct ForeignKeyPairs: Sendable {
    /// The places of a table and of the one it refers to.
    package let places: [(child: Int, parent: Int)]

    /// Asks the catalog; tables that are not there refer to nothing.
    package init(of tables: [TableName], on connection: borrowing PostgresConnection) throws(PostgresError) {
        let names = tables.enumerated().map { place, table in
            "(\(literal: place), to_regclass(\(literal: ("\(table: table)" as SQL).text)))" as SQL
        }
        let rows = try connection.query(
            """
            WITH loaded (place, oid) AS (VALUES \(list: names))
            SELECT c.place AS child, p.place AS parent FROM pg_constraint
            JOIN loaded c ON c.oid = conrelid JOIN loaded p ON p.oid = confrelid
            WHERE contype = 'f' AND conrelid <> confrelid
            """
        )
        places = rows.map { ($0.integer("child"), $0.integer("parent")) }
    }

    /// The places so that what is referred to comes first; others stay in their order, circles too.
    package func sorted(_ count: Int) -> [Int] {
        var order: [Int] = []
        var seen: Set<Int> = []
        func visit(_ place: Int) {
            guard seen.insert(place).inserted else { return }
            for pair in places where pair.child == place { visit(pair.parent) }
            order.append(place)
        }
        for place in 0..<count { visit(place) }
        return order
    }

    /// The same with further pairs.
    package func adding(_ others: [(child: Int, parent: Int)]) -> ForeignKeyPairs {
        ForeignKeyPairs(places: places + others)
    }

    private init(places: [(child: Int, parent: Int)]) { self.places = places }
}

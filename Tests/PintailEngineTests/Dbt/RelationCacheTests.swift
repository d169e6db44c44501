import PintailProject
import Testing

@testable import PintailEngine

/// What is known of relations while several nodes ask, make and drop at once.
@Suite struct RelationCacheTests {
    private let cache = RelationCache()

    private func relation(_ name: String) -> Relation {
        Relation(database: "shop", schema: "main", identifier: name, kind: .table)
    }

    private func known(_ ask: () -> [Relation]) throws -> [String] {
        try cache.all(in: "main", of: "shop", ask: ask).compactMap(\.identifier).sorted()
    }

    @Test func `the database is asked once`() throws {
        #expect(try known { [relation("a")] } == ["a"])
        #expect(try known { [] } == ["a"])
        cache.forgetAll()
        #expect(try known { [] } == [])
    }

    @Test func `what is made while the database answers is known, though the answer lacks it`() throws {
        let found = try known {
            cache.note(.made(relation("b")))
            cache.note(.dropped(relation("a")))
            return [relation("a")]
        }
        #expect(found == ["b"])
        #expect(try known { [] } == ["b"])
    }

    @Test func `an answer that is older than a forgetting is not kept`() throws {
        let found = try known {
            cache.forgetAll()
            return [relation("a")]
        }
        #expect(found == ["a"])
        #expect(try known { [relation("b")] } == ["b"])
    }

    @Test func `a commit tells what was made before somebody asked who could not see it`() throws {
        cache.note(.made(relation("a")))
        #expect(try known { [] } == [])
        cache.note(.made(relation("a")))
        #expect(try known { [] } == ["a"])
    }
}

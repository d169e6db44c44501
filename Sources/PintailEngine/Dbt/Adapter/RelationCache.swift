import Synchronization

/// Which relations exist, by schema: asked once of the database and kept up by those who make and drop them.
final class RelationCache: Sendable {
    private struct Place: Hashable {
        let database: String
        let schema: String

        init(_ database: String, _ schema: String) {
            self.database = database.lowercased()
            self.schema = schema.lowercased()
        }

        init(_ relation: Relation) { self.init(relation.database ?? "", relation.schema ?? "") }
    }

    private let schemas = Mutex<[Place: [String: Relation]]>([:])

    /// Nothing is known yet.
    init() {}

    /// The relations of a schema; `load` asks the database the first time.
    func all(in schema: String, of database: String, load: () throws -> [Relation]) throws -> [Relation] {
        let place = Place(database, schema)
        if let known = schemas.withLock({ $0[place] }) { return Array(known.values) }
        // Asked outside of the lock: two that ask at once get the same answer.
        let found = try load()
        schemas.withLock { schemas in
            schemas[place] = Dictionary(found.map { (Self.key($0), $0) }) { $1 }
        }
        return found
    }

    /// A relation was made.
    func add(_ relation: Relation) {
        schemas.withLock { $0[Place(relation)]?[Self.key(relation)] = relation }
    }

    /// A relation was dropped.
    func remove(_ relation: Relation) {
        schemas.withLock { _ = $0[Place(relation)]?.removeValue(forKey: Self.key(relation)) }
    }

    /// A relation has a new name.
    func rename(_ old: Relation, to new: Relation) {
        schemas.withLock { schemas in
            guard let moved = schemas[Place(old)]?.removeValue(forKey: Self.key(old)) else { return }
            var renamed = new
            renamed.kind = moved.kind ?? new.kind
            schemas[Place(new)]?[Self.key(new)] = renamed
        }
    }

    /// A schema was dropped or changed in ways nobody reported.
    func forget(schema: String, of database: String) {
        schemas.withLock { $0[Place(database, schema)] = nil }
    }

    /// Nothing that was known can be relied on.
    func forgetAll() { schemas.withLock { $0 = [:] } }

    private static func key(_ relation: Relation) -> String { (relation.identifier ?? "").lowercased() }
}

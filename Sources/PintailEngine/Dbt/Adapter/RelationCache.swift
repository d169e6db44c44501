import Synchronization

/// What became of a relation.
enum RelationChange: Sendable {
    case made(Relation)
    case dropped(Relation)
}

/// Which relations exist, by schema: asked once of the database and kept up by those who make and drop them.
///
/// Several ask and change at once: an answer of the database is what it was when it was asked, so all that was changed
/// meanwhile is done to it too. What a transaction has changed is told again once it is committed, as whoever asked
/// before that could not see it.
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

    private typealias Schema = [String: Relation]

    private struct State {
        var schemas: [Place: Schema] = [:]
        /// What was changed since a question that is still open was asked, by the question's number.
        var meanwhile: [Int: [RelationChange]] = [:]
        var questions = 0
    }

    private let state = Mutex(State())

    /// Nothing is known yet.
    init() {}

    /// The relations of a schema; `ask` asks the database the first time.
    func all(in schema: String, of database: String, ask: () throws -> [Relation]) throws -> [Relation] {
        let place = Place(database, schema)
        let (known, question) = state.withLock { state in
            if let known = state.schemas[place] { return (Schema?.some(known), 0) }
            state.questions += 1
            state.meanwhile[state.questions] = []
            return (nil, state.questions)
        }
        if let known { return Array(known.values) }
        let answer = Result(catching: ask)
        return try state.withLock { state in
            let changes = state.meanwhile.removeValue(forKey: question)
            var found = Schema(try answer.get().map { (Self.key($0), $0) }) { $1 }
            for change in changes ?? [] { Self.apply(change, to: &found, in: place) }
            // Where all was to be forgotten since, this answer is good for who asked alone.
            if changes != nil { state.schemas[place] = found }
            return Array(found.values)
        }
    }

    /// A relation was made or dropped.
    func note(_ change: RelationChange) {
        state.withLock { state in
            let place = Place(change.relation)
            if state.schemas[place] != nil { Self.apply(change, to: &state.schemas[place, default: [:]], in: place) }
            for question in state.meanwhile.keys { state.meanwhile[question]?.append(change) }
        }
    }

    /// What is known of a relation under another name than the database has for it by now.
    func kind(of relation: Relation) -> Relation.Kind? {
        state.withLock { $0.schemas[Place(relation)]?[Self.key(relation)]?.kind }
    }

    /// A schema was dropped or changed in ways nobody reported.
    func forget(schema: String, of database: String) {
        state.withLock { state in
            state.schemas[Place(database, schema)] = nil
            state.meanwhile = [:]
        }
    }

    /// Nothing that was known can be relied on.
    func forgetAll() {
        state.withLock { state in
            state.schemas = [:]
            state.meanwhile = [:]
        }
    }

    /// The relations of a schema after a change, which may be of another one.
    static func apply(_ changes: [RelationChange], to relations: [Relation], in schema: String, of database: String)
        -> [Relation]
    {
        var found = Schema(relations.map { (key($0), $0) }) { $1 }
        for change in changes { apply(change, to: &found, in: Place(database, schema)) }
        return Array(found.values)
    }

    private static func apply(_ change: RelationChange, to schema: inout Schema, in place: Place) {
        guard Place(change.relation) == place else { return }
        switch change {
        case .made(let relation): schema[key(relation)] = relation
        case .dropped(let relation): schema[key(relation)] = nil
        }
    }

    private static func key(_ relation: Relation) -> String { (relation.identifier ?? "").lowercased() }
}

extension RelationChange {
    fileprivate var relation: Relation {
        switch self {
        case .made(let relation), .dropped(let relation): relation
        }
    }
}

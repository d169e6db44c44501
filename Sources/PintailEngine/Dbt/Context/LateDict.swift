import Jinja

/// A dictionary that is made when it is first asked for.
///
/// Belongs to the one thread that renders a node's templates.
final class LateDict {
    private let make: () -> DictObject
    private var made: DictObject?
    private var changes: [(DictObject) -> Void] = []

    init(_ make: @escaping () -> DictObject) { self.make = make }

    var value: DictObject {
        if let made { return made }
        let value = make()
        for change in changes { change(value) }
        (made, changes) = (value, [])
        return value
    }

    /// Changes the dictionary, once there is one.
    func change(_ change: @escaping (DictObject) -> Void) {
        if let made { change(made) } else { changes.append(change) }
    }
}

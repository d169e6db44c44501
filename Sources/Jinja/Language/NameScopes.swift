/// Which names a template sets where: decides at parse time in which slots of which frames a name may be found.
struct NameScopes {
    private struct Scope {
        let parent: Int?
        let frame: Int32
        var slots: [Syntax.NameID: Int32] = [:]
        var order: [Int32] = []
    }

    private var scopes: [Scope] = []
    private var current = 0
    private var frames: [Syntax.FrameLayout] = []
    /// Names that were read, and the scope they were read in.
    private var mentions: [(expression: Syntax.ExpressionID, name: Syntax.NameID, scope: Int)] = []

    /// The scope of the template itself, with its own frame.
    init() { _ = openFrame() }

    /// Whether what is set here is seen by everyone.
    var isTopLevel: Bool { current == 0 }

    /// Opens a scope within the running frame.
    mutating func open() {
        scopes.append(Scope(parent: current, frame: scopes[current].frame))
        current = scopes.count - 1
    }

    /// Opens a scope with a frame of its own.
    mutating func openFrame(detached: Bool = false) -> Int32 {
        frames.append(Syntax.FrameLayout())
        let frame = Int32(frames.count - 1)
        scopes.append(Scope(parent: scopes.isEmpty || detached ? nil : current, frame: frame))
        closed.append(current)
        current = scopes.count - 1
        return frame
    }

    /// Scopes to return to from detached frames.
    private var closed: [Int] = []

    /// Closes the scope and tells which slots it used.
    mutating func close() -> [Int32] {
        let order = scopes[current].order
        current = scopes[current].parent ?? 0
        return order
    }

    /// Closes a scope that has a frame of its own.
    mutating func closeFrame() { current = closed.popLast() ?? 0 }

    /// The slot of a name that is set in this scope.
    mutating func slot(setting name: Syntax.NameID) -> Int32 {
        if let slot = scopes[current].slots[name] { return slot }
        let frame = Int(scopes[current].frame)
        let slot = Int32(frames[frame].slotNames.count)
        frames[frame].slotNames.append(name)
        scopes[current].slots[name] = slot
        scopes[current].order.append(slot)
        return slot
    }

    /// Remembers that an expression reads a name here.
    mutating func mention(_ expression: Syntax.ExpressionID, _ name: Syntax.NameID) {
        mentions.append((expression, name, current))
    }

    /// Turns every name that was read into the slots where it may be found.
    func resolve(in syntax: inout Syntax) {
        for mention in mentions {
            let start = syntax.links.count
            var hops: Int32 = 0
            var scope: Int? = mention.scope
            while let at = scope {
                if let slot = scopes[at].slots[mention.name] { syntax.links += [hops, slot] }
                scope = scopes[at].parent
                if let scope, scopes[scope].frame != scopes[at].frame { hops += 1 }
            }
            let count = syntax.links.count - start
            guard count > 0 else { continue }
            if count == 2, syntax.links[start] == 0 {
                syntax.expressions[Int(mention.expression)] = .local(slot: syntax.links[start + 1], mention.name)
                syntax.links.removeLast(2)
            } else {
                let span = Syntax.Span(start: Int32(start), count: Int32(count))
                syntax.expressions[Int(mention.expression)] = .chained(span, mention.name)
            }
        }
        syntax.frames = ContiguousArray(frames)
    }
}

/// The names of one running template, macro, block or recursive loop.
final class Frame {
    let template: Template
    /// The frame around it in the text; what it sets is seen here.
    let parent: Frame?
    let world: World
    let layout: Int32
    var slots: ContiguousArray<Value?>
    /// The expression being evaluated, for errors.
    var at: Syntax.ExpressionID = -1
    /// The macro that runs; nil in templates and loops.
    var macro: String?
    /// The block that runs and how many overrides lie before it.
    var block: (name: String, level: Int)?
    /// Whether what it prints is collected as values.
    var collectsValues = false
    /// Whether what it prints is dropped: a parent template prints instead.
    var isMuted = false
    /// How many captures were open when it began to run.
    var captures = 0
    /// How deep the recursive loop is.
    var loopDepth = 0

    init(_ template: Template, layout: Int32, parent: Frame?, world: World) {
        self.template = template
        self.parent = parent
        self.world = world
        self.layout = layout
        slots = ContiguousArray(repeating: nil, count: template.syntax.frames[Int(layout)].slotNames.count)
    }
}

/// What all frames of one template share: the caller's names and what the template sets for everyone.
final class World {
    let globals: any Globals
    /// Names set at the top level, in order.
    let exports = DictObject()
    /// Blocks by name, the youngest template's first.
    var blocks: [String: [(template: Template, block: Int)]] = [:]
    /// The template that this one extends.
    var extended: Template?

    /// Whether everything it sets can be imported.
    var isModule = false

    init(_ globals: any Globals) { self.globals = globals }

    /// The same blocks, with more names.
    static func sharing(_ world: World, names: [String: Value]) -> World {
        let shared = World(LayeredGlobals(names: names, world: world))
        shared.blocks = world.blocks
        return shared
    }

    func value(named name: String) -> Value? {
        if !exports.isEmpty, let value = exports[name] { return value }
        return globals.value(named: name)
    }
}

/// Names of a running template before those of its caller.
struct LayeredGlobals: Globals {
    let names: [String: Value]
    let world: World

    func value(named name: String) -> Value? { names[name] ?? world.value(named: name) }
}

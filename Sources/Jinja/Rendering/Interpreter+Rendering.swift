extension Interpreter {
    /// Renders a template to text.
    package func render(_ template: Template, in globals: any Globals) throws(TemplateError) -> String {
        try atTop {
            try captured { try run(template, World(globals)) }
        }
    }

    /// Renders a template to a value: a single expression gives its own, everything else text.
    package func renderNative(_ template: Template, in globals: any Globals) throws(TemplateError) -> Value {
        try atTop {
            let outer = values
            values = []
            isNative = true
            defer { values = outer }
            let mark = output.count
            try run(template, World(globals), collectingValues: true)
            output.removeLast(output.count - mark)
            return try NativeValue.joined(values)
        }
    }

    /// Everything that leaves is a ``TemplateError``.
    func atTop<Result>(_ body: () throws -> Result) throws(TemplateError) -> Result {
        do {
            return try body()
        } catch is CarriedValue {
            throw TemplateError(.runtime, "return() outside of a macro")
        } catch {
            throw located(error)
        }
    }

    /// Runs a template's own statements, and those of the templates it extends.
    func run(_ template: Template, _ world: World, collectingValues: Bool = false) throws {
        var template = template
        while true {
            register(template, world)
            let frame = Frame(template, layout: 0, parent: nil, world: world)
            frame.collectsValues = collectingValues
            world.extended = nil
            _ = try enter(frame) { try execute(template.syntax.body, frame) }
            guard let extended = world.extended else { return }
            try step()
            template = extended
        }
    }

    private func register(_ template: Template, _ world: World) {
        for (place, block) in template.syntax.blocks.enumerated() {
            world.blocks[template.syntax.names[Int(block.name)], default: []].append((template, place))
        }
    }

    /// Runs a block, or the one it overrides.
    func runBlock(_ name: String, level: Int, _ world: World, scope: Frame?) throws {
        guard let chain = world.blocks[name], level < chain.count else { return }
        let (template, place) = chain[level]
        let block = template.syntax.blocks[place]
        if block.isRequired, level == 0 { throw TemplateError(.runtime, "Required block '\(name)' not found") }
        let world = scope.map { World.sharing(world, names: visibleNames(in: $0)) } ?? world
        let frame = Frame(template, layout: block.frame, parent: nil, world: world)
        frame.block = (name, level)
        _ = try enter(frame) { try execute(block.body, frame) }
    }

    /// The names that are set where a frame is now, inner ones over outer ones.
    func visibleNames(in frame: Frame) -> [String: Value] {
        var names = frame.parent.map { visibleNames(in: $0) } ?? [:]
        let layouts = frame.template.syntax.frames
        for (slot, name) in zip(frame.slots, layouts[Int(frame.layout)].slotNames) {
            // What runs elsewhere has no part in the loop.
            if let slot, frame.template.syntax.names[Int(name)] != "loop" {
                names[frame.template.syntax.names[Int(name)]] = slot
            }
        }
        return names
    }
}

extension Interpreter {
    /// Calls a macro from outside of any template.
    package func call(
        macro definition: Definition,
        with arguments: Arguments = Arguments(),
        in globals: any Globals
    ) throws(TemplateError) -> Value {
        try atTop { try Macro(definition, globals).call(arguments, in: self) }
    }
}

extension Interpreter {
    func executeBlock(_ place: Int32, _ frame: Frame) throws {
        if frame.isMuted, captures == frame.captures { return }
        let block = frame.template.syntax.blocks[Int(place)]
        let name = frame.template.syntax.names[Int(block.name)]
        try runBlock(name, level: 0, frame.world, scope: block.isScoped ? frame : nil)
    }

    func extend(_ template: Syntax.ExpressionID, _ frame: Frame) throws {
        let name = try evaluate(template, frame)
        frame.at = template
        guard frame.world.extended == nil else { throw TemplateError(.runtime, "extended multiple times") }
        frame.world.extended = try load(name)
        frame.isMuted = true
    }

    /// The template of this name, or the first of these names that exists.
    private func load(_ name: Value) throws -> Template {
        if case .object(let object) = name, let loaded = object as? LoadedTemplate { return loaded.template }
        if case .undefined(let undefined) = name { throw undefined.error }
        if let name = name.asString {
            if let template = try environment.template(named: name) { return template }
            throw TemplateError(.notFound, name)
        }
        let names = try name.elements()
        for name in names {
            if let name = name.asString, let template = try environment.template(named: name) { return template }
        }
        let tried = try names.map { try $0.text }.joined(separator: ", ")
        throw TemplateError(.noneFound, "none of the templates given were found: \(tried)")
    }

    func execute(_ include: Syntax.Include, _ frame: Frame) throws {
        if frame.isMuted, captures == frame.captures { return }
        let name = try evaluate(include.template, frame)
        frame.at = include.template
        let template: Template
        do {
            template = try load(name)
        } catch let error as TemplateError
            where include.ignoresMissing && (error.kind == .notFound || error.kind == .noneFound)
        {
            return
        }
        try step()
        if frame.collectsValues, captures == frame.captures {
            values.append(.string(try captured { try run(template, world(for: include.withContext, frame)) }))
        } else {
            try run(template, world(for: include.withContext, frame))
        }
    }

    private func world(for withContext: Bool, _ frame: Frame) -> World {
        withContext
            ? World(LayeredGlobals(names: visibleNames(in: frame), world: frame.world)) : World([String: Value]())
    }

    func execute(_ imported: Syntax.Import, _ frame: Frame) throws {
        let name = try evaluate(imported.template, frame)
        frame.at = imported.template
        let template = try load(name)
        let module = try self.module(of: template, world(for: imported.withContext, frame))
        if imported.target >= 0 { try assign(.object(module), to: imported.target, frame) }
        for (name, target) in imported.names {
            let name = frame.template.syntax.names[Int(name)]
            let hint =
                "the template '\(template.name)' (imported on line \(place?.line ?? 0)) does not export the requested name '\(name)'"
            let value = try module.attribute(named: name) ?? undefined(name, hint: hint)
            try assign(value, to: target, frame)
        }
    }

    private func module(of template: Template, _ world: World) throws -> ModuleObject {
        try step()
        world.isModule = true
        let text = try captured { try run(template, world) }
        return ModuleObject(template.name, world.exports, text: text)
    }
}

/// An imported template: the names it sets, and what it printed.
final class ModuleObject: JinjaObject {
    private let name: String
    private let exports: DictObject
    private let printed: String

    init(_ name: String, _ exports: DictObject, text: String) {
        self.name = name
        self.exports = exports
        printed = text
    }

    var typeName: String { "TemplateModule" }
    func attribute(named name: String) throws -> Value? {
        name.utf8.first == UInt8(ascii: "_") ? nil : exports[name]
    }
    func text() throws -> String { printed }
    func repr() throws -> String { "<TemplateModule \(ValuePrinter.quoted(name))>" }
}

/// A template as a value, for `include` and `extends`.
package final class LoadedTemplate: JinjaObject {
    /// The template.
    package let template: Template

    /// A value that names `template`.
    package init(_ template: Template) { self.template = template }

    /// What Python would call the type.
    package var typeName: String { "Template" }
    /// How it is printed inside of lists.
    package func repr() throws -> String { "<Template \(ValuePrinter.quoted(template.name))>" }
}

/// `self`: the blocks of the template.
final class TemplateReference: JinjaObject {
    private let world: World

    init(_ world: World) { self.world = world }

    var typeName: String { "TemplateReference" }
    func repr() throws -> String { "<TemplateReference None>" }
    func attribute(named name: String) throws -> Value? {
        world.blocks[name] == nil ? nil : .object(BlockReference(name, level: 0, world))
    }
}

/// A block that can be called; `super` is the one that a block overrides.
final class BlockReference: JinjaObject {
    private let name: String
    private let level: Int
    private let world: World

    init(_ name: String, level: Int, _ world: World) {
        self.name = name
        self.level = level
        self.world = world
    }

    var typeName: String { "BlockReference" }
    var isCallable: Bool { true }
    func attribute(named name: String) throws -> Value? {
        name == "super" ? .object(BlockReference(self.name, level: level + 1, world)) : nil
    }
    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        guard level < world.blocks[name]?.count ?? 0 else {
            throw TemplateError(.undefined, "there is no parent block called '\(name)'.")
        }
        return interpreter.textValue(
            try interpreter.captured { try interpreter.runBlock(name, level: level, world, scope: nil) }
        )
    }
}

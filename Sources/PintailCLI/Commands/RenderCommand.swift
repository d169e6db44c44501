import FoundationEssentials
import Jinja

/// Renders one template, or checks many: `pintail render`.
struct RenderCommand: Command {
    static let context = Option.value(
        "context",
        "JSON",
        .text,
        "The names that the template finds: a JSON object, or a file with one"
    )
    static let stock = Option.flag("stock", "Plain Jinja's rules instead of dbt's")
    static let extensions = Option.list(
        "extensions",
        "NAME",
        .text,
        "With --stock, what Jinja ships as extensions: do, loopcontrols"
    )
    static let undefined = Option.value(
        "undefined",
        "KIND",
        .choice(of: Undefined.Behaviour.self),
        "What may be done with names that have no value"
    )
    static let cases = Option.value(
        "cases",
        "FILE",
        .file,
        "Render every template of a JSON file, compare, and print what differs"
    )

    static let spec = CommandSpec(
        "render",
        .tools,
        "Render a template, to see what its Jinja makes",
        discussion: [
            "Templates follow dbt's rules: do, break and continue, sandboxed, with the tags test, materialization and docs. "
                + "What dbt itself offers to templates (ref, source, config) is not there unless the context has it.",
            "A file of cases has a list under \"triples\", each with a \"template\" and its \"output\" or \"error\" (the name of "
                + "Python's class), and one shared \"context\" or one each.",
        ],
        arguments: [Argument("FILE", "The template; - for standard input", .optional, .file)],
        options: [context, stock, extensions, undefined, cases],
        examples: [
            .init("pintail render query.sql --context '{\"days\": 7}'", "Prints the SQL that the template makes."),
            .init("pintail render page.html --stock --undefined strict", "Fails at names without a value."),
            .init("pintail render --cases jinja.json", "Prints mismatches and how many cases passed."),
        ]
    )

    private enum Work: Sendable {
        case template(String)
        case cases(String)
    }

    private let work: Work
    private let options: Jinja.Environment.Options
    private let isStock: Bool
    private let context: String?

    init(_ arguments: ParsedArguments) throws(UsageError) {
        isStock = arguments.has(Self.stock)
        var options = isStock ? Jinja.Environment.Options.stock : .dbt
        for name in arguments.all(Self.extensions).flatMap({ $0.split(separator: ",") }) {
            try options.add(extension: String(name))
        }
        if let undefined = arguments.choice(Self.undefined, as: Undefined.Behaviour.self) {
            options.undefined = undefined
        }
        self.options = options
        context = arguments[Self.context]
        if let cases = arguments[Self.cases] {
            work = .cases(cases)
        } else if let file = arguments.words.first {
            work = .template(file)
        } else {
            throw UsageError(.missingArgument("FILE"))
        }
    }

    func run(_ console: Console) async throws -> ExitCode {
        switch work {
        case .template(let file): try render(file, console)
        case .cases(let file): try check(file, console)
        }
    }

    private func render(_ file: String, _ console: Console) throws -> ExitCode {
        let text = try file == "-" ? standardInput() : read(file)
        let names = try contextNames()
        let environment = isStock ? RenderCommand.environment(options, besides: file) : Jinja.Environment(options)
        do {
            let name = file == "-" ? "<stdin>" : file
            let rendered = try Template(text, name: name, in: environment).render(in: names)
            try console.output.write(rendered)
            if !rendered.hasSuffix("\n") { try console.output.write("\n") }
            return .success
        } catch let error as TemplateError {
            console.complain(TemplateFailureText(error).text(console.errors.palette))
            return .failure
        }
    }

    /// Templates that stock Jinja includes lie beside the one that is rendered.
    private static func environment(
        _ options: Jinja.Environment.Options,
        besides file: String
    ) -> Jinja.Environment {
        let folder = URL(fileURLWithPath: file == "-" ? "." : file).deletingLastPathComponent()
        return Jinja.Environment(options) { name in
            let path = folder.appending(path: name).path
            guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
            return try Template(String(decoding: bytes, as: UTF8.self), name: name, in: Jinja.Environment(options))
        }
    }

    private func check(_ file: String, _ console: Console) throws -> ExitCode {
        let document = try value(of: try read(file), from: file)
        guard let cases = TemplateCases(document, options) else {
            throw UsageError(.other("\(file) has no list under \"triples\"", hint: nil))
        }
        let report = try cases.run()
        for mismatch in report.mismatches { try console.print(mismatch) }
        try console.print("\(report.passed) passed, \(report.mismatches.count) failed")
        return report.mismatches.isEmpty ? .success : .failure
    }

    // MARK: Reading

    private func contextNames() throws -> DictObject {
        guard let context else { return DictObject() }
        let isText = context.drop { $0.isWhitespace }.first == "{"
        let value = try value(of: isText ? context : read(context), from: isText ? "--context" : context)
        guard case .dict(let names) = value else {
            throw UsageError(.other("the context is no JSON object", hint: nil))
        }
        return names
    }

    private func value(of text: String, from origin: String) throws -> Value {
        do {
            return try JSONReader.value(of: text)
        } catch {
            throw UsageError(
                .other("\(origin) is no JSON: \(error.message) at byte \(error.offset)", hint: nil)
            )
        }
    }

    private func read(_ path: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw UsageError(.other(isThere ? "cannot read '\(path)'" : "there is no file '\(path)'", hint: nil))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func standardInput() throws -> String {
        var text = ""
        while let line = readLine(strippingNewline: false) { text += line }
        return text
    }
}

extension Jinja.Environment.Options {
    /// Jinja's own rules, without extensions.
    static var stock: Self {
        var options = Self()
        options.hasDo = false
        options.hasLoopControls = false
        return options
    }

    /// The rules by which dbt renders models.
    static var dbt: Self {
        var options = Self()
        options.isSandboxed = true
        options.hasNativeFilters = true
        options.blockTags = [
            BlockTag("test", .parameters), BlockTag("materialization", .options), BlockTag("docs"),
            BlockTag("snapshot"),
        ]
        return options
    }

    /// Adds what Jinja ships as an extension, by its short name or its Python path.
    mutating func add(extension name: String) throws(UsageError) {
        switch name.split(separator: ".").last {
        case "do": hasDo = true
        case "loopcontrols": hasLoopControls = true
        default:
            throw UsageError(
                .other("there is no extension '\(name)'", hint: "the extensions are do and loopcontrols")
            )
        }
    }
}

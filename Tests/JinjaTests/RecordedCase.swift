import Foundation
import Jinja

/// A template of a recorded file, with what it should become.
struct RecordedCase {
    let template: String
    let context: Value
    let expected: String
    let environment: Jinja.Environment

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static func all(in file: String, _ options: Jinja.Environment.Options) throws -> [RecordedCase] {
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        guard case .dict(let document) = try JSONReader.value(of: text), case .list(let list)? = document["triples"]
        else { return [] }
        let shared = document["context"] ?? .dict(of: [:])
        return try list.values.compactMap { entry in
            guard case .dict(let entry) = entry, let template = entry["template"]?.asString else { return nil }
            return RecordedCase(
                template: template,
                context: entry["context"] ?? shared,
                expected: try entry["error"].map { "error " + (try $0.text) } ?? "text "
                    + ((entry["output"] ?? "").text),
                environment: try environment(entry, options)
            )
        }
    }

    private static func environment(_ entry: DictObject, _ options: Jinja.Environment.Options) throws
        -> Jinja.Environment
    {
        var options = options
        if case .dict(let chosen)? = entry["options"] {
            options.trimsBlocks = try chosen["trim_blocks"]?.isTrue ?? false
            options.stripsLeft = try chosen["lstrip_blocks"]?.isTrue ?? false
            options.keepsTrailingNewline = try chosen["keep_trailing_newline"]?.isTrue ?? false
            options.autoescapes = try chosen["autoescape"]?.isTrue ?? false
            options.undefined = chosen["undefined"]?.asString.flatMap { Undefined.Behaviour(rawValue: $0) } ?? .default
        }
        guard case .dict(let templates)? = entry["templates"] else { return Jinja.Environment(options) }
        var texts: [String: String] = [:]
        for (name, text) in templates.items { texts[try name.text] = try text.text }
        let (chosen, sources) = (options, texts)
        return Jinja.Environment(chosen) { name in
            try sources[name].map { try Template($0, name: name, in: Jinja.Environment(chosen)) }
        }
    }

    /// What rendering gives, a copy of the context each time.
    func outcome(of template: String) -> String {
        guard case .dict(let names) = context.copied else { return "no context" }
        do throws(TemplateError) {
            return "text " + (try Template(template, in: environment).render(in: names))
        } catch {
            return "error " + error.kind.rawValue
        }
    }

    /// What differs; nothing where all is well.
    var mismatch: [String] {
        let outcome = outcome(of: template)
        return outcome.utf8.elementsEqual(expected.utf8)
            ? [] : ["\(template)\n  expected \(expected)\n  rendered \(outcome)"]
    }
}

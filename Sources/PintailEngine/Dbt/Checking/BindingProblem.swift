import DuckDB
import Jinja
import PintailOrchestrator
import PintailProject

/// What is wrong with a node's SQL, as its author is told: in the template that they wrote, not in what came of it.
struct BindingProblem {
    private let node: Node
    private let error: any Error
    private let compilation: TracedSQL?
    private let tables: [(title: String, columns: [String])]

    /// - Parameters:
    ///   - compilation: what the database said it of; nil where no SQL came of the template.
    ///   - tables: the columns of what the node reads.
    init(
        _ node: Node,
        _ error: any Error,
        compilation: TracedSQL?,
        tables: [(title: String, columns: [String])]
    ) {
        self.node = node
        self.error = error
        self.compilation = compilation
        self.tables = tables
    }

    /// The mistake with its place.
    var diagnostic: Diagnostic {
        if let database = error as? DuckDBError { return of(database) }
        if let error = error as? TemplateError, error.databaseCause == nil { return of(error) }
        // What a macro asked is not the node's own SQL: the database's words are all there is to say.
        let failure = NodeFailure(error)
        let place = (error as? TemplateError).flatMap { Self.visible($0) }.map { SourceLocation($0) } ?? node.location
        return Diagnostic(
            "\(subject): \(error.databaseCause?.firstLine ?? failure.message)",
            at: place,
            hint: failure.hint
        )
    }

    private var subject: String { "\(node.kind.rawValue) '\(node.name)'" }

    // MARK: The database's

    private func of(_ error: DuckDBError) -> Diagnostic {
        guard let compilation, let offset = error.offset else {
            let name = error.name ?? ""
            return Diagnostic(message(of: error, name), at: node.location, hint: hint(of: error, name))
        }
        let name = QueryText(compilation.text).reference(at: offset).text
        let place = compilation.map.place(ofOutput: offset, length: max(1, name.utf8.count))
        var hints = [hint(of: error, name)].compactMap(\.self)
        if compilation.map.isPrinted(at: offset) {
            hints.append("in the SQL that it gives: " + Self.line(of: compilation.text, at: offset))
        }
        return Diagnostic(
            message(of: error, name),
            at: place.map { SourceLocation($0) } ?? node.location,
            hint: hints.isEmpty ? nil : hints.joined(separator: "\n")
        )
    }

    private func message(of error: DuckDBError, _ name: String) -> String {
        if error.message.hasPrefix("Referenced column"), !error.message.contains("FROM clause is missing") {
            return "\(subject) reads column '\(error.name ?? name)', which none of its tables has"
        }
        if error.message.contains("does not have a column named"), !name.isEmpty {
            let parts = name.split(separator: ".")
            return "\(subject) reads column '\(parts.last ?? "")', which '\(parts.dropLast().last ?? "")' does not have"
        }
        if error.kind == .parser { return "the SQL of \(subject) does not parse: \(error.firstLine)" }
        return "\(subject) does not bind: \(error.firstLine)"
    }

    private func hint(of error: DuckDBError, _ name: String) -> String? {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        if error.message.hasPrefix("Referenced column") {
            let known = tables.flatMap(\.columns)
            return didYouMean(last, among: known + error.candidates) ?? whatThereIs
        }
        if let suggestion = error.suggestion(for: last) { return suggestion }
        let rest = error.message.split(separator: "\n").dropFirst().joined(separator: " ")
        return rest.isEmpty || rest.contains("Candidate functions") ? nil : rest
    }

    /// The columns of the tables that it reads, where they are few enough to look through.
    private var whatThereIs: String? {
        guard tables.count <= 3 else { return nil }
        let lines = tables.filter { $0.columns.count <= 12 }.map {
            "\($0.title) has \($0.columns.joined(separator: ", "))"
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private static func line(of text: String, at offset: Int) -> String {
        let bytes = Array(text.utf8)
        let start = bytes[..<min(offset, bytes.count)].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let end = bytes[min(offset, bytes.count)...].firstIndex(of: 0x0A) ?? bytes.count
        return String(decoding: bytes[start..<end], as: UTF8.self).trimmingSpaces
    }

    // MARK: The template's

    private func of(_ error: TemplateError) -> Diagnostic {
        let own = Set(BuiltInMacros.all.map(\.definition.name)).union(["caller"])
        let calls = error.calls.filter { !own.contains($0.macro) }.map { call in
            "in macro '\(call.macro)'" + (call.place.map { ", called at \($0.template):\($0.line):\($0.column)" } ?? "")
        }
        return Diagnostic(
            "\(subject): \(error.message)",
            at: Self.visible(error).map { SourceLocation($0) } ?? node.location,
            hint: calls.isEmpty ? nil : calls.joined(separator: "\n")
        )
    }

    // MARK: Places

    /// The innermost place that is in the user's files: macros of Pintail's own are part of it.
    private static func visible(_ error: TemplateError) -> TemplateError.Place? {
        let own = Set(BuiltInMacros.files.map(\.path))
        return ([error.place] + error.calls.map(\.place)).compactMap(\.self).first { !own.contains($0.template) }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(String(drop(while: isSpace).reversed()).drop(while: isSpace).reversed())
    }
}

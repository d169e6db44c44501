import DuckDB
import Jinja
import PintailOrchestrator
import PintailProject

/// Why a node failed: what went wrong, where in its source or in a macro, and by which calls.
struct BuildFailure {
    private let error: any Error
    private let node: Node?
    private let compiled: String?
    private let compiledPath: String?
    private let manifest: Manifest?

    /// - Parameter manifest: tells which nodes make what a source lacks.
    init(
        _ error: any Error,
        _ node: Node?,
        compiled: String?,
        _ compiledPath: String?,
        in manifest: Manifest? = nil
    ) {
        self.manifest = manifest
        self.error = error
        self.node = node
        self.compiled = compiled
        self.compiledPath = compiledPath
    }

    private var database: DuckDBError? { error.databaseCause }

    /// The failure as the orchestrator has it.
    var asNodeFailure: NodeFailure {
        if let failure = error as? NodeFailure { return failure }
        if let failure = error as? StepError, failure.cause != nil { return NodeFailure(failure) }
        let lines = [message] + excerpt + calls
        return NodeFailure(
            message: lines.joined(separator: "\n"),
            hint: hint,
            dataState: dataState,
            isTransient: database?.isTransient ?? false
        )
    }

    /// The failure as `run_results.json` has it.
    var told: String {
        let kind = error is TemplateError && database == nil ? "Compilation Error" : "Runtime Error"
        let subject = node.map { " in \($0.kind.rawValue) \($0.name) (\($0.originalFilePath))" } ?? ""
        return ([kind + subject] + ([message] + excerpt + calls).map { "  " + $0 }).joined(separator: "\n")
    }

    private var message: String {
        if let database { return firstLine(of: database.message) }
        if let error = error as? TemplateError { return error.message }
        return NodeFailure(error).message
    }

    /// What follows repeats what the excerpt shows, and what the hint says.
    private func firstLine(of text: String) -> String {
        let lines = text.split(separator: "\n").prefix { line in
            let text = line.drop { $0 == " " || $0 == "\t" }
            return !["LINE ", "Did you mean", "Candidate bindings:", "Candidate functions:"].contains {
                text.hasPrefix($0)
            }
        }
        return lines.joined(separator: " ")
    }

    /// What is known of the data: a write that the disk refused was rolled back.
    private var dataState: String? {
        guard let node, node.isReferable, isDiskFull else { return nil }
        return "\(node.schema).\(node.alias) is as it was"
    }

    private var isDiskFull: Bool { database?.isDiskFull ?? false }

    private var hint: String? {
        if isDiskFull { return "make room on that disk, and run 'pintail retry'" }
        if let maker = makerOfSource { return Self.advice(on: maker) }
        if let database {
            let name = database.sql.flatMap { sql in
                database.offset.map { QueryText(sql).reference(at: $0).text }
            }
            return database.suggestion(for: name ?? database.name ?? "")
        }
        return (error as? any NodeError)?.hint
    }

    /// The seed, model or snapshot of the project whose table is missing because it was read as a source.
    private var makerOfSource: Node? {
        guard let manifest, let node, let database, database.kind == .catalog,
            let name = database.message.firstMatch(of: #/^Table with name "?(.+?)"? does not exist/#)?.output.1
        else { return nil }
        let wanted = name.lowercased()
        let sources = node.dependsOnNodes.compactMap { manifest.sources[$0] }
        guard let source = sources.first(where: { $0.identifier.lowercased() == wanted }) else { return nil }
        return manifest.nodes.all.first { other in
            other.isReferable && other.alias.lowercased() == wanted
                && other.schema.lowercased() == source.schema.lowercased()
        }
    }

    private static func advice(on maker: Node) -> String {
        """
        the \(maker.kind.rawValue) '\(maker.name)' makes this table: {{ ref('\(maker.name)') }} waits for it, and source() \
        for nothing
        """
    }

    private var excerpt: [String] {
        if let database { return databaseExcerpt(database) }
        guard let error = error as? TemplateError, error.place != nil else { return [] }
        return error.excerpt().split(separator: "\n").map(String.init)
    }

    /// The macros that were running; where the database is to blame, those that the user can look at.
    private var calls: [String] {
        guard let error = error as? TemplateError else { return [] }
        let calls = database == nil ? error.calls : error.calls.filter { !Self.ownMacros.contains($0.macro) }
        return calls.map { call in
            "in macro '\(call.macro)'"
                + (call.place.map { ", called at \($0.template):\($0.line):\($0.column)" } ?? "")
        }
    }

    private static let ownMacros = Set(BuiltInMacros.all.map(\.definition.name))

    private func databaseExcerpt(_ database: DuckDBError) -> [String] {
        guard let sql = database.sql, let offset = database.offset else { return [] }
        let statement = SQLPlace(sql, offset: offset)
        if let node, let place = statement.found(in: node.rawCode) {
            return place.excerpt(file: node.shownPath, from: node.codeStart)
        }
        if let compiled, let place = statement.found(in: compiled) {
            return place.excerpt(file: compiledPath ?? "compiled SQL")
        }
        return statement.excerpt(file: "the statement")
    }
}

extension Error {
    /// What the database said, under whatever templates made of it.
    var databaseCause: DuckDBError? {
        var next: (any Error)? = self
        while let error = next {
            if let found = error as? DuckDBError { return found }
            next = (error as? TemplateError)?.cause ?? (error as? any NodeError)?.cause
        }
        return nil
    }
}

/// A place in a text of SQL.
struct SQLPlace {
    private let lines: [Substring]
    private let line: Int
    /// In bytes from the line's start.
    private let column: Int

    /// - Parameter offset: in bytes.
    init(_ text: String, offset: Int) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var rest = offset
        var line = 0
        while line < lines.count - 1, rest > lines[line].utf8.count {
            rest -= lines[line].utf8.count + 1
            line += 1
        }
        self.line = line
        column = rest
    }

    private init(_ lines: [Substring], _ line: Int, _ column: Int) {
        self.lines = lines
        self.line = line
        self.column = column
    }

    /// The same line in another text, where it stands there once.
    func found(in text: String) -> SQLPlace? {
        guard lines.indices.contains(line) else { return nil }
        let wanted = Self.trimmed(lines[line])
        guard wanted.count > 2 else { return nil }
        let others = text.split(separator: "\n", omittingEmptySubsequences: false)
        let places = others.indices.filter { Self.trimmed(others[$0]) == wanted }
        guard places.count == 1, let place = places.first else { return nil }
        let shift = Self.blanks(others[place]) - Self.blanks(lines[line])
        return SQLPlace(others, place, max(0, column + shift))
    }

    /// The line, with the name at the place underlined.
    ///
    /// - Parameter start: where the text begins in the file.
    func excerpt(file: String, from start: TextStart = TextStart()) -> [String] {
        guard lines.indices.contains(line) else { return [] }
        let indent = line == 0 ? max(0, start.column - 1) : 0
        let text =
            String(repeating: " ", count: indent)
            + String(decoding: lines[line].utf8.map { $0 == 9 ? 0x20 : $0 }, as: UTF8.self)
        let column = column + indent
        let before = String(decoding: text.utf8.prefix(column), as: UTF8.self)
        let number = String(line + start.line)
        let margin = String(repeating: " ", count: number.count + 1)
        let width = max(1, QueryText(text).reference(at: column).text.count)
        return [
            "\(margin)--> \(file):\(number):\(before.count + 1)", "\(margin) |", " \(number) | \(text)",
            "\(margin) | " + String(repeating: " ", count: before.count) + String(repeating: "^", count: width),
        ]
    }

    private static func blanks(_ line: Substring) -> Int { line.utf8.prefix { $0 == 0x20 || $0 == 9 }.count }

    private static func trimmed(_ line: Substring) -> [UInt8] {
        var bytes = Array(line.utf8.drop { $0 == 0x20 || $0 == 9 })
        while let last = bytes.last, last == 0x20 || last == 9 || last == 13 { bytes.removeLast() }
        return bytes
    }
}

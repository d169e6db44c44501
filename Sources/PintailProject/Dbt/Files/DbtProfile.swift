import Jinja

/// The output of `profiles.yml` that a project is run with.
package struct DbtProfile: Sendable {
    /// The profile's name.
    package var name: String
    /// The chosen output's name.
    package var target: String
    /// What stands in the output, rendered.
    package var settings: ConfigObject

    /// The catalog that relations without a database of their own live in: `database`, or the file's name.
    package let database: String

    init(name: String, target: String, settings: ConfigObject) {
        self.name = name
        self.target = target
        self.settings = settings
        database = Self.database(of: settings)
    }

    private static func database(of settings: ConfigObject) -> String {
        if let name = settings["database"]?.string { return name }
        guard let path = settings["path"]?.string, path != ":memory:", !path.hasPrefix(":memory:") else {
            return "memory"
        }
        let bare = path.split(separator: "?").first.map(String.init) ?? path
        for scheme in ["md:", "motherduck:"] where bare.hasPrefix(scheme) {
            let name = String(bare.dropFirst(scheme.count))
            return name.isEmpty ? "my_db" : name
        }
        let file = bare.split(separator: "/").last.map(String.init) ?? bare
        return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    }

    /// The same output with some of its settings replaced.
    package func with(_ others: ConfigObject) -> DbtProfile {
        DbtProfile(name: name, target: target, settings: settings.merging(others))
    }

    /// The schema that relations without one of their own live in.
    package var schema: String { settings["schema"]?.string ?? "main" }

    /// What templates see as `target`.
    package var targetValue: ConfigObject {
        var value: ConfigObject = [
            "database": .string(database),
            "schema": .string(schema),
            "path": settings["path"] ?? ":memory:",
            "type": settings["type"] ?? "duckdb",
            "threads": settings["threads"] ?? 1,
            "name": .string(target),
            "target_name": .string(target),
            "profile_name": .string(name),
        ]
        for (key, setting) in settings where value[key] == nil && !Self.secret.contains(key) { value[key] = setting }
        return value
    }

    private static let secret: Set<String> = ["secrets", "token", "password", "motherduck_token"]
}

extension DbtProfile {
    /// The profile of a project that has none, and a database all the same.
    init(implied path: String, name: String?) {
        self.init(name: name ?? "pintail", target: "default", settings: ["type": "duckdb", "path": .string(path)])
    }

    /// Reads a profile out of `profiles.yml`.
    ///
    /// - Parameters:
    ///   - name: the profile that the project names.
    ///   - target: the output; nil for the profile's own.
    init(
        _ name: String,
        target: String?,
        in document: PropertyDocument,
        rendering: ValueRenderer
    ) throws(Diagnostic) {
        let file = document.file.path
        guard let profile = document.root[name] else {
            throw Diagnostic(
                "there is no profile '\(name)'",
                at: SourceLocation(file: file, line: 1, column: 1),
                hint: Self.wayOut(name, among: document.root.entries?.map(\.key).filter { $0 != "config" } ?? [])
            )
        }
        do {
            let rendered = try profile["target"].map { try rendering.render($0.value, name: file) }
            let chosen = target ?? rendered?.plainText ?? "default"
            guard let output = profile["outputs"]?[chosen] else {
                throw Diagnostic(
                    "the profile '\(name)' has no output '\(chosen)'",
                    at: document.location(of: profile["target"] ?? profile),
                    hint: Self.wayOut(chosen, among: profile["outputs"]?.entries?.map(\.key) ?? [])
                )
            }
            let settings = try Self.settings(of: output, in: document, rendering)
            guard settings["type"] == "duckdb" else {
                throw Diagnostic(
                    "the output '\(chosen)' is of type '\(settings["type"]?.plainText ?? "")', and only duckdb is known",
                    at: document.location(of: output["type"] ?? output),
                    hint: "add an output with 'type: duckdb' and choose it with --target"
                )
            }
            self.init(name: name, target: chosen, settings: settings)
        } catch let error as Diagnostic {
            throw error
        } catch let error as TemplateError {
            throw Diagnostic(error, at: document.location(of: profile))
        } catch {
            throw Diagnostic(String(describing: error), at: document.location(of: profile))
        }
    }

    private static func settings(
        of output: PropertyNode,
        in document: PropertyDocument,
        _ rendering: ValueRenderer
    ) throws(Diagnostic) -> ConfigObject {
        let file = document.file.path
        do {
            return try rendering.render(output.value, name: file).object ?? [:]
        } catch {
            let place = output.innermost { (try? rendering.render($0, name: file)) == nil }
            throw Diagnostic(error, at: document.location(of: place ?? output))
        }
    }

    /// The name that may have been meant, or those there are.
    private static func wayOut(_ name: String, among names: [String]) -> String {
        didYouMean(name, among: names)
            ?? (names.isEmpty ? "it has none" : "there is " + names.map { "'\($0)'" }.joined(separator: ", "))
    }
}

import Jinja

/// A package that a project asks for in `packages.yml` or `dependencies.yml`.
struct PackageSpec: Sendable {
    /// Where it comes from.
    enum Origin: Hashable, Sendable {
        /// `dbt-labs/dbt_utils` of the hub.
        case hub(name: String)
        case git(url: String, subdirectory: String?)
        case tarball(url: String)
        /// A folder, from the folder of the file that names it.
        case local(path: String)
    }

    var origin: Origin
    /// The same with its templates, which is what files and messages may show: templates give secrets.
    var shown: String
    /// What the hub's versions must be.
    var claims: [VersionBound] = []
    /// Versions with a dash are taken too.
    var takesPrereleases = false
    /// The branch, tag or commit of a git repository.
    var revision: String?
    /// The name of the folder that it is installed in, where it is given.
    var name: String?
    /// All that is written.
    var written: ConfigObject
    /// The same with its templates rendered.
    var rendered: ConfigObject = [:]
    var location: SourceLocation
}

extension PackageSpec {
    private static let kinds = ["package", "git", "local", "tarball"]

    /// Reads an entry of `packages`.
    init(_ node: PropertyNode, in document: PropertyDocument, rendering: ValueRenderer?) throws(Diagnostic) {
        location = document.location(of: node)
        let kind = Self.kinds.first { node[$0] != nil }
        guard let kind, let named = node[kind] else {
            let keys = node.entries?.map(\.key) ?? []
            throw Diagnostic(
                "this package has none of \(Self.kinds.map { "'\($0)'" }.joined(separator: ", "))",
                at: location,
                hint: keys.lazy.compactMap { didYouMean($0, among: Self.kinds) }.first
                    ?? "as in '- package: dbt-labs/dbt_utils' with 'version:' under it"
            )
        }
        location = document.location(of: named)
        func value(_ key: String) throws(Diagnostic) -> ConfigValue {
            guard let entry = node[key] else { return .null }
            do throws(TemplateError) {
                return try rendering?.render(entry.value, name: document.file.path) ?? entry.value
            } catch {
                throw Diagnostic(error, at: document.location(of: entry))
            }
        }
        shown = named.value.plainText
        let text = try value(kind).plainText
        switch kind {
        case "package": origin = .hub(name: text)
        case "git": origin = .git(url: text, subdirectory: try value("subdirectory").string)
        case "tarball": origin = .tarball(url: text)
        default: origin = .local(path: text)
        }
        name = try value("name").string
        revision = try value("revision").items.first?.plainText
        takesPrereleases = (node["install-prerelease"] ?? node["install_prerelease"])?.value.bool ?? false
        written = node.value.object ?? [:]
        for key in written.keys { rendered[key] = try value(key) }
        if kind == "package" { claims = try Self.claims(node, try value("version"), text, document) }
    }

    private static func claims(
        _ node: PropertyNode,
        _ value: ConfigValue,
        _ package: String,
        _ document: PropertyDocument
    ) throws(Diagnostic) -> [VersionBound] {
        guard let version = node["version"], !value.isNull else {
            throw Diagnostic(
                "the package '\(package)' has no version",
                at: document.location(of: node),
                hint: "as in 'version: [\">=1.0.0\", \"<2.0.0\"]'"
            )
        }
        var claims: [VersionBound] = []
        for item in value.items where !DbtTemplates.isTemplate(item.plainText) {
            guard let more = VersionBound.all(in: item.plainText) else {
                throw Diagnostic(
                    "'\(item.plainText)' is no version",
                    at: document.location(of: version),
                    hint: "a version has three numbers, as in '1.2.0' or '>=1.0.0'"
                )
            }
            claims += more
        }
        return claims
    }
}

extension PackageSpec {
    /// The form that dbt fingerprints: what is meant, and under `unrendered` what is written.
    var canonical: ConfigObject {
        var form = rendered
        form["unrendered"] = .object(written)
        switch origin {
        case .hub:
            form["install-prerelease"] = nil
            form["install_prerelease"] = .bool(takesPrereleases)
        case .git: form["warn-unpinned"] = form["warn-unpinned"] ?? .null
        case .tarball, .local: break
        }
        return form
    }
}

/// The hub that packages are published on, and whatever else is fetched by HTTP.
struct PackageHub {
    /// `https://hub.getdbt.com`, or what the environment says.
    let address: String
    let environment: [String: String]

    init(_ environment: [String: String]) {
        let named = environment["DBT_PACKAGE_HUB_URL"] ?? "https://hub.getdbt.com"
        address = named.hasSuffix("/") ? String(named.dropLast()) : named
        self.environment = environment
    }

    /// A package as the hub tells of it.
    struct Listing {
        /// The project's name.
        let name: String
        let versions: [SemanticVersion: Release]
        /// Where it has moved to: `namespace/name`.
        let successor: String?
    }

    /// One version of a package.
    struct Release {
        let tarball: String
        let requiredVersions: [String]
        /// The packages it asks for in turn.
        let packages: [PropertyNode]
    }

    /// What the hub knows of `namespace/name`.
    func listing(of package: String, askedAt location: SourceLocation) throws(Diagnostic) -> Listing {
        let url = "\(address)/api/v1/\(package).json"
        guard let tree = try json(at: url, location) else {
            let names = try json(at: address + "/api/v1/index.json", location)?.texts ?? []
            throw Diagnostic(
                "the package '\(package)' is not on the hub \(address)",
                at: location,
                hint: didYouMean(package, among: names)
            )
        }
        var versions: [SemanticVersion: Release] = [:]
        for member in tree["versions"]?.members ?? [] {
            guard let version = SemanticVersion(member.key), let release = Release(member.value) else { continue }
            versions[version] = release
        }
        let (space, name) = (tree["redirectnamespace"]?.text, tree["redirectname"]?.text)
        let (oldSpace, oldName) = (tree["namespace"]?.text ?? "", tree["name"]?.text ?? "")
        let successor = space == nil && name == nil ? nil : "\(space ?? oldSpace)/\(name ?? oldName)"
        return Listing(name: oldName, versions: versions, successor: successor)
    }

    private func json(at url: String, _ location: SourceLocation) throws(Diagnostic) -> JSONTree? {
        let folder = try ScratchSpace(environment)
        let file = folder.path + "/answer.json"
        guard try fetch(url, to: file, shown: url, location) else { return nil }
        do {
            return try JSONReader.read(FileBytes.read(file) ?? [])
        } catch {
            throw Diagnostic("\(url) does not answer with JSON", at: location, hint: "is it the address of a hub?")
        }
    }

    /// Fetches a file; false where there is none of that name.
    func fetch(_ url: String, to file: String, shown: String, _ location: SourceLocation) throws(Diagnostic) -> Bool {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") || url.hasPrefix("file://") else {
            throw Diagnostic("'\(shown)' is no address", at: location, hint: "it begins with https://")
        }
        let curl = ExternalProgram(name: "curl", environment: environment)
        let outcome = try curl.run([
            "--silent", "--show-error", "--fail", "--location", "--proto-redir", "=http,https", "--retry", "3",
            "--connect-timeout", "20", "--output", file, "--write-out", "%{http_code}", "--", url,
        ])
        if outcome.code == 0 { return true }
        // 22 is curl's code for an answer that is no success, 37 for a file that is not there.
        if outcome.code == 22, outcome.output.hasSuffix("404") || outcome.output.hasSuffix("410") { return false }
        if outcome.code == 37 { return false }
        throw Diagnostic(
            "'\(shown)' cannot be fetched: \(Self.reason(outcome.output))",
            at: location,
            hint: "packages that lie in dbt_packages already are used as they are"
        )
    }

    /// What curl says, without its name, the address and the number behind it.
    private static func reason(_ output: String) -> String {
        let line = output.split(separator: "\n").first { $0.hasPrefix("curl:") }.map(String.init) ?? "curl failed"
        return line.split(separator: " ").dropFirst(2).joined(separator: " ")
    }
}

extension PackageHub.Release {
    init?(_ tree: JSONTree) {
        guard let tarball = tree["downloads"]?["tarball"]?.text else { return nil }
        self.tarball = tarball
        let required = tree["require_dbt_version"]
        requiredVersions = required?.texts ?? required?.text.map { [$0] } ?? []
        packages = (tree["packages"]?.items ?? []).map { PropertyNode($0) }
    }

    /// Whether it is made for the dbt whose behaviour Pintail has.
    var fits: Bool { DbtRequirement.unmet(requiredVersions) == nil }
}

extension PropertyNode {
    /// A value of a JSON file, without its place.
    init(_ tree: JSONTree) {
        let content: Content =
            switch tree {
            case .null: .scalar(.null)
            case .bool(let flag): .scalar(.bool(flag))
            case .integer(let number): .scalar(.integer(Int(number)))
            case .number(let number): .scalar(.double(number))
            case .text(let text): .scalar(.string(text))
            case .list(let items): .sequence(items.map { PropertyNode($0) })
            case .object(let members):
                .mapping(members.map { PropertyEntry(key: $0.key, keyStart: 0, value: PropertyNode($0.value)) })
            }
        self.init(content: content, start: 0)
    }
}

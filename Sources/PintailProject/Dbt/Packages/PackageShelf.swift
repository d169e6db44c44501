import Jinja

/// Finds packages where requirements say they are, and tells what each asks for in turn.
///
/// Blocks the calling thread; what it fetches goes with it.
final class PackageShelf {
    let files: ProjectFiles
    private let rendering: ValueRenderer
    private let hub: PackageHub
    private let git: ExternalProgram
    private let scratch: ScratchSpace
    /// Told to the user as it comes up.
    private let warn: (String) -> Void
    private var listings: [String: PackageHub.Listing] = [:]
    private var folders: [String: String] = [:]
    private let secrets: [String]
    /// Versions for other releases of dbt are taken too.
    let ignoresDbtVersion: Bool

    init(
        _ files: ProjectFiles,
        _ rendering: ValueRenderer,
        environment: [String: String],
        ignoresDbtVersion: Bool,
        warn: @escaping (String) -> Void
    ) throws(Diagnostic) {
        self.files = files
        self.rendering = rendering
        self.warn = warn
        self.ignoresDbtVersion = ignoresDbtVersion
        hub = PackageHub(environment)
        // Nobody sits at a terminal of ours to type a password.
        let quiet = ["GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "LC_ALL": "C"]
        git = ExternalProgram(name: "git", environment: environment.merging(quiet) { $1 })
        scratch = try ScratchSpace(environment)
        secrets = environment.filter { $0.key.hasPrefix("DBT_ENV_SECRET") && !$0.value.isEmpty }.map(\.value)
    }

    /// Decides what a requirement leads to.
    func pin(_ spec: PackageSpec) throws(Diagnostic) -> PinnedPackage {
        switch spec.origin {
        case .hub(let name): try pin(spec, ofHub: name)
        case .git(let url, let subdirectory): try pin(spec, ofGit: url, subdirectory)
        case .tarball(let url): try pin(spec, ofArchive: url)
        case .local(let path): try pin(spec, ofFolder: path)
        }
    }

    private func pin(_ spec: PackageSpec, ofFolder path: String) throws(Diagnostic) -> PinnedPackage {
        let folder = files.absolute(path)
        return PinnedPackage(
            name: try projectName(in: folder, spec, "the folder '\(path)'"),
            title: path,
            origin: ["local": .string(spec.shown)],
            place: .folder(folder),
            requirements: try requirements(in: folder)
        )
    }

    private func requirements(in folder: String) throws(Diagnostic) -> [PackageSpec] {
        do throws(Diagnostics) {
            return try PackageRequirements(of: folder, files, rendering).specs
        } catch {
            throw error.all.first ?? Diagnostic("the packages of '\(folder)' cannot be read")
        }
    }

    private func projectName(in folder: String, _ spec: PackageSpec, _ what: String) throws(Diagnostic) -> String {
        let path = folder + "/dbt_project.yml"
        guard FileBytes.exists(path) else {
            throw Diagnostic(
                "\(what) holds no dbt_project.yml",
                at: spec.location,
                hint: "a package is a dbt project; name a folder within a repository by 'subdirectory'"
            )
        }
        let document = try PropertyReader.read(try files.read(path))
        guard let name = document.root["name"]?.string else {
            throw Diagnostic("the project of \(what) has no name", at: spec.location)
        }
        return name
    }
}

extension PackageShelf {
    private func pin(_ spec: PackageSpec, ofHub name: String) throws(Diagnostic) -> PinnedPackage {
        let listing = try listing(of: name, spec)
        let all = listing.versions.keys.sorted()
        let takesPrereleases =
            spec.takesPrereleases || spec.claims.contains { !$0.version.prerelease.isEmpty }
        let installable = all.filter { version in
            (takesPrereleases || version.prerelease.isEmpty)
                && (ignoresDbtVersion || listing.versions[version]?.fits ?? false)
        }
        let best = installable.last { version in spec.claims.allSatisfy { $0.holds(for: version) } }
        guard let best, let release = listing.versions[best] else {
            let wanted = spec.claims.map(\.description).joined(separator: ", ")
            let isOther = all.contains { version in spec.claims.allSatisfy { $0.holds(for: version) } }
            let found = installable.suffix(8).map(\.description).joined(separator: ", ")
            throw Diagnostic(
                "no version of '\(name)' is \(wanted)"
                    + (isOther ? " and made for dbt \(SemanticVersion.ofDbt)" : ""),
                at: spec.location,
                hint: found.isEmpty ? "the hub has none that could be used" : "there are \(found)"
            )
        }
        let document = PropertyDocument(
            file: SourceFile(path: name, text: ""),
            root: PropertyNode(content: .scalar(.null), start: 0)
        )
        var requirements: [PackageSpec] = []
        for node in release.packages {
            var next = try PackageSpec(node, in: document, rendering: nil)
            next.location = spec.location
            requirements.append(next)
        }
        return PinnedPackage(
            name: listing.name,
            title: "\(name) \(best)",
            origin: ["package": .string(name), "version": .string(best.description)],
            place: .archive(url: release.tarball),
            requirements: requirements
        )
    }

    private func listing(of name: String, _ spec: PackageSpec) throws(Diagnostic) -> PackageHub.Listing {
        if let known = listings[name] { return known }
        let listing = try hub.listing(of: name, askedAt: spec.location)
        if let successor = listing.successor {
            warn("the package '\(name)' goes on as '\(successor)': name that in \(spec.location.file)")
        }
        listings[name] = listing
        return listing
    }
}

extension PackageShelf {
    private func pin(_ spec: PackageSpec, ofArchive url: String) throws(Diagnostic) -> PinnedPackage {
        let folder = try unpacked(url, spec)
        let own = try projectName(in: folder, spec, "the archive '\(spec.shown)'")
        return PinnedPackage(
            name: spec.name ?? own,
            title: spec.shown,
            origin: ["tarball": .string(spec.shown)],
            place: .fetched(folder),
            requirements: try requirements(in: folder)
        )
    }

    /// The folder within an archive, which is fetched once.
    func unpacked(_ url: String, _ spec: PackageSpec) throws(Diagnostic) -> String {
        if let known = folders[url] { return known }
        let folder = scratch.path + "/\(folders.count)"
        let file = folder + ".tar.gz"
        guard try hub.fetch(url, to: file, shown: spec.shown, spec.location) else {
            throw Diagnostic("there is no archive at '\(spec.shown)'", at: spec.location)
        }
        let tar = ExternalProgram(name: "tar", environment: git.environment)
        _ = try ExternalProgram(name: "mkdir", environment: git.environment).run(["-p", folder])
        guard try tar.run(["-xzf", file, "-C", folder]).code == 0, let inner = files.names(in: folder).first else {
            throw Diagnostic(
                "'\(spec.shown)' is no archive with a folder in it",
                at: spec.location,
                hint: "a package is a .tar.gz file of one folder with a dbt_project.yml"
            )
        }
        folders[url] = folder + "/" + inner
        return folder + "/" + inner
    }

    private func pin(
        _ spec: PackageSpec,
        ofGit url: String,
        _ subdirectory: String?
    ) throws(Diagnostic) -> PinnedPackage {
        let folder = try cloned(url, spec)
        let commit = try checkOut(spec.revision, in: folder, spec)
        if spec.revision == nil, spec.written["warn-unpinned"] != false, spec.written["warn_unpinned"] != false {
            warn("the package '\(spec.shown)' has no revision: its default branch is used, at \(commit.prefix(12))")
        }
        var origin: ConfigObject = ["git": .string(spec.shown), "revision": .string(commit)]
        if let subdirectory { origin["subdirectory"] = .string(subdirectory) }
        let place = subdirectory.map { folder + "/" + $0 } ?? folder
        guard ProjectFiles.normalized(place + "/").hasPrefix(ProjectFiles.normalized(folder)) else {
            throw Diagnostic("the subdirectory leads out of the repository", at: spec.location)
        }
        return PinnedPackage(
            name: try projectName(in: place, spec, "the repository '\(spec.shown)'"),
            title: "\(spec.shown) at \(spec.revision ?? String(commit.prefix(12)))",
            origin: origin,
            place: .fetched(place),
            requirements: try requirements(in: place)
        )
    }

    private func cloned(_ url: String, _ spec: PackageSpec) throws(Diagnostic) -> String {
        // One repository can be needed at several commits: one folder for each requirement.
        let folder = scratch.path + "/\(folders.count)"
        folders[url + "@" + (spec.revision ?? "") + "#\(folders.count)"] = folder
        let outcome = try git.run([
            "-c", "protocol.ext.allow=never", "clone", "--quiet", "--no-checkout", "--", url, folder,
        ])
        guard outcome.code == 0 else {
            throw Diagnostic(
                "the repository '\(spec.shown)' cannot be cloned: \(reason(outcome.output))",
                at: spec.location,
                hint: "does 'git clone' work with it in a terminal?"
            )
        }
        return folder
    }

    /// Puts a branch, tag or commit into the folder, and gives its commit.
    private func checkOut(_ revision: String?, in folder: String, _ spec: PackageSpec) throws(Diagnostic) -> String {
        let names = revision.map { ["refs/remotes/origin/" + $0, "refs/tags/" + $0, $0] } ?? ["HEAD"]
        for name in names {
            let found = try git.run([
                "-C", folder, "rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}",
            ])
            guard found.code == 0 else { continue }
            let commit = found.output.trimmed
            let outcome = try git.run(["-C", folder, "checkout", "--quiet", "--detach", commit])
            guard outcome.code == 0 else {
                throw Diagnostic("'\(spec.shown)' cannot be checked out: \(reason(outcome.output))", at: spec.location)
            }
            return commit
        }
        let tags = try git.run(["-C", folder, "tag", "--list"]).output.split(separator: "\n").map(String.init)
        throw Diagnostic(
            "the repository '\(spec.shown)' has no revision '\(revision ?? "HEAD")'",
            at: spec.location,
            hint: didYouMean(revision ?? "", among: tags) ?? "a revision is a branch, a tag or a whole commit"
        )
    }

    /// The last line that a program printed, without secrets.
    private func reason(_ output: String) -> String {
        var text = output.split(separator: "\n").map(String.init).last { !$0.isEmpty } ?? "it says nothing"
        for secret in secrets { text = text.replacing(secret, with: "***") }
        return text
    }
}

/// Follows requirements to all packages that they lead to, each once.
struct PackageResolution {
    private let shelf: PackageShelf
    private var wanted: [String: PackageSpec] = [:]
    private var order: [String] = []
    private var pinned: [String: PinnedPackage] = [:]

    init(_ shelf: PackageShelf) { self.shelf = shelf }

    /// The packages that a project's requirements lead to.
    ///
    /// - Throws: a ``Diagnostic`` where two requirements exclude each other, or a package cannot be had.
    static func packages(
        of specs: [PackageSpec],
        root: String,
        from shelf: PackageShelf
    ) throws(Diagnostic) -> [PinnedPackage] {
        var resolution = PackageResolution(shelf)
        var pending = specs
        while !pending.isEmpty {
            var next: [PackageSpec] = []
            for spec in pending {
                guard let package = try resolution.take(spec) else { continue }
                next += package.requirements
            }
            pending = next
        }
        return try resolution.distinct(root: root)
    }

    /// Adds a requirement; nil where it says nothing new.
    private mutating func take(_ spec: PackageSpec) throws(Diagnostic) -> PinnedPackage? {
        let key = identity(of: spec)
        var merged = spec
        if let known = wanted[key] {
            merged = try Self.merge(known, spec)
            if merged.claims == known.claims, merged.takesPrereleases == known.takesPrereleases { return nil }
        } else {
            order.append(key)
        }
        wanted[key] = merged
        let package = try shelf.pin(merged)
        let isNew = pinned[key]?.origin != package.origin
        pinned[key] = package
        return isNew ? package : nil
    }

    private static func merge(_ known: PackageSpec, _ spec: PackageSpec) throws(Diagnostic) -> PackageSpec {
        var merged = known
        merged.claims += spec.claims.filter { !known.claims.contains($0) }
        merged.takesPrereleases = known.takesPrereleases || spec.takesPrereleases
        if case .git = known.origin, known.revision != spec.revision {
            throw Diagnostic(
                "'\(spec.shown)' is asked for at '\(known.revision ?? "HEAD")' and at '\(spec.revision ?? "HEAD")'",
                at: spec.location,
                hint: "a package is installed once: agree on one revision"
            )
        }
        return merged
    }

    /// What tells one package from another.
    private func identity(of spec: PackageSpec) -> String {
        switch spec.origin {
        case .hub(let name): return "hub " + name
        case .git(let url, let folder):
            let plain = url.hasSuffix(".git") ? String(url.dropLast(4)) : url
            return "git \(plain) \(folder ?? "")"
        case .tarball(let url): return "tarball " + url
        case .local(let path): return "local " + shelf.files.absolute(path)
        }
    }

    /// All packages, none of which is called like another or like the project.
    private func distinct(root: String) throws(Diagnostic) -> [PinnedPackage] {
        var packages: [PinnedPackage] = []
        for key in order {
            guard let package = pinned[key], let spec = wanted[key] else { continue }
            let other = packages.first { $0.name == package.name }
            if other != nil || package.name == root {
                throw Diagnostic(
                    "two projects are called '\(package.name)': \(other?.title ?? "this one") and \(package.title)",
                    at: spec.location,
                    hint: "macros and models are found by their project's name, so it must be unique"
                )
            }
            packages.append(package)
        }
        return packages
    }
}

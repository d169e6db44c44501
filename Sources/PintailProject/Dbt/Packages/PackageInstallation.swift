#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Puts the packages that a dbt project asks for into its `dbt_packages` folder, and writes down which they are.
///
/// Blocks the calling thread.
package struct PackageInstallation {
    /// What is chosen.
    package struct Options: Sendable {
        /// Environment variables.
        package var environment: [String: String]
        /// Variables of the command line.
        package var vars: ConfigObject = [:]
        /// The newest versions are taken, whatever the lock says.
        package var upgrades = false
        /// The lock is written, and nothing is installed.
        package var locksOnly = false
        /// Versions for other releases of dbt are taken too.
        package var ignoresDbtVersion = false

        /// What the lock says, or the newest versions where there is none.
        package init(environment: [String: String]) { self.environment = environment }
    }

    /// A package that is in its place now.
    package struct Installed: Sendable {
        /// The name of its project.
        package let name: String
        /// What it is: `dbt-labs/dbt_utils 1.3.0`.
        package let title: String
    }

    private let files: ProjectFiles
    private let options: Options
    private let tell: (String) -> Void
    private let warn: (String) -> Void

    /// Installs the packages of the project in `folder`.
    ///
    /// A package that cannot be had leaves everything as it is; each is put into its place whole.
    /// - Parameters:
    ///   - tell: called before each package is fetched.
    ///   - warn: called with what is doubtful.
    /// - Throws: ``Diagnostics``.
    package static func run(
        in folder: String,
        _ options: Options,
        tell: @escaping (String) -> Void,
        warn: @escaping (String) -> Void
    ) throws(Diagnostics) -> [Installed] {
        let files = ProjectFiles(root: folder)
        let installation = PackageInstallation(files: files, options: options, tell: tell, warn: warn)
        return try installation.run()
    }

    private func run() throws(Diagnostics) -> [Installed] {
        let rendering = ValueRenderer(globals: ProjectContext(environment: options.environment, vars: options.vars))
        var problem: Diagnostic
        do throws(Diagnostic) {
            let document = try PropertyReader.read(try files.read("dbt_project.yml"))
            let required = try requirements(rendering)
            let shelf = try PackageShelf(
                files,
                rendering,
                environment: options.environment,
                ignoresDbtVersion: options.ignoresDbtVersion,
                warn: warn
            )
            return try install(required.specs, document, rendering, shelf)
        } catch {
            problem = error
        }
        throw Diagnostics([problem], in: files.root)
    }

    private func requirements(_ rendering: ValueRenderer) throws(Diagnostic) -> PackageRequirements {
        do throws(Diagnostics) {
            return try PackageRequirements(of: files.root, files, rendering)
        } catch {
            throw error.all.first ?? Diagnostic("packages.yml cannot be read")
        }
    }

    private func install(
        _ specs: [PackageSpec],
        _ project: PropertyDocument,
        _ rendering: ValueRenderer,
        _ shelf: PackageShelf
    ) throws(Diagnostic) -> [Installed] {
        let root = project.root["name"]?.string ?? ""
        let packages = try self.packages(specs, root, rendering, shelf)
        guard !options.locksOnly else { return [] }
        let place =
            project.root["packages-install-path"]?.string ?? options.environment["DBT_PACKAGES_INSTALL_PATH"]
            ?? "dbt_packages"
        for package in packages {
            tell(package.title)
            try put(package, into: files.absolute(place), shelf)
        }
        if !packages.isEmpty { removeOthers(than: Set(packages.map(\.name)), from: files.absolute(place)) }
        return packages.map { Installed(name: $0.name, title: $0.title) }
    }

    private func packages(
        _ specs: [PackageSpec],
        _ root: String,
        _ rendering: ValueRenderer,
        _ shelf: PackageShelf
    ) throws(Diagnostic) -> [PinnedPackage] {
        if let locked = try locked(specs, rendering, shelf) { return locked }
        return try resolved(specs, root, shelf)
    }

    /// The packages of a lock that was made of the same requirements; nil where there is none.
    private func locked(
        _ specs: [PackageSpec],
        _ rendering: ValueRenderer,
        _ shelf: PackageShelf
    ) throws(Diagnostic) -> [PinnedPackage]? {
        guard !options.upgrades, !options.locksOnly, let lock = PackageLock(of: files.root, files),
            lock.fingerprint == PackageLock.fingerprint(of: specs)
        else { return nil }
        let document = try PropertyReader.read(try files.read(PackageLock.file))
        var packages: [PinnedPackage] = []
        for item in document.root["packages"]?.items ?? [] {
            let spec = try PackageSpec(item, in: document, rendering: rendering)
            packages.append(try shelf.pin(spec))
        }
        return packages
    }

    private func resolved(
        _ specs: [PackageSpec],
        _ root: String,
        _ shelf: PackageShelf
    ) throws(Diagnostic) -> [PinnedPackage] {
        let packages = try PackageResolution.packages(of: specs, root: root, from: shelf)
        let lock = PackageLock(
            entries: packages.map { PackageLock.Entry(name: $0.name, origin: $0.origin) },
            fingerprint: PackageLock.fingerprint(of: specs)
        )
        guard !specs.isEmpty else { return packages }
        do {
            let text = Data(try lock.text().utf8)
            try text.write(to: URL(filePath: files.absolute(PackageLock.file)), options: .atomic)
        } catch {
            throw Diagnostic("\(PackageLock.file) cannot be written", hint: "look at the folder's permissions")
        }
        return packages
    }
}

extension PackageInstallation {
    /// Puts a package into its place, beside which it is made ready first.
    private func put(_ package: PinnedPackage, into folder: String, _ shelf: PackageShelf) throws(Diagnostic) {
        let manager = FileManager.default
        let place = folder + "/" + package.name
        // dbt and Pintail pass over folders that begin so.
        let ready = folder + "/__installing_" + package.name
        do {
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try? manager.removeItem(atPath: ready)
            switch package.place {
            case .folder(let path): try manager.createSymbolicLink(atPath: ready, withDestinationPath: path)
            case .fetched(let path): try copy(path, to: ready)
            case .archive(let url): try copy(try shelf.unpacked(url, Self.request(for: package, url)), to: ready)
            }
            if (try? manager.attributesOfItem(atPath: place)) != nil { try manager.removeItem(atPath: place) }
            try manager.moveItem(atPath: ready, toPath: place)
        } catch let error as Diagnostic {
            try? manager.removeItem(atPath: ready)
            throw error
        } catch {
            try? manager.removeItem(atPath: ready)
            throw Diagnostic(
                "the package '\(package.name)' cannot be put into \(files.shown(folder))",
                hint: "look at the folder's permissions, and whether the disk is full"
            )
        }
    }

    /// Takes out packages that nobody asks for any more: their models would be built.
    private func removeOthers(than wanted: Set<String>, from folder: String) {
        for name in files.names(in: folder) where !wanted.contains(name) {
            guard FileBytes.exists("\(folder)/\(name)/dbt_project.yml") else { continue }
            do {
                // Of a link only the link goes.
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            } catch {
                warn("\(files.shown(folder))/\(name) is asked for no more and cannot be removed")
            }
        }
    }

    /// The history of a repository stays behind.
    private func copy(_ source: String, to target: String) throws {
        try FileManager.default.copyItem(atPath: source, toPath: target)
        try? FileManager.default.removeItem(atPath: target + "/.git")
    }

    private static func request(for package: PinnedPackage, _ url: String) -> PackageSpec {
        PackageSpec(
            origin: .tarball(url: url),
            shown: url,
            written: [:],
            location: SourceLocation(file: "packages.yml", line: 1, column: 1)
        )
    }
}

/// The packages that a folder with `dbt_project.yml` asks for.
struct PackageRequirements: Sendable {
    let specs: [PackageSpec]
    /// The file that names them; nil where there is none.
    let file: String?

    /// Reads `packages.yml`, where templates are rendered, and `dependencies.yml`, where they are not.
    ///
    /// - Parameter rendering: nil where it is enough to know what is asked for, and secrets need not be given.
    /// - Throws: ``Diagnostics`` with everything that is wrong in them.
    init(of folder: String, _ files: ProjectFiles, _ rendering: ValueRenderer?) throws(Diagnostics) {
        var specs: [PackageSpec] = []
        var problems: [Diagnostic] = []
        var named: (file: String, location: SourceLocation)?
        for (name, rendering) in [("packages.yml", rendering), ("dependencies.yml", nil)] {
            guard FileBytes.exists(folder + "/" + name) else { continue }
            do throws(Diagnostic) {
                let document = try PropertyReader.read(try files.read(folder + "/" + name))
                guard let list = document.root["packages"], !list.isNull else { continue }
                if let named {
                    throw Diagnostic(
                        "'packages' stands in packages.yml and in dependencies.yml",
                        at: document.location(of: list),
                        hint: "it is first at \(named.location.file):\(named.location.line): put all into one of them"
                    )
                }
                named = (document.file.path, document.location(of: list))
                for item in list.items ?? [] {
                    do throws(Diagnostic) {
                        specs.append(try PackageSpec(item, in: document, rendering: rendering))
                    } catch {
                        problems.append(error)
                    }
                }
            } catch {
                problems.append(error)
            }
        }
        if !problems.isEmpty { throw Diagnostics(problems, in: files.root) }
        self.specs = specs
        file = named?.file
    }
}

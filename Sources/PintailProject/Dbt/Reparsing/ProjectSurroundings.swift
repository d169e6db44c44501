/// What counts beside the folders that are gone through: project files, packages, profiles.
enum ProjectSurroundings {
    /// Project files in the folders of the project and of what could be packages, and which of those there are.
    static func listings(of root: DbtPackage) -> [ParseRecord.Listing] {
        let packages = listing(.names, root.directory + "/" + root.packagesPath)
        let folders = [root.directory] + packages.names.map { packages.folder + "/" + $0 }
        return [packages] + folders.map { listing(.projectFiles, $0) }
    }

    /// What a folder holds of what was looked for.
    static func listing(_ kind: ParseRecord.Listing.Kind, _ folder: String) -> ParseRecord.Listing {
        let names =
            switch kind {
            case .tree: FolderWalk.files(in: folder)
            case .projectFiles: FolderWalk.names(in: folder).filter(isProjectFile)
            case .names: FolderWalk.names(in: folder)
            }
        return ParseRecord.Listing(folder: folder, kind: kind, names: names)
    }

    private static func isProjectFile(_ name: String) -> Bool {
        name.hasSuffix(".yml") || name.hasSuffix(".yaml") || name == ".dbtignore"
    }

    /// Where profiles are looked for, whether there are any or not.
    static func profiles(_ root: String, _ options: DbtProject.Options) -> [String] {
        let files = ProjectFiles(root: root)
        return ProjectOpening.profileFolders(files, options).map { files.absolute($0 + "/profiles.yml") }
    }
}

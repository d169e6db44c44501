/// What counts beside the folders that are gone through: project files, packages, profiles.
enum ProjectSurroundings {
    /// The files that count in the folders of the project and its packages, and which packages there are.
    static func listings(of root: DbtPackage, _ packages: [DbtPackage]) -> [ParseRecord.Listing] {
        var listings = [self.packages(in: root.directory + "/" + root.packagesPath)]
        for package in packages { listings.append(files(in: package.directory)) }
        return listings
    }

    /// The same listing, made anew.
    static func again(_ listing: ParseRecord.Listing) -> ParseRecord.Listing {
        if listing.isDeep {
            var again = listing
            again.names = FolderWalk.files(in: listing.folder)
            return again
        }
        return listing.names.first == packagesMark ? packages(in: listing.folder) : files(in: listing.folder)
    }

    /// Where profiles are looked for, whether there are any or not.
    static func profiles(_ root: String, _ options: DbtProject.Options) -> [String] {
        let files = ProjectFiles(root: root)
        return ProjectOpening.profileFolders(files, options).map { files.absolute($0 + "/profiles.yml") }
    }

    /// No file is called so: it tells the two kinds of listings apart.
    private static let packagesMark = "/"

    private static func packages(in folder: String) -> ParseRecord.Listing {
        let names = FolderWalk.names(in: folder)
        return ParseRecord.Listing(folder: folder, isDeep: false, names: [packagesMark] + names)
    }

    private static func files(in folder: String) -> ParseRecord.Listing {
        let names = FolderWalk.names(in: folder).filter { name in
            name.hasSuffix(".yml") || name.hasSuffix(".yaml") || name == ".dbtignore"
        }
        return ParseRecord.Listing(folder: folder, isDeep: false, names: names)
    }
}

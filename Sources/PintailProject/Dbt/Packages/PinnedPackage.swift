/// A package of which it is decided what will be installed.
struct PinnedPackage {
    /// The name of its project, and of its folder.
    let name: String
    /// What people are told: `dbt-labs/dbt_utils 1.3.0`.
    let title: String
    /// How a lock names it.
    let origin: ConfigObject
    /// Where its files are.
    let place: Place
    /// What it asks for in turn.
    var requirements: [PackageSpec] = []

    enum Place {
        /// A folder of the user's, which is linked to.
        case folder(String)
        /// A folder that was fetched, and is copied.
        case fetched(String)
        /// An archive of the hub, with the project's folder in it.
        case archive(url: String)
    }
}
